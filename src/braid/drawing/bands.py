"""Which band of features explains which region."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from jaxtyping import Float, Shaped
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Patch
from nibabel.nifti1 import Nifti1Image

from braid.drawing.slices import Grid, Map, columns, extent, mosaic
from braid.drawing.style import CATEGORIES, canvas, significance, style

# Inches for the legend, and for the bars of one subject.
LEGEND, BARS = 0.35, 2.6


@dataclass(frozen=True)
class Split:
    """What each band explains of one subject's voxels.

    Attributes
    ----------
    label
        Such as the subject.
    shares
        Share of R2 per band (product measure; the bands sum to the R2).
    regions
        Name of the region of each voxel.
    grid, anatomy
        Where the voxels lie, and what to draw them on.
    q
        FDR-corrected p per voxel, or nothing to keep every voxel.
    """

    label: str
    shares: Float[np.ndarray, "band voxel"]
    regions: Shaped[np.ndarray, " voxel"]
    grid: Grid
    anatomy: Nifti1Image
    q: Float[np.ndarray, " voxel"] | None = None

    def winners(self) -> Map:
        """Map of the number of the band that explains most, NaN where nothing is known."""
        known = np.isfinite(self.shares).all(axis=0)
        best = np.where(known, self.shares.argmax(axis=0).astype(float), np.nan)
        return Map(self.label, best, self.grid, self.anatomy, self.q)


@style
def bands(title: str, names: Sequence[str], splits: Sequence[Split], level: float = 0.05) -> Figure:
    """Draw for each subject the mean split per region, and the winning band of each voxel.

    Parameters
    ----------
    title
        Title of the figure.
    names
        Names of the bands, at most 8.
    splits
        One per subject, drawn one below the other.
    level
        Only voxels with q below it enter means and map, where a subject has q.
    """
    maps = [one.winners() for one in splits]
    width, heights = extent(maps)
    ratios = [LEGEND, *(part for height in heights for part in (BARS, height))]
    figure = canvas(max(width, 8.0), sum(ratios) + 0.4)
    figure.suptitle(title, fontsize=11)
    head, *rows = cast(np.ndarray, figure.subfigures(len(ratios), 1, height_ratios=ratios))
    _legend(head, names)
    for top, bottom, split, winners in zip(rows[::2], rows[1::2], splits, maps, strict=True):
        shown, legend = significance(winners.values, winners.q, level)
        top.suptitle(f"{split.label}\n{legend}", fontsize=10)
        _bars(top.subplots(), split, np.isfinite(shown), len(names))
        _winners(bottom, winners, shown, columns(maps), len(names))
    return figure


def _bars(axes: Axes, split: Split, kept: Shaped[np.ndarray, " voxel"], count: int) -> None:
    """One group of bars per region that has a voxel to average, the colours of the map below."""
    members = {str(name): kept & (split.regions == name) for name in np.unique(split.regions[kept])}
    width = 0.8 / count
    for band in range(count):
        means = [split.shares[band, inside].mean() for inside in members.values()]
        places = np.arange(len(members)) + (band - (count - 1) / 2) * width
        axes.bar(places, means, width, color=CATEGORIES[band])
    labels = [f"{name}\n{inside.sum():,} voxels" for name, inside in members.items()]
    axes.set_xticks(range(len(members)), labels, fontsize=8)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylabel("mean share of R²")


def _winners(
    figure: SubFigure, winners: Map, shown: Float[np.ndarray, " voxel"], across: int, count: int
) -> None:
    norm = Normalize(-0.5, count - 0.5)
    mosaic(figure, winners, shown, across, norm, ListedColormap(CATEGORIES[:count]))
    figure.suptitle("band that explains most of each voxel", fontsize=9)


def _legend(figure: SubFigure, names: Sequence[str]) -> None:
    marks = [Patch(color=CATEGORIES[band], label=name) for band, name in enumerate(names)]
    figure.legend(handles=marks, loc="center", ncols=len(names))
