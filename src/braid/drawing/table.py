"""Tables as pictures, the source's numbers beside ours."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from braid.drawing.style import canvas, style

LINE = 0.26  # inches per line


@style
def table(title: str, rows: pd.DataFrame, note: str = "", digits: int = 3) -> Figure:
    """Draw a table: words to the left, numbers to the right, a rule where the first column changes.

    Parameters
    ----------
    title
        Title above the table.
    rows
        What to print; missing numbers are a dash, and names of columns may have several lines.
    note
        Under the table, a line each.
    digits
        Decimals of the numbers.
    """
    cells = rows.apply(lambda column: column.map(lambda value: _text(value, digits)))
    widths = [_width(str(name), list(cells[name])) for name in cells]
    notes = note.splitlines()
    noted = max((_inches(line, size=8) for line in notes), default=0.0)
    wide = max(sum(widths), _inches(title, size=11), noted) + 0.2
    top = 0.55 + 0.65 * max(str(name).count("\n") + 1 for name in cells)
    bottom = len(cells) + max(0.7 * len(notes), 0.7)
    figure = canvas(wide, (top + bottom + 2) * LINE + 0.3)
    axes = figure.subplots()
    axes.set(xlim=(0, sum(widths)), ylim=(bottom, -top))
    axes.set_axis_off()
    left = 0.0
    for name, width in zip(cells, widths, strict=True):
        numeric = pd.api.types.is_numeric_dtype(rows[name])
        _column(axes, str(name), list(cells[name]), left, width, numeric)
        left += width
    _rules(axes, list(cells.iloc[:, 0]), left, top)
    axes.set_title(title, fontsize=11, loc="left")
    axes.text(0, len(cells) - 0.1, note, va="top", fontsize=8, color="#444444")
    return figure


def _text(value: object, digits: int) -> str:
    if isinstance(value, float):
        # Adding zero turns a rounded -0.000 into 0.000.
        return "–" if pd.isna(value) else f"{round(value, digits) + 0:.{digits}f}"
    return str(value)


def _width(name: str, cells: list[str]) -> float:
    heads = (_inches(line, "bold") for line in name.splitlines())
    return max(*heads, *(_inches(cell) for cell in cells)) + 0.25


def _inches(text: str, weight: str = "normal", size: float = 9) -> float:
    font = FontProperties(weight=weight, size=size)
    points, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return 1.03 * points / 72  # hinting widens letters that are drawn small


def _column(
    axes: Axes, name: str, cells: list[str], left: float, width: float, numeric: bool
) -> None:
    x, side = (left + width - 0.1, "right") if numeric else (left + 0.1, "left")
    axes.text(x, -0.55, name, ha=side, va="bottom", weight="bold")
    for row, cell in enumerate(cells):
        axes.text(x, row, cell, ha=side, va="center")


def _rules(axes: Axes, groups: list[str], width: float, top: float) -> None:
    """Rules above, under the head, under the table, and faint ones between groups."""
    for y in (-top, -0.45, len(groups) - 0.45):
        axes.plot((0, width), (y, y), color="black", linewidth=1, clip_on=False)
    for row in range(1, len(groups)):
        if groups[row] != groups[row - 1]:
            axes.plot((0, width), (row - 0.5, row - 0.5), color="#BBBBBB", linewidth=0.7)
