"""One line for each subject and model: what a table of a paper prints."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from braid.study.claims import Counterpart, Table

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
        (voxels with q below 0.05), and r_ceiling: mean of r over the noise ceiling, in voxels
        whose ceiling is above 0.1 (NaN where nothing was repeated).
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


def printable(summary: pd.DataFrame, fits: Sequence[str], printed: Sequence[Table]) -> pd.DataFrame:
    """Rows of a paper's table: each subject and the mean of all, the paper's numbers beside them.

    Parameters
    ----------
    summary
        What `summarise` returned.
    fits
        Which fits, in order.
    printed
        Tables of the paper whose rows stand beside these.

    Returns
    -------
    pandas.DataFrame
        Columns model, subject, r mean, r median, r / ceiling, voxels q < .05, and the paper's
        numbers (NaN where it printed none).
    """
    parts = [_with_mean(summary.loc[summary["fit"] == fit, :]) for fit in fits]
    rows = pd.concat(parts, ignore_index=True)
    paper = pd.concat([_printed(table, table.ours) for table in printed if table.ours])
    return rows.loc[:, list(_HEADINGS)].rename(columns=_HEADINGS).merge(paper, how="left")


_HEADINGS = {
    "label": "model",
    "subject": "subject",
    "r_mean": "r mean",
    "r_median": "r median",
    "r_ceiling": "r / ceiling",
    "significant": "voxels q < .05",
}


def _printed(table: Table, ours: Counterpart) -> pd.DataFrame:
    """Rows of a printed table under the names that ours have."""
    names = [f"paper: {column}" for column in table.columns.values()]
    rows = pd.DataFrame.from_dict(dict(table.rows), orient="index", columns=names)
    return rows.rename_axis(ours.row).reset_index().assign(**ours.where)


def _with_mean(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the mean over subjects, as the paper's last row of each model."""
    means = rows.select_dtypes("number").mean().to_dict()
    last = means | {"label": rows["label"].iloc[0], "subject": "mean"}
    both = pd.concat([rows, pd.DataFrame([last])], ignore_index=True)
    return both.assign(significant=both["significant"].round().astype(int))
