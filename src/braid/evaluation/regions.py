"""Scores averaged over regions of the cortex: those of two atlases, and groups of regions.

A region is scored by the mean over its vertices, as Luo & Kobayashi 2025 do. Groups of regions that
they call visual, auditory and linguistic are listed in their appendix 5.1.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Bool, Float
from scipy.sparse import csr_array
from scipy.special import stdtrit

from braid.datasets.fsaverage5 import SPACE
from braid.errors import BadInput

LEVEL = 0.05
FIT = ["fit", "label", "subject"]
"""Columns that say which scores a row is of."""
AREA = ["kind", "region", "hemi"]
"""Columns that say where."""


class Area(NamedTuple):
    """Vertices that are averaged."""

    kind: str
    """`cortex`, `group`, or the atlas: `desikan`, `destrieux`."""
    region: str
    hemi: str
    """lh, rh, or both."""
    inside: Bool[np.ndarray, " voxel"]


def members(groups: pd.DataFrame) -> dict[str, list[str]]:
    """Labels of the Desikan-Killiany atlas that make each group.

    Parameters
    ----------
    groups
        Columns `group`, `printed` (name in the source) and `label` (missing where the atlas has no
        such region).
    """
    known = groups.dropna(subset=["label"]).groupby("group", sort=False)["label"]
    return {str(name): list(labels) for name, labels in known}


def areas(atlases: Mapping[str, xr.Dataset], groups: Mapping[str, Sequence[str]]) -> list[Area]:
    """List what to average over: both hemispheres together, and each.

    Parameters
    ----------
    atlases
        `destrieux` and `desikan`, each with `region` and `cortex` (voxel).
    groups
        What `members` returned.

    Returns
    -------
    list
        The cortex, which is all but the medial wall; the groups; the regions of each atlas.
    """
    labels = atlases["desikan"]["region"].values
    masks = {
        "cortex": {"cortex": atlases["destrieux"]["cortex"].values},
        "group": {name: np.isin(labels, parts) for name, parts in groups.items()},
    } | {kind: _regions(atlas) for kind, atlas in atlases.items()}
    hemi = atlases["desikan"]["hemi"].values
    sides = {"both": np.ones(hemi.shape, bool), "lh": hemi == "lh", "rh": hemi == "rh"}
    return [
        Area(kind, name, side, inside & half)
        for kind, found in masks.items()
        for name, inside in found.items()
        for side, half in sides.items()
    ]


def _regions(atlas: xr.Dataset) -> dict[str, Bool[np.ndarray, " voxel"]]:
    names, cortex = atlas["region"].values, atlas["cortex"].values
    return {str(name): names == name for name in np.unique(names[cortex])}


def by_region(scores: Iterable[xr.Dataset], where: Sequence[Area]) -> pd.DataFrame:
    """Average scores over the vertices of each area that are not masked.

    Parameters
    ----------
    scores
        Artefacts of `encode` on the vertices of fsaverage5, one per subject and fit: `r`, `q`
        (voxel), and `r_run` (run, voxel).
    where
        The areas.

    Returns
    -------
    pandas.DataFrame
        One row per fit, subject and area: fit, label, subject, kind, region, hemi; `vertices`;
        `r` (mean), with its 95 % interval `low` to `high` over the left-out runs (`sections`, t
        distribution of their means); `PC %`: 100 times the mean after r that is negative or not
        significant was set to 0, as the source does; `significant` (vertices with q < 0.05).

    Raises
    ------
    BadInput
        When scores lie on other vertices than the atlases.
    """
    return pd.concat([_averaged(one, where) for one in scores], ignore_index=True)


def by_section(scores: Iterable[xr.Dataset], where: Sequence[Area]) -> pd.DataFrame:
    """Average the scores of each left-out run over areas.

    Returns
    -------
    pandas.DataFrame
        One row per fit, subject, area and run: fit, label, subject, kind, region, hemi, section,
        r. Parameters and errors are those of `by_region`.
    """
    return pd.concat([_sections(one, where) for one in scores], ignore_index=True)


def interval(values: Float[np.ndarray, " section"]) -> tuple[float, float]:
    """Give the 95 % interval of a mean by the t distribution; NaN for fewer than two values."""
    if len(values) < 2:
        return np.nan, np.nan
    error = values.std(ddof=1) / np.sqrt(len(values))
    margin = stdtrit(len(values) - 1, 1 - LEVEL / 2) * error
    return float(values.mean() - margin), float(values.mean() + margin)


def contrasts(rows: pd.DataFrame, groups: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Compare the hemispheres, left minus right, in pairs of the same region.

    Parameters
    ----------
    rows
        What `by_region` returned.
    groups
        What `members` returned.

    Returns
    -------
    pandas.DataFrame
        One row per fit, subject, and `cortex` (over the Destrieux atlas) or group (over its
        labels): fit, label, subject, region; `lh`, `rh` (means over regions); `difference` and its
        95 % interval `low` to `high` over pairs of regions; `regions` (pairs). Neighbouring
        regions are not independent: the interval says how even a difference is over the cortex,
        not how it would turn out in other subjects.
    """
    whole = rows.loc[rows["kind"] == "destrieux", "region"].unique()
    families = {"cortex": ("destrieux", whole)} | {g: ("desikan", m) for g, m in groups.items()}
    found = []
    for _, own in rows.groupby(FIT, sort=False):
        for family, (kind, regions) in families.items():
            inside = own.loc[(own["kind"] == kind) & own["region"].isin(regions), :]
            identity = own[FIT].iloc[0].to_dict()
            found.append(identity | {"region": family} | _contrast(inside))
    return pd.DataFrame(found)


