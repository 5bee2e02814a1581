"""What the figures of regions show, as tables: models, layers, before and after a transfer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braid.evaluation.comparison import flip_signs
from braid.evaluation.printed import beside
from braid.evaluation.regions import FIT, contrasts, interval
from braid.study.claims import Cells, Claims, Table

PLACES = ("cortex", "visual", "auditory", "linguistic")
"""Columns of a table of models, in the order of the source."""
SCORES = ("r", "PC %")


def model_rows(rows: pd.DataFrame, fits: Sequence[str], printed: Sequence[Table]) -> pd.DataFrame:
    """Line up models by places of the cortex, the source's numbers beside ours.

    Parameters
    ----------
    rows
        What `regions.by_region` returned.
    fits
        Which fits, in order.
    printed
        Tables of the source whose rows are fits of one subject.

    Returns
    -------
    pandas.DataFrame
        One row per fit of the printed subject: fit, label, subject; `r cortex` and so on,
        `PC % cortex` and so on, and the source's `paper: PC % cortex` (NaN where it has none).
    """
    paper = beside(printed).drop(columns="tolerance")
    whole = rows.loc[rows["kind"].isin(["cortex", "group"]) & (rows["hemi"] == "both"), :]
    wide = whole.pivot(index=FIT, columns="region", values=list(SCORES))
    ours = pd.DataFrame(
        {f"{score} {place}": wide[score][place] for score in SCORES for place in PLACES}
    )
    subjects = _in_order(ours.reset_index(), fits)
    kept = subjects.loc[subjects["subject"].isin(list(paper["subject"])), :]
    return kept.merge(paper, how="left", on=["fit", "subject"]).reset_index(drop=True)


def layer_rows(
    rows: pd.DataFrame,
    fits: Sequence[str],
    groups: dict[str, list[str]],
    printed: Sequence[Table],
) -> pd.DataFrame:
    """Score layers by places of the cortex and hemispheres.

    Parameters
    ----------
    rows, printed
        As of `model_rows`; tables of the source hold the means of layers.
    fits
        One for each layer, in order.
    groups
        What `regions.members` returned.

    Returns
    -------
    pandas.DataFrame
        One row per fit, subject, place (`region`) and `hemi`: r, low, high as in
        `regions.by_region`; where `hemi` is `both`, also what `regions.contrasts` gives, `lh - rh`
        with its interval `lh - rh low` to `lh - rh high`; and the source's `paper: r`.
    """
    own = _in_order(rows, fits)
    kept = own.loc[own["kind"].isin(["cortex", "group"]), :]
    names = {name: f"lh - rh {name}" for name in ("low", "high")} | {"difference": "lh - rh"}
    change = contrasts(own, groups).rename(columns=names).assign(hemi="both")
    sides = change.loc[:, [*FIT, "region", "hemi", *names.values()]]
    both = kept.loc[:, [*FIT, "region", "hemi", "r", "low", "high"]].merge(sides, how="left")
    paper = beside(printed).drop(columns="tolerance")
    return both.merge(paper, how="left")


def leading_layers(rows: pd.DataFrame, fits: Sequence[str]) -> pd.DataFrame:
    """Count the Destrieux regions in which each layer predicts best.

    Parameters
    ----------
    rows
        What `regions.by_region` returned.
    fits
        One for each layer.

    Returns
    -------
    pandas.DataFrame
        subject, label, regions (of both hemispheres, each on its own).
    """
    kept = rows.loc[(rows["kind"] == "destrieux") & (rows["hemi"] != "both"), :].dropna(subset="r")
    layers = _in_order(kept, fits)
    best = layers.groupby(["subject", "region", "hemi"], sort=False)["r"].idxmax()
    leading = layers.loc[layers.index.isin(list(best)), :]
    return leading.groupby(["subject", "label"], sort=False).size().reset_index(name="regions")


def transfer_rows(
    sections: pd.DataFrame, fits: Sequence[str], labels: Sequence[str]
) -> pd.DataFrame:
    """Compare fits with the first one, in regions and in the group that these make.

    Parameters
    ----------
    sections
        What `regions.by_section` returned.
    fits
        Before the transfer, then after it.
    labels
        Regions of the Desikan-Killiany atlas; the group of language follows them.

    Returns
    -------
    pandas.DataFrame
        One row per fit, subject and region, both hemispheres together: r (mean over sections), its
        95 % t interval low to high, sections; and against the first fit: change, its interval
        `change low` to `change high`, p (flips of the signs of sections, two-sided, not corrected
        for the number of regions) and `change %` of the r before; NaN for the first fit itself.
    """
    kept = _in_order(sections.loc[sections["hemi"] == "both", :], fits)
    names = ["subject", "kind", "region"]
    parts = dict(list(kept.groupby(names, sort=False)))
    places = [*(("desikan", label) for label in labels), ("group", "linguistic")]
    return pd.DataFrame(
        [
            {"subject": subject, "region": region} | row
            for subject in kept["subject"].unique()
            for kind, region in places
            for row in _changes(parts[subject, kind, region])
        ]
    )


def _changes(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Each fit of one region of one subject, against the first."""
    table = rows.pivot(index="section", columns="fit", values="r").dropna()
    (before, label), *after = rows.drop_duplicates("fit")[["fit", "label"]].to_numpy().tolist()
    first = table[before].to_numpy()
    found: list[dict[str, Any]] = [
        {"fit": before, "label": label, "sections": len(table)} | _numbers(first)
    ]
    for fit, label in after:
        values = table[fit].to_numpy()
        names = {"fit": fit, "label": label, "sections": len(table)}
        found.append(names | _numbers(values) | _change(values, first))
    return found


