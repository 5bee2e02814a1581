"""Regions of an atlas as panels of a flatmap."""

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Bool

from braid.datasets.fsaverage5 import SPACE
from braid.drawing.panels import Panel
from braid.evaluation.region_rows import paint, top


def region_panels(rows: pd.DataFrame, atlas: xr.Dataset) -> list[Panel]:
    """Make a panel of each fit and subject, in which a region has one colour.

    Parameters
    ----------
    rows
        What `braid.evaluation.regions.by_region` returned.
    atlas
        `region` and `cortex` (voxel), coordinate `hemi`: the Destrieux atlas.

    Returns
    -------
    list of Panel
        The three best regions of each are outlined and numbered.
    """
    return [
        Panel(
            f"{own['subject'].iloc[0]}, {own['label'].iloc[0]}",
            own["subject"].iloc[0],
            SPACE,
            paint(own, atlas),
            regions=_outlines(best := top(own), atlas),
            note=_legend(best),
        )
        for _, own in rows.groupby(["fit", "subject"], sort=False)
    ]


def _outlines(best: pd.DataFrame, atlas: xr.Dataset) -> dict[str, Bool[np.ndarray, " voxel"]]:
    names, hemi = atlas["region"].values, atlas["hemi"].values
    places = zip(best["region"], best["hemi"], strict=True)
    return {
        str(i): (names == region) & (hemi == side) for i, (region, side) in enumerate(places, 1)
    }


def _legend(best: pd.DataFrame) -> str:
    places = zip(best["region"], best["hemi"], strict=True)
    return ", ".join(f"{i} {name} {side}" for i, (name, side) in enumerate(places, 1))
