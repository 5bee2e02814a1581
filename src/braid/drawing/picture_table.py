"""Reconstructions by metrics: means with intervals, subjects below them, controls, the source."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import ceil
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import canvas, style
from braid.study.claims import MEAN

# Title of a block of columns to the kinds of metric in it.
BLOCKS = MappingProxyType(
    {
        "Low level": ("pixels", "luminance", "chroma", "ssim"),
        "Identification": ("two_way", "category"),
        "Distance in a network": ("distance",),
        "Retrieval": ("retrieval",),
    }
)
MARKS = MappingProxyType({"better": " ▲", "worse": " ▼"})
ARROWS = MappingProxyType({1: "↑", -1: "↓"})
MOST = 6  # columns side by side
CELL, LEFT, LINE = 1.75, 3.2, 0.4  # inches
HEAD, GAP = 1.9, 0.6  # lines above and below those of a block
GREY = "#555555"


class Cell(NamedTuple):
    """A number with its interval, and what is said in small letters below."""

    text: str = "–"
    below: str = ""
    bold: bool = False


class Line(NamedTuple):
    """A reconstruction, or a source; `group` changes where a rule is drawn."""

    label: str
    below: str
    group: int
    cells: list[Cell]


class Block(NamedTuple):
    """Metrics side by side."""

    title: str
    heads: list[Cell]
    lines: list[Line]


@style
def picture_table(
    title: str,
    rows: pd.DataFrame,
    printed: pd.DataFrame,
    controls: Sequence[str],
    notes: Sequence[str],
) -> Figure:
    """Draw blocks of metrics below one another, in each the reconstructions, controls, the source.

    Parameters
    ----------
    title
        Title above the table.
    rows
        What `braid.evaluation.picture_rows.score_rows` returned. A mean over subjects is bold where
        its interval is better than chance, and marked where it differs from the reconstruction that
        the others are compared with.
    printed
        What `braid.evaluation.picture_rows.printed_rows` returned.
    controls
        Reconstructions that stand below the others.
    notes
        Sentences under the table.
    """
    blocks = list(_blocks(rows, printed, controls))
    width = LEFT + max(len(block.heads) for block in blocks) * CELL
    said = [line for note in notes for line in textwrap.wrap(note, int(14 * width))]
    *tops, bottom = accumulate((len(block.lines) + HEAD + GAP for block in blocks), initial=0.0)
    end = bottom + 0.4 * len(said)
    figure = canvas(width + 0.2, end * LINE + 0.8)
    axes = figure.subplots()
    axes.set(xlim=(0, width), ylim=(end, 0))
    axes.set_axis_off()
    for top, block in zip(tops, blocks, strict=True):
        _draw(axes, block, top)
    axes.text(0.05, bottom, "\n".join(said), va="top", fontsize=8, color=GREY, linespacing=1.3)
    axes.set_title(title, fontsize=11, loc="left")
    return figure


def _blocks(rows: pd.DataFrame, printed: pd.DataFrame, controls: Sequence[str]) -> Iterator[Block]:
    for title, kinds in BLOCKS.items():
        metrics = rows.loc[rows["kind"].isin(kinds), "metric"].unique()
        for part in np.array_split(metrics, ceil(len(metrics) / MOST) or 1):
            if len(part):
                yield _block(title, list(part), rows, printed, controls)


def _block(
    title: str,
    metrics: list[str],
    rows: pd.DataFrame,
    printed: pd.DataFrame,
    controls: Sequence[str],
) -> Block:
    own = rows.loc[rows["metric"].isin(metrics), :]
    names = sorted(own["reconstruction"].unique(), key=lambda name: name in controls)
    lines = [
        _line(own.loc[own["reconstruction"] == name, :], metrics, int(name in controls))
        for name in names
    ]
    theirs = printed.loc[printed["metric"].isin(metrics), :]
    lines += [
        _printed(str(source), part, metrics)
        for source, part in theirs.groupby("source", sort=False)
    ]
    return Block(title, [_head(own, metric) for metric in metrics], lines)


def _head(rows: pd.DataFrame, metric: str) -> Cell:
    one = rows.loc[rows["metric"] == metric, :].iloc[0]
    chance = "" if pd.isna(one["chance"]) else f"chance {one['chance']:.2g}"
    return Cell(f"{textwrap.fill(metric, 20)} {ARROWS[one['better']]}", chance)


def _line(rows: pd.DataFrame, metrics: list[str], group: int) -> Line:
    subjects = [name for name in rows["subject"].unique() if name != MEAN]
    cells = [_cell(rows.loc[rows["metric"] == metric, :]) for metric in metrics]
    return Line(rows["label"].iloc[0], ", ".join(subjects), group, cells)


def _cell(rows: pd.DataFrame) -> Cell:
    """The mean with its interval, and the subjects in order below."""
    if rows.empty:
        return Cell()
    mean = rows.loc[rows["subject"] == MEAN, :].iloc[0]
    below = "  ".join(f"{value:z.3f}" for value in rows.loc[rows["subject"] != MEAN, "value"])
    text = f"{mean['value']:z.3f} [{mean['low']:z.2f}, {mean['high']:z.2f}]"
    return Cell(text + MARKS.get(mean["verdict"], ""), below, bool(mean["told"]))


def _printed(source: str, rows: pd.DataFrame, metrics: list[str]) -> Line:
    found = {
        row["metric"]: Cell(f"{row['value']:g}", row["said"]) for row in rows.to_dict("records")
    }
    who, _, split = source.partition("; ")
    return Line(f"printed: {who}", split, 2, [found.get(metric, Cell()) for metric in metrics])


def _draw(axes: Axes, block: Block, top: float) -> None:
    """Title, heads and lines; a rule where groups of lines meet."""
    right = LEFT + len(block.heads) * CELL
    axes.text(0.05, top + 1.15, block.title, weight="bold", fontsize=10, va="bottom")
    for column, head in enumerate(block.heads):
        x = LEFT + (column + 1) * CELL - 0.1
        axes.text(x, top + 1.15, head.text, ha="right", va="bottom", weight="bold", fontsize=8.5)
        axes.text(x, top + 1.45, head.below, ha="right", va="center", fontsize=7.5, color=GREY)
    first = top + HEAD
    for row, line in enumerate(block.lines):
        y = first + row + 0.5
        _pair(axes, 0.05, y, Cell(line.label, line.below), "left")
        for column, cell in enumerate(line.cells):
            _pair(axes, LEFT + (column + 1) * CELL - 0.1, y, cell, "right")
        if row and line.group != block.lines[row - 1].group:
            axes.plot((0, right), (y - 0.5, y - 0.5), color="#BBBBBB", linewidth=0.8)
    for y in (top, first - 0.1, first + len(block.lines) + 0.1):
        axes.plot((0, right), (y, y), color="black", linewidth=1, clip_on=False)


def _pair(axes: Axes, x: float, y: float, cell: Cell, side: str) -> None:
    weight = "bold" if cell.bold else "normal"
    axes.text(x, y - 0.16, cell.text, ha=side, va="center", weight=weight, fontsize=8.5)
    axes.text(x, y + 0.24, cell.below, ha=side, va="center", fontsize=7, color=GREY)
