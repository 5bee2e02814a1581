"""Scores of the cortex, drawn on its flattened surface."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from scipy import ndimage

from braid.drawing.cortex_store import HEIGHT, use_filestore
from braid.drawing.panels import Panel, as_brain
from braid.drawing.style import SEQUENTIAL, canvas, colour_bar, limits, significance, style

Extent = tuple[float, float, float, float]


@style
def flatmap(
    panels: Sequence[Panel],
    filestore: Path,
    unit: str,
    level: float = 0.05,
    value_limits: tuple[float, float] | None = None,
    colours: str = SEQUENTIAL,
) -> Figure:
    """Draw one flatmap per row, all on the same colour scale, over the curvature.

    A pixel is the mean over 32 depths between white matter and pia of the voxels that are drawn;
    of values on fsaverage5, it is the nearest vertex.

    Parameters
    ----------
    panels
        The maps, from top to bottom.
    filestore
        Folder that `cortex_store.build` filled.
    unit
        Label of the colour bar.
    level
        FDR level below which voxels are drawn, for panels with `q`.
    value_limits
        Ends of the colour scale; by default 0 and the 99.5th percentile of all that is drawn.
    colours
        Name of a matplotlib colour map.

    Raises
    ------
    BadInput
        When a panel has another number of values than its subject's mask, or fsaverage5.
    """
    cortex = use_filestore(filestore)
    shown = [significance(panel.values, panel.q, level, panel.unit) for panel in panels]
    norm = Normalize(*(value_limits or limits([values for values, _ in shown])))
    figure = canvas(7.5, 3.65 * len(panels) + 0.3, pictures=True)
    rows = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
    for axes, panel, (values, legend) in zip(rows, panels, shown, strict=True):
        _underlay(axes, cortex, panel.cortex)
        image, extent = project(cortex, panel, values)
        axes.imshow(image, extent=extent, norm=norm, cmap=colours, interpolation="nearest")
        for name, region in panel.regions.items():
            _outline(axes, *project(cortex, panel, region.astype(float)), name)
        axes.set_title(f"{panel.label}\n{legend}\n{panel.note}".rstrip(), fontsize=9)
    colour_bar(figure, list(rows), norm, colours, unit)
    return figure


def project(
    cortex: ModuleType, panel: Panel, values: Float[np.ndarray, " voxel"]
) -> tuple[Float[np.ndarray, "row column"], Extent]:
    """Project values in the panel's order to a flatmap image, NaN outside, and its extent in mm."""
    return _image(cortex, as_brain(cortex, panel, values))


def _image(cortex: ModuleType, data: object) -> tuple[Float[np.ndarray, "row column"], Extent]:
    image, (left, right, bottom, top) = cortex.quickflat.utils.make_flatmap_image(
        data, height=HEIGHT
    )
    return image, (float(left), float(right), float(bottom), float(top))


def _underlay(axes: Axes, cortex: ModuleType, subject: str) -> None:
    """Gyri light, sulci darker, and which hemisphere is which."""
    curvature, extent = _image(cortex, cortex.db.get_surfinfo(subject))
    axes.imshow(np.sign(curvature), extent=extent, cmap="gray", vmin=-8, vmax=2)
    axes.set_axis_off()
    for place, side in ((0.25, "left hemisphere"), (0.75, "right hemisphere")):
        axes.text(
            place, -0.02, side, transform=axes.transAxes, ha="center", va="top", color="#444444"
        )


def _outline(axes: Axes, image: Float[np.ndarray, "row column"], extent: Extent, name: str) -> None:
    inside = np.nan_to_num(image)
    axes.contour(inside, [0.5], extent=extent, origin="upper", colors="white", linewidths=2.2)
    axes.contour(inside, [0.5], extent=extent, origin="upper", colors="black", linewidths=0.9)
    for y, x in _middles(inside > 0.5):
        _name(axes, x / inside.shape[1], 1 - y / inside.shape[0], extent, name)


def _middles(inside: Bool[np.ndarray, "row column"]) -> Float[np.ndarray, "patch 2"]:
    """Middles of a region's largest patch and of those at least half as large."""
    patches = np.empty(inside.shape, np.int32)
    ndimage.label(inside, output=patches)
    sizes = np.bincount(patches.ravel())[1:]
    large = 1 + np.flatnonzero(sizes >= 0.5 * sizes.max(initial=1))
    return np.reshape(ndimage.center_of_mass(inside, patches, large), (-1, 2))


def _name(axes: Axes, x: float, y: float, extent: Extent, name: str) -> None:
    left, right, bottom, top = extent
    place = left + (right - left) * x, bottom + (top - bottom) * y
    halo = [withStroke(linewidth=2, foreground="white")]
    axes.text(*place, name, ha="center", va="center", fontsize=7, path_effects=halo)
