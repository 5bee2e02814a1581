"""Where the cortex is predicted better by one fit than by another."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from braid.drawing.flatmap import flatmap
from braid.drawing.panels import Panel
from braid.drawing.style import limits, significance

# Blue to red, told apart with every common kind of colour blindness.
DIVERGING = "RdBu_r"


def change_map(pairs: Sequence[tuple[xr.Dataset, xr.Dataset]], filestore: Path) -> Figure:
    """Draw the change of r from one fit to another, one flatmap per subject, 0 in the middle.

    Parameters
    ----------
    pairs
        Artefacts of `encode` of the same subject, first and second fit. Voxels that neither
        predicts significantly show the curvature.
    filestore
        Folder that `braid.drawing.cortex_store.build` filled.
    """
    panels = [_panel(*pair) for pair in pairs]
    drawn = [significance(panel.values, panel.q, 0.05)[0] for panel in panels]
    end = limits([np.abs(values) for values in drawn])[1]
    return flatmap(panels, filestore, "change of r", value_limits=(-end, end), colours=DIVERGING)


def _panel(first: xr.Dataset, second: xr.Dataset) -> Panel:
    before, after = (one["r"].values.astype(float) for one in (first, second))
    return Panel(
        f"{first.attrs['subject']}, from “{first.attrs['label']}” to “{second.attrs['label']}”",
        first.attrs["subject"],
        first.attrs["space"],
        after - before,
        np.fmin(first["q"].values, second["q"].values).astype(float),
        note="the smaller q of the two; red: the second predicts better",
    )
