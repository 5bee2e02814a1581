"""How much a change of method changes each voxel's score."""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import NULL, OBSERVED, canvas, style


@style
def difference(
    title: str,
    first: Float[np.ndarray, " voxel"],
    second: Float[np.ndarray, " voxel"],
    names: tuple[str, str],
    unit: str = "r",
) -> Figure:
    """Draw one score against the other per voxel, and the histogram of second minus first.

    Parameters
    ----------
    title
        Title of the figure.
    first, second
        The score of each voxel under the two variants; voxels with a NaN in either are left out.
    names
        What the variants are called.
    unit
        What the score is.
    """
    both = np.isfinite(first) & np.isfinite(second)
    figure = canvas(9, 3.9)
    left, right = figure.subplots(1, 2)
    _against(figure, left, first[both], second[both], names, unit)
    _change(right, (second - first)[both], names, unit)
    figure.suptitle(f"{title} ({both.sum():,} voxels)", fontsize=11)
    return figure


def _against(
    figure: Figure,
    axes: Axes,
    first: Float[np.ndarray, " voxel"],
    second: Float[np.ndarray, " voxel"],
    names: tuple[str, str],
    unit: str,
) -> None:
    ends = float(min(first.min(), second.min())), float(max(first.max(), second.max()))
    *_, cells = axes.hist2d(first, second, bins=60, range=(ends, ends), norm="log", cmap="cividis")
    axes.axline((ends[0], ends[0]), slope=1, color="black", linestyle=":", linewidth=1)
    axes.set(xlabel=f"{unit}, {names[0]}", ylabel=f"{unit}, {names[1]}", aspect="equal")
    figure.colorbar(cells, ax=axes, label="voxels", shrink=0.85)


def _change(
    axes: Axes, change: Float[np.ndarray, " voxel"], names: tuple[str, str], unit: str
) -> None:
    axes.hist(change, bins=60, color=NULL)
    axes.axvline(0, color="black", linestyle=":", linewidth=1)
    axes.axvline(change.mean(), color=OBSERVED, linewidth=2)
    axes.set(xlabel=f"change of {unit} ({names[1]} - {names[0]})", ylabel="voxels")
    axes.set_title(
        f"mean {change.mean():+.4f}, median {np.median(change):+.4f}, "
        f"largest {np.abs(change).max():.4f}",
        fontsize=9,
    )
