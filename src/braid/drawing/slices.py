"""Scores of voxels on axial slices of an anatomical or mean functional volume."""

from dataclasses import dataclass
from typing import cast

import nibabel as nib
import numpy as np
from jaxtyping import Bool, Float, Integer
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure, SubFigure
from nibabel.nifti1 import Nifti1Image
from nilearn.image import resample_to_img

from braid.drawing.style import SEQUENTIAL, canvas, colour_bar, limits, significance, style

COLUMNS, MOST = 4, 12


@dataclass(frozen=True)
class Grid:
    """Where a subject's voxels lie.

    Attributes
    ----------
    ijk
        Indices of each voxel in the volume.
    shape
        Shape of the volume.
    affine
        Voxel indices to mm, RAS+.
    """

    ijk: Integer[np.ndarray, "voxel 3"]
    shape: tuple[int, int, int]
    affine: Float[np.ndarray, "4 4"]

    def numbers(self) -> Nifti1Image:
        """Volume of the voxels' numbers from 1, with 0 where no voxel is."""
        volume = np.zeros(self.shape, np.int32)
        volume[tuple(self.ijk.T)] = np.arange(1, len(self.ijk) + 1)
        return Nifti1Image(volume, self.affine)


@style
def slices(
    title: str,
    values: Float[np.ndarray, " voxel"],
    grid: Grid,
    anatomy: Nifti1Image,
    unit: str,
    q: Float[np.ndarray, " voxel"] | None = None,
    level: float = 0.05,
    value_limits: tuple[float, float] | None = None,
    colours: str = SEQUENTIAL,
) -> Figure:
    """Draw scores in colour over grey axial slices, left of the subject on the left.

    Parameters
    ----------
    title
        Title of the figure.
    values
        A score per voxel; NaN is not drawn.
    grid
        Where the voxels lie.
    anatomy
        Volume to draw on, of any grid in the same space: an anatomy, or the mean functional image.
    unit
        Label of the colour bar.
    q, level
        FDR-corrected p per voxel; only voxels with q below `level` are drawn.
    value_limits
        Ends of the colour scale; by default 0 and the 99.5th percentile of what is drawn.
    colours
        Name of a matplotlib colour map.
    """
    shown, legend = significance(values, q, level)
    norm = Normalize(*(value_limits or limits([shown])))
    count = slice_count(grid, values, anatomy)
    size = max(4.5, 1.2 + 1.7 * min(count, COLUMNS)), 1.1 + 2.1 * -(-count // COLUMNS)
    figure = canvas(*size, pictures=True)
    axes = mosaic(figure, grid, values, shown, anatomy, norm, colours)
    figure.suptitle(f"{title}\n{legend}", fontsize=10)
    colour_bar(figure, axes, norm, colours, unit)
    return figure


def slice_count(grid: Grid, values: Float[np.ndarray, " voxel"], anatomy: Nifti1Image) -> int:
    """Return how many slices `mosaic` draws."""
    return len(_levels(np.isfinite(_resampled(grid, values, anatomy))))


def mosaic(
    figure: Figure | SubFigure,
    grid: Grid,
    values: Float[np.ndarray, " voxel"],
    shown: Float[np.ndarray, " voxel"],
    anatomy: Nifti1Image,
    norm: Normalize,
    colours: str | Colormap,
) -> list[Axes]:
    """Fill `figure` with axial slices of the anatomy through the scored voxels.

    Parameters
    ----------
    values
        Choose the slices: those where any is finite, at most 12, evenly spaced.
    shown
        Are drawn; NaN is transparent.

    Returns
    -------
    list of Axes
        One per slice, from low to high.
    """
    under = nib.as_closest_canonical(anatomy)
    heights = _levels(np.isfinite(_resampled(grid, values, anatomy)))
    over = _resampled(grid, shown, anatomy)
    rows = -(-len(heights) // COLUMNS)
    columns = min(COLUMNS, len(heights))
    spots = figure.subplots(rows, columns, squeeze=False).ravel()
    window = _window(np.asarray(under.dataobj, float))
    for axes, height in zip(spots, heights, strict=False):
        _slice(axes, under, height, window)
        axes.imshow(over[:, :, height].T, norm=norm, cmap=colours, **_frame(under))
        axes.set_title(f"z = {under.affine[2, 2] * height + under.affine[2, 3]:.0f} mm", fontsize=8)
    for axes in spots:
        axes.set_axis_off()
    _sides(spots[0])
    return list(spots)


def _resampled(
    grid: Grid, values: Float[np.ndarray, " voxel"], anatomy: Nifti1Image
) -> Float[np.ndarray, "x y z"]:
    """Values on the anatomy's grid, x to the right, y forward, z up."""
    target = nib.as_closest_canonical(anatomy)
    numbers = cast(
        Nifti1Image,
        resample_to_img(grid.numbers(), target, "nearest", force_resample=True, copy_header=True),
    )
    return np.append(np.nan, values)[np.asarray(numbers.dataobj)]


def _levels(scored: Bool[np.ndarray, "x y z"]) -> list[int]:
    """Indices of the slices to draw."""
    filled = np.flatnonzero(scored.any(axis=(0, 1)))
    return filled[np.unique(np.linspace(0, len(filled) - 1, MOST).round().astype(int))].tolist()


def _window(anatomy: Float[np.ndarray, "x y z"]) -> tuple[float, float]:
    """Black and white of the anatomy."""
    return 0.0, float(np.percentile(anatomy[anatomy > 0], 99)) * 1.15


def _frame(under: Nifti1Image) -> dict:
    """Extent in mm, so that anisotropic voxels keep their proportions."""
    wide, deep = (np.array(under.shape) * under.header.get_zooms())[:2]
    extent = (0, float(wide), 0, float(deep))
    return {"origin": "lower", "extent": extent, "interpolation": "nearest"}


def _slice(axes: Axes, under: Nifti1Image, height: int, window: tuple[float, float]) -> None:
    grey = np.asarray(under.dataobj[:, :, height], float).T
    axes.imshow(grey, cmap="gray", vmin=window[0], vmax=window[1], **_frame(under))


def _sides(axes: Axes) -> None:
    for place, side in ((0.06, "L"), (0.94, "R")):
        axes.text(
            place, 0.03, side, transform=axes.transAxes, color="white", ha="center", va="bottom"
        )
