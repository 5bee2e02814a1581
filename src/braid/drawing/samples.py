"""Pictures that a generator makes from captions alone."""

from collections.abc import Sequence

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import canvas, style

PICTURE, STEP = 0.8, 1.06  # inches; pictures from one to the next


@style
def samples(title: str, made: Sequence[xr.Dataset]) -> Figure:
    """Draw for each generator a grid: captions below one another, samples side by side.

    Parameters
    ----------
    title
        Title of the figure.
    made
        `pictures` (caption, sample, row, column, channel) with the coordinate `caption`, and
        attributes `label`, `accuracy` with its interval `low` to `high`, `chance`, `guidance`.
    """
    across = max(one.sizes["sample"] for one in made)
    heights = [one.sizes["caption"] * PICTURE * STEP + 0.6 for one in made]
    figure = canvas(max(across * PICTURE * STEP + 2.4, 6), sum(heights) + 0.6)
    figure.suptitle(title, fontsize=11)
    rows = figure.subplots(len(made), 1, squeeze=False, height_ratios=heights).ravel()
    for axes, one in zip(rows, made, strict=True):
        _grid(axes, one)
    return figure


def _grid(axes: Axes, one: xr.Dataset) -> None:
    pictures = one["pictures"].values
    rows, across = pictures.shape[:2]
    for row in range(rows):
        for column in range(across):
            left, top = column * STEP, row * STEP
            axes.imshow(pictures[row, column], extent=(left, left + 1, top + 1, top))
    axes.set(xlim=(0, across * STEP), ylim=(rows * STEP, 0), xticks=[])
    axes.set_yticks([row * STEP + 0.5 for row in range(rows)], list(one["caption"].values))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    said = one.attrs
    axes.set_title(
        f"{said['label']}, guidance {said['guidance']:g}\njudged to be what the caption says: "
        f"{said['accuracy']:.1%} ({100 * said['low']:.1f}–{said['high']:.1%}), chance "
        f"{said['chance']:.1%}"
    )