def _contrast(rows: pd.DataFrame) -> dict[str, float | int]:
    sides = rows.pivot(index="region", columns="hemi", values="r").loc[:, ["lh", "rh"]].dropna()
    change = (sides["lh"] - sides["rh"]).to_numpy()
    low, high = interval(change)
    means = {side: sides[side].mean() for side in sides}
    return {**means, "difference": change.mean(), "low": low, "high": high, "regions": len(change)}


def _averaged(scores: xr.Dataset, where: Sequence[Area]) -> pd.DataFrame:
    _require_places(scores, where)
    r, found = scores["r"].values.astype(float), scores["q"].values < LEVEL
    known = np.isfinite(r)
    printed = np.where(known, np.where(found & (r > 0), r, 0), np.nan)
    kept = [values[np.isfinite(values)] for values in _of_runs(scores, where).to_numpy().T]
    limits = np.array([interval(values) for values in kept])
    numbers = {
        "vertices": [int((known & area.inside).sum()) for area in where],
        "r": _means(r, where),
        "low": limits[:, 0],
        "high": limits[:, 1],
        "sections": [len(values) for values in kept],
        "PC %": 100 * _means(printed, where),
        "significant": [int((found & area.inside).sum()) for area in where],
    }
    return pd.concat([_identity(scores, where), pd.DataFrame(numbers)], axis=1)


def _sections(scores: xr.Dataset, where: Sequence[Area]) -> pd.DataFrame:
    _require_places(scores, where)
    identity, means = _identity(scores, where), _of_runs(scores, where)
    parts = [identity.assign(section=run, r=list(means.loc[run])) for run in means.index]
    return pd.concat(parts, ignore_index=True)


def _of_runs(scores: xr.Dataset, where: Sequence[Area]) -> pd.DataFrame:
    """Mean of each area (column) in each run (row), which may be left out block by block."""
    means = _means(scores["r_run"].values.astype(float), where)
    runs = pd.Index(scores["run"].values, name="run")
    return cast(pd.DataFrame, pd.DataFrame(means).groupby(runs, sort=False).mean())


def _identity(scores: xr.Dataset, where: Sequence[Area]) -> pd.DataFrame:
    names = {name: scores.attrs[name] for name in FIT}
    return pd.DataFrame([names | dict(zip(AREA, area, strict=False)) for area in where])


def _means(
    values: Float[np.ndarray, "*run voxel"], where: Sequence[Area]
) -> Float[np.ndarray, "*run area"]:
    """Mean of each area over its finite voxels, NaN where it has none."""
    inside = csr_array(np.array([area.inside for area in where])).astype(float)  # areas are small
    known = np.isfinite(values)
    total, count = ((inside @ of.T).T for of in (np.where(known, values, 0), known.astype(float)))
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def _require_places(scores: xr.Dataset, where: Sequence[Area]) -> None:
    have, want = scores.sizes["voxel"], where[0].inside.size
    if scores.attrs["space"] != SPACE or have != want:
        raise BadInput(
            f"{scores.attrs['fit']} of {scores.attrs['subject']}",
            "space",
            f"{have:,} places in {scores.attrs['space']}, the atlases have {want:,} on {SPACE}",
            f"take only fits whose responses lie on {SPACE}",
        )
