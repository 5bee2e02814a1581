"""Which of several fits predicts each voxel best, and how well each does in each stream."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braid.datasets.nsd.volumes import STREAMS
from braid.evaluation.regions import interval

LEVEL = 0.05


def winners(scores: Sequence[xr.Dataset]) -> Float[np.ndarray, " voxel"]:
    """Number of the fit with the highest r among those whose q is below 0.05 in a voxel.

    By how much it leads is not tested: scores of a voxel do not say how fits that share pictures
    and noise go together.

    Parameters
    ----------
    scores
        Artefacts of `encode` of one subject, one per fit: `r` and `q` (voxel).

    Returns
    -------
    np.ndarray
        Index into `scores`; NaN where no fit is significant.
    """
    r = np.stack([_significant(one) for one in scores])
    return np.where(
        np.isfinite(r).any(axis=0), np.nan_to_num(r, nan=-np.inf).argmax(axis=0), np.nan
    )


def _significant(one: xr.Dataset) -> Float[np.ndarray, " voxel"]:
    return np.where(one["q"].values < LEVEL, one["r"].values.astype(float), np.nan)


def by_subject(scores: Iterable[xr.Dataset]) -> dict[str, list[xr.Dataset]]:
    """Group scores by subject, fits in their order."""
    groups: dict[str, list[xr.Dataset]] = {}
    for one in scores:
        groups.setdefault(one.attrs["subject"], []).append(one)
    return groups


def stream_rows(scores: Iterable[xr.Dataset]) -> pd.DataFrame:
    """Average each fit over the voxels of each stream, and count the voxels that it wins there.

    Parameters
    ----------
    scores
        Artefacts of `encode`, one per subject and fit, with the coordinate `roi` (voxel).

    Returns
    -------
    pandas.DataFrame
        One row per subject, fit and stream: label, voxels (not masked), significant, won, and r
        with the 95 % t interval of its mean over voxels `low` to `high`. Neighbouring
        voxels are not independent: the interval describes them and tests nothing.
    """
    parts = [
        _streams(one, winners(own) == i)
        for own in by_subject(scores).values()
        for i, one in enumerate(own)
    ]
    return pd.concat(parts, ignore_index=True)


def _streams(one: xr.Dataset, won: np.ndarray) -> pd.DataFrame:
    streams, r = one["roi"].values, one["r"].values.astype(float)
    scored, found = np.isfinite(r), one["q"].values < LEVEL
    rows: list[dict[str, Any]] = []
    for name in (*STREAMS[1:], STREAMS[0]):
        if (inside := scored & (streams == name)).any():
            low, high = interval(r[inside])
            counts = {"voxels": inside, "significant": inside & found, "won": inside & won}
            sums = {kind: int(mask.sum()) for kind, mask in counts.items()}
            rows.append({"stream": name, **sums, "r": r[inside].mean(), "low": low, "high": high})
    names = {name: one.attrs[name] for name in ("subject", "fit", "label")}
    return pd.DataFrame(rows).assign(**names)


def level_rows(scores: Iterable[xr.Dataset], levels: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Line up fits along the levels that they differ in, such as amounts of noise.

    Parameters
    ----------
    scores
        As of `stream_rows`.
    levels
        For each fit: `fit`, `series` (which fits belong together, in words that name the level) and
        `level` (a number).

    Returns
    -------
    pandas.DataFrame
        What `stream_rows` returns, with `series` and `level`; no rows when there are no levels.
    """
    found = list(scores)
    if not found:
        return pd.DataFrame(columns=["series", "stream", "level", "r"])
    return stream_rows(found).drop(columns="won").merge(pd.DataFrame(levels), on="fit")


def of_winners(rows: pd.DataFrame) -> list[str]:
    """Say of each subject which fit wins how many voxels of each stream.

    Parameters
    ----------
    rows
        What `stream_rows` returned.
    """
    return [
        f"{subject}: of the voxels that a fit predicts at q < {LEVEL}, each fit is best "
        f"{'; '.join(_stream(str(name), part) for name, part in streams)}."
        for subject, own in rows.groupby("subject", sort=False)
        for streams in [own.groupby("stream", sort=False)]
    ]


def _stream(name: str, rows: pd.DataFrame) -> str:
    counts = ", ".join(f"“{row['label']}” {row['won']:,}" for _, row in rows.iterrows())
    best = rows.loc[rows["r"].idxmax(), :]
    return f"in {name} {counts} (highest mean r: “{best['label']}” {best['r']:.3f})"


def of_levels(rows: pd.DataFrame) -> list[str]:
    """Say of each series and stream at which level r is highest, mean over subjects.

    Parameters
    ----------
    rows
        What `level_rows` returned.
    """
    found = []
    for series, stream in rows[["series", "stream"]].drop_duplicates().itertuples(index=False):
        own = rows.loc[(rows["series"] == series) & (rows["stream"] == stream), :]
        means = own.pivot_table(index="level", values="r")["r"]
        found.append(
            f"{series}: in {stream} mean r is highest at {means.idxmax():g} ({means.max():.3f}), "
            f"lowest at {means.idxmin():g} ({means.min():.3f})."
        )
    return found
