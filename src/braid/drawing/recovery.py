"""What was found in a twin, against what was planted in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import CATEGORIES, NULL, OBSERVED, canvas, style


@dataclass(frozen=True)
class Recovery:
    """One subject of a twin.

    Attributes
    ----------
    subject
        Name.
    ceiling
        Planted correlation per voxel, 0 where nothing was planted.
    r
        Correlation found per voxel.
    correlation
        Between the two, over the voxels that carry signal.
    overlap
        `precision`, `recall` and `Dice` of the significant voxels against the planted ones.
    control
        Correlations found in voxels that carry no signal.
    """

    subject: str
    ceiling: Float[np.ndarray, " voxel"]
    r: Float[np.ndarray, " voxel"]
    correlation: float
    overlap: Mapping[str, float]
    control: Float[np.ndarray, " silent"]


@style
def recovery(title: str, subjects: Sequence[Recovery]) -> Figure:
    """Draw one row per subject: planted against found, region overlap, and voxels without signal.

    Parameters
    ----------
    title
        Title of the figure.
    subjects
        At least one.
    """
    figure = canvas(9.5, 2.9 * len(subjects) + 0.3)
    rows = figure.subplots(len(subjects), 3, squeeze=False, width_ratios=(1.3, 0.9, 1))
    for (scatter, bars, control), one in zip(rows, subjects, strict=True):
        _scatter(figure, scatter, one)
        _overlap(bars, one.overlap)
        _control(control, one.control)
    figure.suptitle(title, fontsize=11)
    return figure


def _scatter(figure: Figure, axes: Axes, one: Recovery) -> None:
    finite = np.isfinite(one.ceiling) & np.isfinite(one.r)
    cells = axes.hexbin(
        one.ceiling[finite], one.r[finite], gridsize=30, bins="log", mincnt=1, cmap="cividis"
    )
    axes.axline((0, 0), slope=1, color="black", linestyle=":", linewidth=1)
    axes.set(xlabel="planted ceiling (r)", ylabel="found r")
    axes.set_title(f"{one.subject}: correlation {one.correlation:.2f}")
    figure.colorbar(cells, ax=axes, label="voxels")


def _overlap(axes: Axes, overlap: Mapping[str, float]) -> None:
    bars = axes.bar(list(overlap), list(overlap.values()), color=CATEGORIES[0], width=0.6)
    axes.bar_label(bars, fmt="%.2f", padding=2, fontsize=8)
    axes.set(ylim=(0, 1.15), yticks=(0, 0.5, 1), ylabel="overlap with planted region")
    axes.set_title("significant voxels")


def _control(axes: Axes, control: Float[np.ndarray, " silent"]) -> None:
    values = control[np.isfinite(control)]
    axes.hist(values, bins=40, color=NULL)
    axes.axvline(values.mean(), color=OBSERVED, linewidth=2)
    axes.set(xlabel="found r", ylabel="voxels")
    axes.set_title(f"no signal: mean r {values.mean():.3f}")
