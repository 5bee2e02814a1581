"""The look that all figures share: fonts, colours, limits, colour bars."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from jaxtyping import Shaped
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

SEQUENTIAL = "viridis"
# Okabe and Ito: told apart with every common kind of colour blindness.
CATEGORIES = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#555555",
)
OBSERVED, NULL = "#D55E00", "#9BB0C1"

# Used as a decorator, so that a reader's own matplotlibrc changes no figure.
style = mpl.rc_context(
    {
        **{key: value for key, value in mpl.rcParamsDefault.items() if "backend" not in key},
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.labelsize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
    }
)


def canvas(width: float, height: float, pictures: bool = False) -> Figure:
    """Return an empty figure of this size in inches that lays itself out without overlap.

    Parameters
    ----------
    width, height
        Inches.
    pictures
        Whether it holds pictures of fixed proportions, to be packed closely.
    """
    layout = "compressed" if pictures else "constrained"
    return Figure(figsize=(width, height), layout=layout)


def limits(values: Sequence[Shaped[np.ndarray, " _"]]) -> tuple[float, float]:
    """Return colour limits from 0 to the 99.5th percentile of all finite values together."""
    everything = np.concatenate(values)
    finite = everything[np.isfinite(everything)]
    upper = float(np.percentile(finite, 99.5)) if finite.size else 1.0
    return 0.0, max(upper, 0.01)


def colour_bar(
    figure: Figure, axes: Axes | Sequence[Axes], norm: Normalize, colours: str, label: str
) -> None:
    """Put a colour bar beside `axes`, outside of them, with the unit as its label."""
    shrink = min(0.8, 2.6 / figure.get_figheight())
    mappable = ScalarMappable(norm, colours)
    bar = figure.colorbar(mappable, ax=axes, label=label, extend="both", shrink=shrink, aspect=18)
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]


def significance(
    values: Shaped[np.ndarray, " voxel"],
    q: Shaped[np.ndarray, " voxel"] | None,
    level: float,
    unit: str = "voxels",
) -> tuple[Shaped[np.ndarray, " voxel"], str]:
    """Hide what is not significant, and say in words how much is shown.

    Parameters
    ----------
    values
        A score per voxel; NaN where a voxel was masked.
    q
        FDR-corrected p per voxel, or nothing to show every voxel.
    level
        Voxels are shown when q is below it.
    unit
        What the scores are of.

    Returns
    -------
    tuple
        The values with NaN where hidden, and the sentence for the legend.
    """
    scored = int(np.isfinite(values).sum())
    if q is None:
        return values, f"all {scored:,} {unit} shown"
    shown = np.where(q < level, values, np.nan)
    count = int(np.isfinite(shown).sum())
    return shown, f"{count:,} of {scored:,} {unit} with q < {level:.2g} (FDR) shown"
