"""Models by places of the cortex: our means, and our numbers in the source's manner beside its."""

import textwrap
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import canvas, style

CELL, LINE = 0.82, 0.26  # inches
HEADS = {
    "r": "mean r",
    "PC %": "PC % (r below 0 or\nnot significant set to 0)",
    "paper: PC %": "PC % printed",
}


@style
def roi_table(
    title: str, rows: pd.DataFrame, places: Sequence[str], notes: Sequence[str]
) -> Figure:
    """Draw a table of three blocks of columns, in each of which the best of a place is bold.

    Parameters
    ----------
    title
        Title above the table.
    rows
        Columns `label`, and for each block of `HEADS` and each place one such as `r cortex`;
        missing numbers are a dash.
    places
        Columns of each block.
    notes
        Sentences under the table.
    """
    first = 0.2 + 0.075 * max(map(len, rows["label"]))
    width = first + len(HEADS) * (len(places) * CELL + 0.2)
    said = [line for note in notes for line in textwrap.wrap(note, int(13 * width))]
    figure = canvas(width + 0.2, (len(rows) + 0.6 * len(said) + 4.5) * LINE)
    axes = figure.subplots()
    axes.set(xlim=(0, width), ylim=(len(rows) + 0.6 * len(said) + 0.2, -2.6))
    axes.set_axis_off()
    for y, label in enumerate(rows["label"]):
        axes.text(0.05, y, label, va="center")
    for i, (block, head) in enumerate(HEADS.items()):
        left = first + i * (len(places) * CELL + 0.2)
        _block(axes, rows, block, head, places, left)
    for y in (-2.5, -0.5, len(rows) - 0.5):
        axes.plot((0, width), (y, y), color="black", linewidth=1)
    note = "\n".join(said)
    axes.text(0.05, len(rows) - 0.2, note, va="top", fontsize=8, color="#444444", linespacing=1.3)
    axes.set_title(title, fontsize=11, loc="left")
    return figure


def _block(
    axes: Axes, rows: pd.DataFrame, block: str, head: str, places: Sequence[str], left: float
) -> None:
    right = left + len(places) * CELL
    axes.text((left + right) / 2, -1.85, head, ha="center", va="center", fontsize=8.5)
    axes.plot((left + 0.1, right), (-1.3, -1.3), color="#888888", linewidth=0.7)
    digits = 3 if block == "r" else 2
    for i, place in enumerate(places):
        x, column = left + (i + 1) * CELL - 0.02, rows[f"{block} {place}"]
        axes.text(x, -0.9, place, ha="right", va="center", weight="bold", fontsize=8.5)
        for y, value in enumerate(column):
            text = "–" if pd.isna(value) else f"{value:.{digits}f}"
            weight = "bold" if value == column.max() else "normal"
            axes.text(x, y, text, ha="right", va="center", weight=weight)
