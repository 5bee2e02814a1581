"""Scores of voxels on axial slices of an anatomical or mean functional volume."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import nibabel as nib
import numpy as np
import xarray as xr
from jaxtyping import Float, Integer
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure, SubFigure
from nibabel.nifti1 import Nifti1Image
from nilearn.image import resample_to_img

from braid.drawing.style import SEQUENTIAL, canvas, limits, significance, style

COLUMNS, MOST = 6, 12
# Inches beside the slices for the colour bar.
BAR = 0.8


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


def grid_of(scores: xr.Dataset) -> Grid:
    """Read where voxels lie from coordinates `i`, `j`, `k` and attributes `shape`, `affine`."""
    return Grid(
        ijk=np.stack([scores[axis].values for axis in "ijk"], axis=1),
        shape=cast(tuple[int, int, int], tuple(map(int, scores.attrs["shape"]))),
        affine=np.reshape(scores.attrs["affine"], (4, 4)).astype(float),
    )


@dataclass(frozen=True)
class Map:
    """One score per voxel of one subject, and the volume that it is drawn on.

    Attributes
    ----------
    label
        Such as the subject.
    values
        A score per voxel; NaN is not drawn.
    grid
        Where the voxels lie.
    anatomy
        Volume of any grid in the same space: an anatomy, or the mean functional image.
    q
        FDR-corrected p per voxel, or nothing to draw every voxel.
    note
        A line under the title, such as how far `q` can be trusted.
    """

    label: str
    values: Float[np.ndarray, " voxel"]
    grid: Grid
    anatomy: Nifti1Image
    q: Float[np.ndarray, " voxel"] | None = None
    note: str = ""

    @cached_property
    def under(self) -> Nifti1Image:
        """Anatomy with x to the right, y forward, z up."""
        return nib.as_closest_canonical(self.anatomy)

    @cached_property
    def heights(self) -> list[int]:
        """Indices of the slices to draw: those with a scored voxel, at most 12, evenly spaced."""
        filled = np.flatnonzero(np.isfinite(self.placed(self.values)).any(axis=(0, 1)))
        return filled[np.unique(np.linspace(0, len(filled) - 1, MOST).round().astype(int))].tolist()

    def placed(self, values: Float[np.ndarray, " voxel"]) -> Float[np.ndarray, "x y z"]:
        """Values per voxel on the grid of `under`, NaN where no voxel is."""
        return np.append(np.nan, values)[self._numbers]

    @cached_property
    def _numbers(self) -> Integer[np.ndarray, "x y z"]:
        numbers = resample_to_img(
            self.grid.numbers(), self.under, "nearest", force_resample=True, copy_header=True
        )
        return np.asarray(cast(Nifti1Image, numbers).dataobj)


@style
def slices(
    title: str,
    maps: Sequence[Map],
    unit: str,
    level: float = 0.05,
    value_limits: tuple[float, float] | None = None,
    colours: str = SEQUENTIAL,
) -> Figure:
    """Draw scores in colour over grey axial slices, left of the subject on the left.

    Parameters
    ----------
    title
        Title of the figure.
    maps
        Drawn one below the other, in the same colours.
    unit
        Label of the colour bar.
    level
        Only voxels with q below it are drawn, where a map has q.
    value_limits
        Ends of the colour scale; by default 0 and the 99.5th percentile of what is drawn.
    colours
        Name of a matplotlib colour map.
    """
    drawn = [significance(one.values, one.q, level) for one in maps]
    norm = Normalize(*(value_limits or limits([shown for shown, _ in drawn])))
    width, heights = extent(maps)
    figure = canvas(width + BAR, sum(heights) + 0.4)
    figure.suptitle(title, fontsize=11)
    left, right = cast(np.ndarray, figure.subfigures(1, 2, width_ratios=(width, BAR)))
    rows = left.subfigures(len(maps), 1, height_ratios=heights, squeeze=False).ravel()
    for row, one, (shown, legend) in zip(rows, maps, drawn, strict=True):
        mosaic(row, one, shown, columns(maps), norm, colours)
        row.suptitle(f"{one.label}\n{legend}\n{one.note}".rstrip(), fontsize=9)
    _bar(right, norm, colours, unit)
    return figure


def _bar(figure: SubFigure, norm: Normalize, colours: str, unit: str) -> None:
    mappable, axes = ScalarMappable(norm, colours), figure.subplots()
    axes.set_box_aspect(18)
    bar = figure.colorbar(mappable, cax=axes, label=unit, extend="both")
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]


def columns(maps: Sequence[Map]) -> int:
    """Return how many slices stand side by side, in all maps the same."""
    return min(COLUMNS, max(len(one.heights) for one in maps))


def extent(maps: Sequence[Map]) -> tuple[float, list[float]]:
    """Return the width of all maps' slices and the height of each map's, in inches."""
    across = columns(maps)
    width = max(5.7, 1.35 * across)
    return width, [_tall(one, across, width / across) for one in maps]


def _tall(one: Map, across: int, slice_width: float) -> float:
    """Height of the slices, their titles and the title of the map."""
    wide, deep = _size(one.under)
    return -(-len(one.heights) // across) * (slice_width * deep / wide + 0.25) + 0.6


def mosaic(
    figure: Figure | SubFigure,
    one: Map,
    shown: Float[np.ndarray, " voxel"],
    across: int,
    norm: Normalize,
    colours: str | Colormap,
) -> None:
    """Fill `figure` with axial slices of a map's anatomy, from low to high.

    Parameters
    ----------
    one
        Says which slices.
    shown
        The values to draw; NaN is transparent.
    across
        Slices side by side.
    norm, colours
        From value to colour.
    """
    over, window, frame = one.placed(shown), _window(one.under), _frame(one.under)
    step, origin = np.asarray(one.under.affine)[2, 2:]
    rows = -(-len(one.heights) // across)
    spots = figure.subplots(rows, across, squeeze=False).ravel()
    for axes, height in zip(spots, one.heights, strict=False):
        grey = np.asarray(one.under.dataobj[:, :, height], float)
        axes.imshow(grey.T, cmap="gray", vmin=window[0], vmax=window[1], **frame)
        axes.imshow(over[:, :, height].T, norm=norm, cmap=colours, **frame)
        axes.set_title(f"z = {step * height + origin:.0f} mm", fontsize=8, pad=2)
    for axes in spots:
        axes.set_axis_off()
    _sides(spots[0])


def _window(under: Nifti1Image) -> tuple[float, float]:
    """Black and white of the anatomy."""
    values = np.asarray(under.dataobj, float)
    return 0.0, float(np.percentile(values[values > 0], 99)) * 1.15


def _size(under: Nifti1Image) -> tuple[float, float]:
    """Width and depth of a slice in mm."""
    wide, deep = (np.array(under.shape) * under.header.get_zooms())[:2]
    return float(wide), float(deep)


def _frame(under: Nifti1Image) -> dict[str, Any]:
    """Place in mm, so that anisotropic voxels keep their proportions."""
    wide, deep = _size(under)
    return {"origin": "lower", "extent": (0, wide, 0, deep), "interpolation": "nearest"}


def _sides(axes: Axes) -> None:
    for place, side in ((0.06, "L"), (0.94, "R")):
        axes.text(
            place, 0.03, side, transform=axes.transAxes, color="white", ha="center", va="bottom"
        )
