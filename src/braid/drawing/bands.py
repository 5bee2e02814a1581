"""Which band of features explains which region."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from jaxtyping import Float, Shaped
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Patch
from nibabel.nifti1 import Nifti1Image

from braid.drawing.slices import COLUMNS, Grid, mosaic, slice_count
from braid.drawing.style import CATEGORIES, canvas, significance, style


@style
def bands(
    title: str,
    split: Float[np.ndarray, "band voxel"],
    names: Sequence[str],
    regions: Shaped[np.ndarray, " voxel"],
    grid: Grid,
    anatomy: Nifti1Image,
    q: Float[np.ndarray, " voxel"] | None = None,
    level: float = 0.05,
) -> Figure:
    """Draw the mean product-measure split per region, and the winning band of each voxel.

    Parameters
    ----------
    title
        Title of the figure.
    split
        Share of R2 that each band explains (product measure; the bands sum to the R2).
    names
        Names of the bands, at most 8.
    regions
        Name of the region of each voxel.
    grid, anatomy
        Where the voxels lie, and what to draw them on.
    q, level
        FDR-corrected p per voxel; only voxels with q below `level` enter means and map.
    """
    kept, legend = significance(split.sum(axis=0), q, level)
    rows = -(-slice_count(grid, kept, anatomy) // COLUMNS)
    figure = canvas(8, 3.6 + 2.1 * rows)
    top, bottom = cast(np.ndarray, figure.subfigures(2, 1, height_ratios=(3.2, 2.1 * rows)))
    _bars(top.subplots(), np.where(np.isfinite(kept), split, np.nan), names, regions)
    _winners(bottom, split, kept, len(names), grid, anatomy)
    bottom.suptitle("band that explains most of each voxel", fontsize=10)
    figure.suptitle(f"{title}\n{legend}", fontsize=10)
    return figure


def _bars(
    axes: Axes,
    split: Float[np.ndarray, "band voxel"],
    names: Sequence[str],
    regions: Shaped[np.ndarray, " voxel"],
) -> None:
    """One group of bars per region that has a voxel to average, the colours of the map below."""
    tested = np.isfinite(split[0])
    present = [str(region) for region in np.unique(regions[tested])]
    width = 0.8 / len(names)
    for band, name in enumerate(names):
        means = [split[band, tested & (regions == region)].mean() for region in present]
        places = np.arange(len(present)) + (band - (len(names) - 1) / 2) * width
        axes.bar(places, means, width, color=CATEGORIES[band], label=name)
    labels = [f"{region}\n{(tested & (regions == region)).sum():,} voxels" for region in present]
    axes.set_xticks(range(len(present)), labels, fontsize=8)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylabel("mean share of R²")
    axes.figure.legend(
        handles=[Patch(color=CATEGORIES[band], label=name) for band, name in enumerate(names)],
        loc="outside right upper",
    )


def _winners(
    figure: SubFigure,
    split: Float[np.ndarray, "band voxel"],
    kept: Float[np.ndarray, " voxel"],
    count: int,
    grid: Grid,
    anatomy: Nifti1Image,
) -> None:
    winner = np.where(np.isfinite(kept), split.argmax(axis=0).astype(float), np.nan)
    norm = Normalize(-0.5, count - 0.5)
    mosaic(figure, grid, winner, winner, anatomy, norm, ListedColormap(CATEGORIES[:count]))
