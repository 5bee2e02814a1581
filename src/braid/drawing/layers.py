"""Which layer of a model predicts which part of the cortex, and which hemisphere better."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from braid.drawing.style import SEQUENTIAL, canvas, colour_bar, style


@style
def layers(title: str, rows: pd.DataFrame, places: Sequence[str]) -> Figure:
    """Draw for each subject r of every layer and place, and left minus right below it.

    Parameters
    ----------
    title
        Title of the figure.
    rows
        One per fit (a layer), subject, place (`region`) and `hemi`: label, r; where hemi is `both`
        also `lh - rh` with its interval `lh - rh low` to `lh - rh high`, and `paper: r`, which is
        printed to the right of a layer where the source has it.
    places
        In order.
    """
    both = rows.loc[rows["hemi"] == "both", :]
    subjects, labels = both["subject"].unique(), list(both["label"].unique())
    figure = canvas(3.7 * len(subjects) + 1.6, 0.34 * len(labels) + 4.9)
    grid = figure.subplots(
        2, len(subjects), squeeze=False, sharey="row", height_ratios=(0.34 * len(labels) + 1, 2.5)
    )
    norm = Normalize(min(0.0, both["r"].min()), both["r"].max())
    for (heat, bars), subject in zip(grid.T, subjects, strict=True):
        own = both.loc[both["subject"] == subject, :]
        _heat(heat, own, labels, places, norm)
        _contrast(bars, own, labels, places)
        heat.set_title(subject)
    colour_bar(figure, list(grid[0]), norm, SEQUENTIAL, "mean r over vertices")
    grid[0, 0].set_ylabel("layer")
    grid[1, 0].set_ylabel("r, left minus right hemisphere\n(95 % interval over regions)")
    handles, names = grid[1, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=5, title="layer")
    figure.suptitle(title, fontsize=11)
    return figure


def _heat(
    axes: Axes, rows: pd.DataFrame, labels: list[str], places: Sequence[str], norm: Normalize
) -> None:
    """Cells with their numbers, and the source's mean over the cortex beside the row."""
    values = _table(rows, "r", labels, places)
    axes.imshow(values, cmap=SEQUENTIAL, norm=norm, aspect="auto")
    for (y, x), value in np.ndenumerate(values):
        colour = "black" if norm(value) > 0.6 else "white"
        axes.text(x, y, f"{value:.3f}", ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(range(len(places)), places)
    axes.set_yticks(range(len(labels)), labels)
    axes.spines[:].set_visible(False)
    _source(axes, _table(rows, "paper: r", labels, places)[:, 0], len(places))


def _source(axes: Axes, printed: Float[np.ndarray, " layer"], right: int) -> None:
    """The source's numbers in a column of their own, where it has any."""
    if np.isfinite(printed).any():
        axes.set_xlim(-0.5, right + 0.5)
        axes.set_xticks(range(right + 1), [*_ticks(axes), "source:\ncortex"])
        for y, value in enumerate(printed):
            text = f"{value:.3f}" if np.isfinite(value) else "–"
            axes.text(right, y, text, ha="center", va="center", color="#444444", fontsize=8)


def _ticks(axes: Axes) -> list[str]:
    return [tick.get_text() for tick in axes.get_xticklabels()]


def _contrast(axes: Axes, rows: pd.DataFrame, labels: list[str], places: Sequence[str]) -> None:
    names = ("lh - rh", "lh - rh low", "lh - rh high")
    change, low, high = (_table(rows, name, labels, places) for name in names)
    colours = mpl.colormaps["cividis"](np.linspace(0, 0.95, len(labels)))
    width = 0.8 / len(labels)
    for i, label in enumerate(labels):
        x = np.arange(len(places)) + (i - (len(labels) - 1) / 2) * width
        ends = np.array([change[i] - low[i], high[i] - change[i]])
        axes.bar(x, change[i], width, color=colours[i], label=label)
        axes.errorbar(x, change[i], ends, fmt="none", ecolor="#777777", elinewidth=0.8)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xticks(range(len(places)), places)


def _table(
    rows: pd.DataFrame, column: str, labels: list[str], places: Sequence[str]
) -> Float[np.ndarray, "layer place"]:
    table = rows.pivot(index="label", columns="region", values=column)
    return table.reindex(index=labels, columns=list(places)).to_numpy(float)
