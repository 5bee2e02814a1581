"""Which language of captions is found by vectors of which language, from the brain and at best."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from braid.drawing.style import canvas, colour_bar, style
from braid.evaluation.languages import CAPTIONS, CHANCE
from braid.evaluation.regression.rows import OWN

CELL = 0.7  # inches
GAP = 0.3  # of a cell, above controls
COLOURS = "cividis"
DARK = 0.55  # share of the scale below which letters are white


@style
def languages(title: str, rows: pd.DataFrame) -> Figure:
    """Draw for each subject a table of languages decoded by languages searched, and the ceiling.

    Parameters
    ----------
    title
        Title of the figure.
    rows
        What `braid.evaluation.languages.language_rows` returned. Controls stand below what was
        decoded from a subject's own responses.
    """
    subjects, across = list(rows["subject"].unique()), len(rows["searched"].unique())
    found = rows["responses"] != CAPTIONS
    lines, groups = (len(rows.loc[found, name].unique()) for name in ("label", "responses"))
    deep = lines + GAP * (groups - 1)
    figure = canvas(2 * CELL * across + 3.6, len(subjects) * (CELL * deep + 1) + 0.8)
    grid = figure.subplots(len(subjects), 2, squeeze=False)
    for (left, right), subject in zip(grid, subjects, strict=True):
        own = rows["subject"] == subject
        _table(left, rows.loc[own & found, :], across, deep)
        _table(right, rows.loc[own & ~found, :], across, deep)
        left.set(title=f"{subject}: decoded from the brain", ylabel="vectors decoded")
        right.set(title=f"{subject}: ceiling", ylabel="vectors of true captions")
    figure.suptitle(title, fontsize=11)
    said = f"share of pairs of pictures told apart (chance {CHANCE})"
    colour_bar(figure, list(grid.ravel()), _scale(), COLOURS, said)
    return figure


def _scale() -> Normalize:
    return Normalize(CHANCE, 1)


def _table(axes: Axes, rows: pd.DataFrame, across: int, deep: float) -> None:
    """A row for each language that was given, a column for each that was searched."""
    top, ticks = 0.0, {}
    for responses, part in rows.groupby("responses", sort=False):
        given = part.iloc[::across, :]
        control = "" if responses in (OWN, CAPTIONS) else f",\n{responses}"
        _cells(axes, part, across, top)
        ticks |= {top + y + 0.5: f"{name}{control}" for y, name in enumerate(given["decoded"])}
        top += len(given) + GAP
    axes.set(xlim=(0, across), ylim=(deep, 0), xlabel="captions searched")
    axes.set_xticks(np.arange(across) + 0.5, list(rows["searched"][:across]))
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _cells(axes: Axes, rows: pd.DataFrame, across: int, top: float) -> None:
    values, scale = rows["value"].to_numpy().reshape(-1, across), _scale()
    ends = (0, across, top + len(values), top)
    axes.imshow(values, cmap=COLOURS, norm=scale, extent=ends)
    for n, row in enumerate(rows.to_dict("records")):
        y, x = divmod(n, across)
        colour = "white" if scale(row["value"]) < DARK else "black"
        interval = f"{row['low']:.2f}–{row['high']:.2f}"
        for said, down, size in ((f"{row['value']:.2f}", 0.4, 9), (interval, 0.7, 6.5)):
            place = (x + 0.5, top + y + down)
            axes.text(*place, said, fontsize=size, color=colour, ha="center", va="center")
