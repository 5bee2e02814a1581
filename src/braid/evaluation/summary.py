"""One line for each subject and model: what a table of a paper prints."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from braid.evaluation.printed import PAPER, beside
from braid.study.claims import MEAN, Table

LEVEL = 0.05


def summarise(scores: Iterable[xr.Dataset]) -> pd.DataFrame:
    """Summarise scores over all voxels that are not masked.

    Parameters
    ----------
    scores
        Artefacts of `encode`, one per subject and fit.

    Returns
    -------
    pandas.DataFrame
        One row each: fit, label, subject, voxels, masked, r_mean, r_median, r_max, significant
        (voxels with q below 0.05), r_ceiling: mean of r over the noise ceiling, in voxels whose
        ceiling is above 0.1 (NaN where nothing was repeated), and false_positives: share of p
        below 0.05 in noise that is like the responses.
    """
    return pd.DataFrame([_row(one) for one in scores])


def _row(scores: xr.Dataset) -> dict[str, object]:
    r = scores["r"].values.astype(float)
    scored = np.isfinite(r)
    return {
        "fit": scores.attrs["fit"],
        "label": scores.attrs["label"],
        "subject": scores.attrs["subject"],
        "voxels": int(scored.sum()),
        "masked": int((~scored).sum()),
        "r_mean": r[scored].mean(),
        "r_median": np.median(r[scored]),
        "r_max": r[scored].max(),
        "significant": int((scores["q"].values < LEVEL).sum()),
        "r_ceiling": _normalised(r, scores["ceiling"].values),
        "false_positives": scores.attrs["false_positives"],
    }


def _normalised(r: np.ndarray, ceiling: np.ndarray) -> float:
    reliable = np.isfinite(r) & (np.nan_to_num(ceiling) > 0.1)
    return float((r[reliable] / ceiling[reliable]).mean()) if reliable.any() else float("nan")


def band_rows(scores: Iterable[xr.Dataset]) -> pd.DataFrame:
    """Average what each band explains over the significant voxels of each region.

    Parameters
    ----------
    scores
        Artefacts of `encode` with banded fits, one per subject.

    Returns
    -------
    pandas.DataFrame
        One row each: subject, region, band, share (mean product-measure share of R2), and voxels
        (with q below 0.05). Regions without such a voxel are left out.
    """
    return pd.concat([_bands(one) for one in scores], ignore_index=True)


def _bands(scores: xr.Dataset) -> pd.DataFrame:
    kept = scores["split"].isel(voxel=np.flatnonzero(scores["q"].values < LEVEL))
    shares = kept.to_dataframe(dim_order=["voxel", "band"]).reset_index()
    groups = shares.groupby(["region", "band"], sort=False)["split"]
    rows = groups.agg(share="mean", voxels="size").reset_index()
    rows.insert(0, "subject", scores.attrs["subject"])
    return rows


def printable(
    summary: pd.DataFrame,
    compared: pd.DataFrame,
    fits: Sequence[str],
    printed: Sequence[Table],
    simulated: bool,
) -> pd.DataFrame:
    """Rows of a paper's table: each subject and the mean of all, the paper's numbers beside them.

    Parameters
    ----------
    summary
        What `summarise` returned.
    compared
        What `braid.evaluation.comparison.compare` returned.
    fits
        Which fits, in order.
    printed
        Tables of the paper whose rows stand beside these.
    simulated
        Whether the responses are, so that the paper's numbers are no measure of ours.

    Returns
    -------
    pandas.DataFrame
        Columns model, subject, r mean, r median, r / ceiling, voxels q < .05; the comparison as
        difference, low, high, p and verdict (NaN for the fit that others are compared with); the
        paper's numbers and, beside the paper, how ours agree (NaN where it printed none).
    """
    parts = [_with_mean(summary.loc[summary["fit"] == fit, :]) for fit in fits]
    rows = pd.concat(parts, ignore_index=True).loc[:, list(_HEADINGS)].rename(columns=_HEADINGS)
    tests = compared.loc[:, list(_TESTS)].rename(columns=_TESTS)
    both = rows.merge(tests, how="left").merge(beside(printed), how="left")
    agreement = {"beside the paper": _agreement(both, simulated)}
    return both.drop(columns="tolerance").assign(**agreement)


def briefly(summary: pd.DataFrame, fits: Sequence[str]) -> pd.DataFrame:
    """Rows of some fits without a paper beside them.

    Parameters
    ----------
    summary
        What `summarise` returned.
    fits
        Which fits, in order.

    Returns
    -------
    pandas.DataFrame
        One row per fit and subject: model, subject, voxels, r mean, r median, voxels q < .05,
        noise p < .05.
    """
    parts = [summary.loc[summary["fit"] == fit, :] for fit in fits]
    names = {name: _HEADINGS.get(name, name) for name in _BRIEF}
    return pd.concat(parts, ignore_index=True).loc[:, list(_BRIEF)].rename(columns=names)


_BRIEF = ("label", "subject", "voxels", "r_mean", "r_median", "significant", "false_positives")
_HEADINGS = {
    "label": "model",
    "subject": "subject",
    "r_mean": "r mean",
    "r_median": "r median",
    "r_ceiling": "r / ceiling",
    "significant": "voxels q < .05",
    "false_positives": "noise p < .05",
}
_TESTS = {
    "label": "model",
    "subject": "subject",
    "difference": "difference",
    "low": "low",
    "high": "high",
    "p_holm": "p",
    "verdict": "verdict",
}


def _agreement(rows: pd.DataFrame, simulated: bool) -> list[str | float]:
    """How each row agrees with what the paper printed, by the number that is furthest off."""
    names = [str(name) for name in rows if str(name).startswith(PAPER)]
    ours, paper = rows[[name.removeprefix(PAPER) for name in names]], rows[names]
    off = ours.to_numpy() - paper.to_numpy()
    furthest = off[np.arange(len(off)), np.abs(off).argmax(axis=1)]
    pairs = zip(furthest, rows["tolerance"], strict=True)
    return [_agrees(*pair, simulated) for pair in pairs]


def _agrees(off: float, tolerance: float, simulated: bool) -> str | float:
    if np.isnan(tolerance):
        return np.nan
    if simulated:
        return "simulated data"
    return f"within {tolerance:g}" if abs(off) <= tolerance else f"off by {off:+.4f}"


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table as a picture shows them: an interval in one column, p as text.

    Parameters
    ----------
    rows
        What `printable` returned.
    """
    ends = zip(rows["low"], rows["high"], strict=True)
    text = rows.assign(low=[_interval(*pair) for pair in ends], p=[_p(p) for p in rows["p"]])
    return text.drop(columns="high").rename(columns=_broken)


def _broken(name: str) -> str:
    """The heading of a column, in lines that are not much wider than its numbers."""
    known = {
        "low": "95 % interval",
        "voxels q < .05": "voxels\nq < .05",
        "r / ceiling": "r /\nceiling",
    }
    return known.get(name, name.replace("beside ", "beside\n").replace(PAPER, "paper:\n"))


def _interval(low: float, high: float) -> str | float:
    return np.nan if np.isnan(low) else f"{low:+.4f} to {high:+.4f}"


def _p(p: float) -> str | float:
    return p if np.isnan(p) else f"{p:.2g}" if p >= 0.0001 else "< 0.0001"


def _with_mean(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the mean over subjects, as the paper's last row of each model."""
    means = rows.select_dtypes("number").mean().to_dict()
    last = means | {"label": rows["label"].iloc[0], "subject": MEAN}
    both = pd.concat([rows, pd.DataFrame([last])], ignore_index=True)
    return both.assign(significant=both["significant"].round().astype(int))
