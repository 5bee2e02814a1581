"""Two-way identification of unseen categories against permuted labels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from braid.drawing.confusion import draw_null
from braid.drawing.style import CATEGORIES, canvas, style

WRONG, RIGHT = CATEGORIES[1], CATEGORIES[0]


@dataclass(frozen=True)
class Identification:
    """One embedding and category set.

    Attributes
    ----------
    label
        Such as `MiniLM, 8 categories`.
    categories
        Names, in the order of `pairs`.
    accuracy
        Share of pairs that were told apart.
    null
        Accuracies under permuted labels.
    p
        Share of the null at or above the accuracy.
    pairs
        1 where the pair was told apart, 0 where not, NaN where it was not tried.
    """

    label: str
    categories: tuple[str, ...]
    accuracy: float
    null: Float[np.ndarray, " permutation"]
    p: float
    pairs: Float[np.ndarray, "category category"]


@style
def identification(title: str, results: Sequence[Identification]) -> Figure:
    """Draw one row per result: the null with the observed accuracy, and which pairs were right.

    Parameters
    ----------
    title
        Title of the figure.
    results
        At least one; each says plainly whether it is above chance at .05.
    """
    figure = canvas(8.5, 3.5 * len(results) + 0.3)
    rows = figure.subplots(len(results), 2, squeeze=False, width_ratios=(1.2, 1))
    for (left, right), result in zip(rows, results, strict=True):
        pairs = math.comb(len(result.categories), 2)
        draw_null(left, result.accuracy, result.null, 0.5, result.p, pairs)
        left.set_title(f"{result.label}\n{left.get_title()}")
        left.set(xlabel="two-way identification accuracy", xlim=(-0.03, 1.03))
        _pairs(right, result)
    figure.suptitle(title, fontsize=11)
    return figure


def _pairs(axes: Axes, result: Identification) -> None:
    lower = np.where(np.tri(len(result.pairs), k=-1, dtype=bool), result.pairs, np.nan)
    axes.imshow(lower[1:, :-1], cmap=ListedColormap([WRONG, RIGHT]), vmin=0, vmax=1)
    axes.set_xticks(range(len(lower) - 1), result.categories[:-1], rotation=45, ha="right")
    axes.set_yticks(range(len(lower) - 1), result.categories[1:])
    axes.spines[:].set_visible(False)
    axes.set_title(f"{np.nansum(lower):.0f} of {np.isfinite(lower).sum()} pairs told apart")
    marks = [Patch(color=RIGHT, label="told apart"), Patch(color=WRONG, label="confused")]
    axes.legend(handles=marks, loc="upper right", fontsize=8)