def _numbers(values: Float[np.ndarray, " section"]) -> dict[str, float]:
    return dict(zip(("r", "low", "high"), (values.mean(), *interval(values)), strict=True))


def _change(
    values: Float[np.ndarray, " section"], first: Float[np.ndarray, " section"]
) -> dict[str, float]:
    change = values - first
    low, high = interval(change)
    return {
        "change": change.mean(),
        "change low": low,
        "change high": high,
        "p": flip_signs(change),
        "change %": 100 * change.mean() / first.mean(),
    }


def paint(rows: pd.DataFrame, atlas: xr.Dataset) -> Float[np.ndarray, " voxel"]:
    """Give each vertex of the cortex the mean r of its region.

    Parameters
    ----------
    rows
        Of one fit and subject, from `regions.by_region`.
    atlas
        `region` and `cortex` (voxel), coordinate `hemi`: the Destrieux atlas.
    """
    of = rows.loc[rows["kind"] == "destrieux", :].set_index(["region", "hemi"])["r"].to_dict()
    places = zip(atlas["region"].values, atlas["hemi"].values, strict=True)
    values = np.array([of.get(place, np.nan) for place in places])
    return np.where(atlas["cortex"].values, values, np.nan)


def top(rows: pd.DataFrame, n: int = 3) -> pd.DataFrame:
    """The Destrieux regions of each fit and subject with the highest r, each in its hemisphere."""
    regions = rows.loc[(rows["kind"] == "destrieux") & (rows["hemi"] != "both"), :]
    return pd.concat([own.nlargest(n, "r") for _, own in regions.groupby(FIT, sort=False)])


def _in_order(rows: pd.DataFrame, fits: Sequence[str]) -> pd.DataFrame:
    kept = rows.loc[rows["fit"].isin(list(fits)), :]
    order = {fit: i for i, fit in enumerate(fits)}
    return kept.sort_values("fit", key=lambda names: names.map(order), kind="stable")


def printed_of(claims: Claims, figure: str, key: str) -> dict[str, float]:
    """Numbers that a source printed for rows of a figure, by the value that `key` has there."""
    return {
        number.ours.where[key]: number.value
        for number in claims.numbers
        if isinstance(number.ours, Cells) and number.ours.figure == figure
    }


def printed_regions(claims: Claims, figure: str) -> dict[str, list[str]]:
    """Regions that a source names in a figure, such as `Pole_occipital-lh`, by subject."""
    found: dict[str, list[str]] = {}
    for number in claims.numbers:
        if isinstance(number.ours, Cells) and number.ours.figure == figure:
            where = number.ours.where
            found.setdefault(where["subject"], []).append(f"{where['region']}-{where['hemi']}")
    return found
