"""Where several feature spaces predict the brain, on one colour scale, and which predicts best."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import matplotlib as mpl
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Patch
from nibabel.nifti1 import Nifti1Image

from braid.drawing.slices import BAR, Map, columns, extent, grid_of, mosaic
from braid.drawing.style import CATEGORIES, SEQUENTIAL, canvas, limits, significance, style
from braid.evaluation.winners import LEVEL, winners

FEW = 6  # slices of a map
ACROSS = 2  # subjects, or charts, side by side
CHART = 2.9  # inches high
MARKERS = "osD^v<>P"


class Strip(Map):
    """A map whose slices stand in one row."""

    @cached_property
    def heights(self) -> list[int]:
        """Indices of the slices to draw: of those of a map, at most 6, evenly spaced."""
        every = super().heights
        kept = np.unique(np.linspace(0, len(every) - 1, FEW).round().astype(int))
        return [every[i] for i in kept]


@dataclass(frozen=True)
class Subject:
    """All fits of one subject.

    Attributes
    ----------
    name
        Of the subject.
    maps
        One per fit, with q; `label` is the fit's.
    winner
        Number of the fit that predicts each voxel best; NaN where none does.
    """

    name: str
    maps: Sequence[Strip]
    winner: Float[np.ndarray, " voxel"]


def mapped(scores: Sequence[xr.Dataset], anatomy: Nifti1Image) -> Subject:
    """Maps of one subject.

    Parameters
    ----------
    scores
        Artefacts of `encode`, one per fit.
    anatomy
        The volume that they are drawn on.
    """
    maps = [
        Strip(
            one.attrs["label"],
            one["r"].values.astype(float),
            grid_of(one),
            anatomy,
            one["q"].values.astype(float),
        )
        for one in scores
    ]
    return Subject(scores[0].attrs["subject"], maps, winners(scores))


@style
def feature_maps(
    title: str,
    subjects: Sequence[Subject],
    streams: pd.DataFrame,
    levels: pd.DataFrame,
) -> Figure:
    """Draw the maps of all fits in the same colours, which fit wins where, and means by stream.

    Parameters
    ----------
    title
        Title of the figure.
    subjects
        With the same fits in the same order.
    streams
        What `braid.evaluation.winners.stream_rows` returned: bars.
    levels
        What `braid.evaluation.winners.level_rows` returned: a chart of lines for each series.
    """
    maps = [one for subject in subjects for one in subject.maps]
    drawn = [significance(one.values, one.q, LEVEL)[0] for one in maps]
    norm = Normalize(*limits(drawn))
    wide, heights = extent(maps)
    across = min(ACROSS, len(subjects))
    deep = -(-len(subjects) // across)
    blocks = deep * (len(subjects[0].maps) + 1) * (max(heights) - 0.15)
    charts = len(subjects) + len(levels["series"].unique())
    below = -(-charts // ACROSS) * CHART
    figure = canvas(max(across * wide, 9) + BAR, blocks + below + 0.5)
    figure.suptitle(title, fontsize=11)
    top, bottom = cast(np.ndarray, figure.subfigures(2, 1, height_ratios=(blocks, below)))
    left, right = cast(np.ndarray, top.subfigures(1, 2, width_ratios=(across * wide, BAR)))
    parts = left.subfigures(deep, across, squeeze=False).ravel()
    for part, subject in zip(parts, subjects, strict=False):
        _subject(part, subject, columns(maps), norm)
    _bar(right, norm)
    _charts(bottom, streams, levels)
    return figure


def _subject(figure: SubFigure, subject: Subject, across: int, norm: Normalize) -> None:
    rows = cast(np.ndarray, figure.subfigures(len(subject.maps) + 1, 1))
    for row, one in zip(rows, subject.maps, strict=False):
        shown, legend = significance(one.values, one.q, LEVEL)
        mosaic(row, one, shown, across, norm, SEQUENTIAL)
        row.suptitle(f"{subject.name}, {one.label}\n{legend}", fontsize=9)
    _winner(rows[-1], subject, across)


def _winner(figure: SubFigure, subject: Subject, across: int) -> None:
    count = len(subject.maps)
    colours = ListedColormap(CATEGORIES[:count])
    mosaic(figure, subject.maps[0], subject.winner, across, Normalize(-0.5, count - 0.5), colours)
    figure.suptitle(f"{subject.name}, highest r of the fits with q < {LEVEL}", fontsize=9)
    marks = [
        Patch(color=colours(i), label=f"{one.label}: {(subject.winner == i).sum():,}")
        for i, one in enumerate(subject.maps)
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=count, fontsize=8)


def _bar(figure: SubFigure, norm: Normalize) -> None:
    mappable, axes = ScalarMappable(norm, SEQUENTIAL), figure.subplots()
    axes.set_box_aspect(18)
    bar = figure.colorbar(mappable, cax=axes, label="correlation r", extend="both")
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]


def _charts(figure: SubFigure, streams: pd.DataFrame, levels: pd.DataFrame) -> None:
    bars, lines = list(streams.groupby("subject", sort=False)), list(levels.groupby("series"))
    deep = -(-(len(bars) + len(lines)) // ACROSS)
    spots = iter(figure.subplots(deep, ACROSS, squeeze=False).ravel())
    for (subject, own), axes in zip(bars, spots, strict=False):
        _bars(axes, str(subject), own)
    for (series, own), axes in zip(lines, spots, strict=False):
        _lines(axes, str(series), own)
    for axes in spots:
        axes.set_axis_off()


def _bars(axes: Axes, subject: str, rows: pd.DataFrame) -> None:
    """Mean r of each fit in each stream; intervals describe voxels, which are not independent."""
    places, fits = list(rows["stream"].unique()), list(rows.groupby("label", sort=False))
    width = 0.8 / len(fits)
    for i, (label, own) in enumerate(fits):
        x = np.array([places.index(name) for name in own["stream"]]) + (i + 0.5) * width - 0.4
        ends = np.array([own["r"] - own["low"], own["high"] - own["r"]])
        axes.bar(x, own["r"], width, color=CATEGORIES[i], label=label)
        axes.errorbar(x, own["r"], ends, fmt="none", ecolor="#333333", elinewidth=0.8)
    axes.set_xticks(range(len(places)), places, rotation=25, ha="right")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(title=f"{subject}: mean over voxels, 95 % interval", ylabel="mean r")
    axes.legend(fontsize=8, ncols=2)
    axes.margins(y=0.3)


def _lines(axes: Axes, series: str, rows: pd.DataFrame) -> None:
    """Mean r of each stream along the levels, mean over subjects."""
    streams = list(rows.groupby("stream", sort=False))
    colours = mpl.colormaps["cividis"](np.linspace(0, 0.95, len(streams)))
    for (stream, own), colour, mark in zip(streams, colours, MARKERS, strict=False):
        means = own.pivot_table(index="level", values="r")["r"]
        axes.plot(
            means.index.to_numpy(), means, color=colour, marker=mark, label=stream, markersize=5
        )
    axes.set(title="mean over voxels and subjects", xlabel=series, ylabel="mean r")
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
