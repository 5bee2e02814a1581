"""What a figure shows, in plain sentences with the numbers in them."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr

LEVEL = 0.05


def of_scores(scores: Iterable[xr.Dataset]) -> list[str]:
    """One sentence for each map of an encoding model."""
    return [
        f"{one.attrs['subject']}: {_significant(one):,} of {_scored(one):,} voxels beat "
        f"circular shifts (q < {LEVEL}); r mean {float(one['r'].mean()):.3f}, "
        f"median {float(one['r'].median()):.3f}, max {float(one['r'].max()):.3f}."
        for one in scores
    ]


def of_decoding(decoded: Iterable[xr.Dataset]) -> list[str]:
    """One sentence for each decoder."""
    return [
        f"{one.attrs['label']}: accuracy {one.attrs['accuracy']:.3f}, "
        f"chance {one.attrs['chance']:.3f}, p = {one.attrs['p']:.3g}: {verdict(one.attrs['p'])}."
        for one in decoded
    ]


def of_bands(scores: Iterable[xr.Dataset]) -> list[str]:
    """One sentence for each subject: the band that explains most, region by region."""
    return [f"{one.attrs['subject']}: {'; '.join(_leaders(one))}." for one in scores]


def of_difference(first: xr.Dataset, second: xr.Dataset) -> str:
    """How much r changes from one fit of a subject to another."""
    change = second["r"].values - first["r"].values
    change = change[np.isfinite(change)]
    return (
        f"{first.attrs['subject']}: r changes by {change.mean():+.4f} on average "
        f"(median {np.median(change):+.4f}, largest {change[np.abs(change).argmax()]:+.4f}) from "
        f"“{first.attrs['label']}” to “{second.attrs['label']}”."
    )


def of_recovery(recovered: Iterable[xr.Dataset]) -> list[str]:
    """One sentence for each subject of a twin."""
    return [
        f"{one.attrs['subject']}: r follows the planted ceiling with correlation "
        f"{one.attrs['correlation']:.2f}; of the planted voxels {one.attrs['recall']:.0%} were "
        f"found, of the found ones {one.attrs['precision']:.0%} were planted (Dice "
        f"{one.attrs['dice']:.2f}); {one.attrs['false_positives']:.1%} of the silent voxels "
        "passed by mistake."
        for one in recovered
    ]


def verdict(p: float) -> str:
    """Say whether p is below the level."""
    return "above chance" if p < LEVEL else f"not above chance at {LEVEL}"


def _significant(scores: xr.Dataset) -> int:
    return int((scores["q"].values < LEVEL).sum())


def _scored(scores: xr.Dataset) -> int:
    return int(np.isfinite(scores["r"].values).sum())


def _leaders(scores: xr.Dataset) -> list[str]:
    regions = scores["region"].values
    kept = scores["q"].values < LEVEL
    names = [name for name in dict.fromkeys(regions) if kept[regions == name].any()]
    means = [scores["split"].values[:, kept & (regions == name)].mean(axis=1) for name in names]
    return [
        f"{name}: {scores['band'].values[mean.argmax()]} (R2 share {mean.max():.3f})"
        for name, mean in zip(names, means, strict=True)
    ]


def of_table(rows: pd.DataFrame) -> list[str]:
    """The best model over subjects, and the best of the others, by mean r."""
    means = rows.loc[rows["subject"] == "mean", :].sort_values("r mean", ascending=False)
    ranked = [f"“{row['model']}” {row['r mean']:.3f}" for _, row in means.iterrows()]
    return [f"Mean r over subjects, from best to worst: {', '.join(ranked)}."]
