"""A confusion matrix beside the accuracy and what chance gives."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Integer
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import NULL, OBSERVED, canvas, style

BINS = 30


@style
def confusion(
    title: str,
    counts: Integer[np.ndarray, "category category"],
    categories: Sequence[str],
    accuracy: float,
    null: Float[np.ndarray, " permutation"],
    p: float,
) -> Figure:
    """Draw a confusion matrix and the accuracy against its permutation null.

    Parameters
    ----------
    title
        Title of the figure.
    counts
        Blocks (or trials) of the category of the row that were called the category of the column.
    categories
        Names, in the order of rows and columns.
    accuracy
        Share of all that were called right.
    null
        Accuracies under permuted labels.
    p
        Share of the null at or above the accuracy.
    """
    figure = canvas(9, 4.4)
    left, right = figure.subplots(1, 2, width_ratios=(1.1, 1))
    _matrix(figure, left, counts, categories)
    draw_null(right, accuracy, null, 1 / len(categories), p, int(counts.sum()))
    right.set_xlabel("accuracy (share of blocks called right)")
    figure.suptitle(title, fontsize=11)
    return figure


def draw_null(
    axes: Axes,
    observed: float,
    null: Float[np.ndarray, " permutation"],
    chance: float,
    p: float,
    count: int,
) -> None:
    """Draw the null of an accuracy (a share of `count`) with the observed value and chance."""
    edges = _edges(null, count)
    axes.hist(null, bins=edges, color=NULL, label=f"permuted labels (n = {null.size:,})")
    axes.axvline(chance, color="black", linestyle=":", label=f"chance {chance:.3g}")
    axes.axvline(observed, color=OBSERVED, linewidth=2, label=f"observed {observed:.3g}")
    axes.set_ylabel("permutations")
    axes.set_title(verdict(p))
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16)}
    axes.legend(**place, ncols=3, fontsize=7.5, handlelength=1.2, columnspacing=1.2)


def _edges(null: Float[np.ndarray, " permutation"], count: int) -> list[float]:
    """At most 30 bins, each holding equally many of the accuracies 0, 1/count, ..., 1."""
    low, high = round(null.min() * count), round(null.max() * count)
    step = -(-(high - low + 1) // BINS)
    return [(right - 0.5) / count for right in range(low, high + step + 1, step)]


def verdict(p: float, level: float = 0.05) -> str:
    """Say plainly whether a result is above chance."""
    return (
        f"above chance (p = {p:.3g})"
        if p < level
        else f"not above chance at {level:.2g} (p = {p:.3g})"
    )


def _matrix(
    figure: Figure,
    axes: Axes,
    counts: Integer[np.ndarray, "category category"],
    categories: Sequence[str],
) -> None:
    share = counts / counts.sum(axis=1, keepdims=True)
    image = axes.imshow(share, vmin=0, vmax=1, cmap="cividis")
    for (row, column), value in np.ndenumerate(share):
        shade = "white" if value < 0.55 else "black"
        axes.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=7, color=shade)
    axes.set_xticks(range(len(categories)), categories, rotation=45, ha="right")
    axes.set_yticks(range(len(categories)), categories)
    axes.set(xlabel="decoded category", ylabel="category shown")
    axes.spines[:].set_visible(False)
    figure.colorbar(image, ax=axes, label="share of the row", shrink=0.75)
