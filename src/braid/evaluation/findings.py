"""What a figure shows, in plain sentences with the numbers in them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from braid.evaluation.summary import summarise
from braid.fitting.nulls.calibration import Calibration
from braid.study.claims import MEAN

LEVEL = 0.05
TESTS = MappingProxyType(
    {
        "circular_shift": "circular shifts",
        "block_permutation": "permuted blocks",
        "huthlab": "HuthLab's resampled blocks",
        "drama2brain": "drama2brain's pooled shuffle",
        "denk2023": "Denk's white Gaussian noise",
        "litcoder": "LITcoder's parametric null",
        "luo2025": "Luo's t-test over voxels",
    }
)
CORRECTIONS = MappingProxyType({"bh": "Benjamini-Hochberg", "by": "Benjamini-Yekutieli"})


def of_scores(scores: Iterable[xr.Dataset], baselines: Iterable[xr.Dataset] = ()) -> list[str]:
    """Say of each map what beats chance, how far to trust that, and what little would explain.

    Parameters
    ----------
    scores
        Artefacts of `encode` that are drawn.
    baselines
        Artefacts of `encode` of the same subjects whose features make no claim.
    """
    trivial = list(baselines)
    return [line for one in scores for line in _of_map(one, trivial)]


def _of_map(scores: xr.Dataset, baselines: list[xr.Dataset]) -> list[str]:
    subject, row = scores.attrs["subject"], summarise([scores]).iloc[0]
    lines = [
        f"{row['significant']:,} of {row['voxels']:,} voxels beat {_test(scores)} (q < {LEVEL}, "
        f"{CORRECTIONS[scores.attrs['correction']]}), {row['masked']:,} are masked; r mean "
        f"{row['r_mean']:.3f}, median {row['r_median']:.3f}, max {row['r_max']:.3f}.",
        _reliability(_card(scores)),
    ]
    if scores["ceiling"].notnull().any():
        lines.append(
            f"noise ceiling median {float(scores['ceiling'].median()):.3f}, r / ceiling mean "
            f"{row['r_ceiling']:.3f}."
        )
    means = [
        f"“{one.attrs['label']}” {float(one['r'].mean()):.3f}"
        for one in baselines
        if one.attrs["subject"] == subject
    ]
    if means:
        lines.append(f"mean r of trivial baselines: {', '.join(means)}.")
    return [f"{subject}: {line}" for line in lines]


def _reliability(card: Calibration) -> str:
    return (
        f"on noise with the autocorrelation of these voxels the test reports {card.rate:.1%} at "
        f"p <= {card.nominal} (95 % interval {card.low:.1%} to {card.high:.1%}, {card.n:,} "
        f"voxels): {card.verdict}."
    )


def of_null(scores: xr.Dataset) -> str:
    """Name the null of a map and its false-positive rate, in a line that fits under its title."""
    card = _card(scores)
    return (
        f"{_test(scores)}: {card.rate:.1%} false positives "
        f"({100 * card.low:.1f}–{card.high:.1%}), {card.verdict}"
    )


def _test(scores: xr.Dataset) -> str:
    return TESTS[scores.attrs["chance"]]


def _card(scores: xr.Dataset) -> Calibration:
    """The calibration card as `chance.finish` wrote it."""
    names = ("", "_low", "_high", "_n")
    rate, low, high, n = (scores.attrs[f"false_positives{name}"] for name in names)
    return Calibration(float(rate), float(low), float(high), int(n))


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


def of_comparisons(compared: pd.DataFrame) -> list[str]:
    """Say of each model whether it beats the one that all are compared with, and in whom.

    Parameters
    ----------
    compared
        What `braid.evaluation.comparison.compare` returned.
    """
    means = compared.loc[compared["subject"] == MEAN, :]
    single = compared.loc[compared["subject"] != MEAN, :]
    weak = means.loc[means["models"] * 2.0 ** (1 - means["runs"]) >= LEVEL, ["runs", "models"]]
    return [
        *(
            _of_comparison(row, single.loc[single["fit"] == row["fit"]])
            for _, row in means.iterrows()
        ),
        *(
            f"{runs} runs and {models} models: no corrected p can be below "
            f"{models * 2.0 ** (1 - runs):.2g}, so that no difference can be shown."
            for runs, models in weak.drop_duplicates().itertuples(index=False)
        ),
    ]


def _of_comparison(mean: pd.Series, subjects: pd.DataFrame) -> str:
    verdicts = ", ".join(f"{row['subject']} {row['verdict']}" for _, row in subjects.iterrows())
    return (
        f"“{mean['label']}” against “{mean['against']}”: {mean['verdict']} (r "
        f"{mean['difference']:+.4f}, 95 % interval {mean['low']:+.4f} to {mean['high']:+.4f}, "
        f"{mean['runs']} runs, p = {mean['p']:.2g}, corrected for {mean['models']} models "
        f"{mean['p_holm']:.2g}); by subject: {verdicts}."
    )


def of_alignment(rows: pd.DataFrame) -> list[str]:
    """Say of each series what counting words through its runs does to their times.

    Parameters
    ----------
    rows
        What `braid.timing.audit` returned.
    """
    return [_of_series(str(name), part) for name, part in rows.groupby("series", sort=False)]


def _of_series(name: str, part: pd.DataFrame) -> str:
    total = part["words"].sum()
    said = [
        f"{method.upper()} loses {part[f'{method}_dropped'].sum():,} and is off by up to "
        f"{part[f'{method}_drift_max'].abs().max():.1f} s"
        for method in ("fla", "vla")
    ]
    return f"{name}: of {total:,} words {'; '.join(said)}."


def of_losses(rows: pd.DataFrame) -> list[str]:
    """Say of each network where its validation loss was lowest, and how its training ended.

    Parameters
    ----------
    rows
        What `braid.evaluation.losses.losses` returned.
    """
    return [_of_loss(part) for _, part in rows.groupby(["network", "subject"], sort=False)]


def _of_loss(part: pd.DataFrame) -> str:
    first, last = part.iloc[0], part.iloc[-1]
    best = part.loc[part["best"], :].iloc[0]
    end = "stopped early at" if last["stopped_early"] else "ended at"
    return (
        f"“{best['network']}”, {best['subject']}: validation loss {best['validation_loss']:.4g} at "
        f"update {best['step']:,}, {first['validation_loss']:.4g} at update {first['step']:,}; "
        f"{end} update {last['step']:,}."
    )


def of_recovery(recovered: Iterable[xr.Dataset]) -> list[str]:
    """One sentence for each subject of a twin, and one on what a baseline lacks."""
    return [f"{one.attrs['subject']}: {said}." for one in recovered for said in _found(one.attrs)]


def _found(attrs: Mapping[str, Any]) -> list[str]:
    said = [
        f"r follows the planted ceiling with correlation {attrs['correlation']:.2f}; of the "
        f"planted voxels {attrs['recall']:.0%} were found, of the found ones "
        f"{attrs['precision']:.0%} were planted (Dice {attrs['dice']:.2f}); "
        f"{attrs['false_positives']:.1%} of the silent voxels passed by mistake"
    ]
    if "gain" in attrs:
        said.append(
            f"where a part was planted that the baseline lacks, r gains {attrs['gain']:+.4f}; over "
            "all voxels the gain follows the ceiling of that part with correlation "
            f"{attrs['gain_correlation']:.2f}"
        )
    return said


def verdict(p: float) -> str:
    """Say whether p is below the level."""
    return "above chance" if p < LEVEL else f"not above chance at {LEVEL}"


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


def of_summary(rows: pd.DataFrame) -> list[str]:
    """One sentence for each fit and subject."""
    return [
        f"{row['subject']}, “{row['model']}”: r mean {row['r mean']:.3f}, median "
        f"{row['r median']:.3f}; {row['voxels q < .05']:,} of {row['voxels']:,} voxels beat "
        f"chance, by a test that passes {row['noise p < .05']:.1%} of noise."
        for row in rows.to_dict("records")
    ]
