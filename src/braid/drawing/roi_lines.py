"""Scores of several fits along a row of regions: before and after a transfer."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from braid.drawing.style import CATEGORIES, canvas, style

MARKS = "osD^v"


@style
def roi_lines(title: str, rows: pd.DataFrame) -> Figure:
    """Draw a panel per subject with a line per fit and its interval, and a panel of the changes.

    Parameters
    ----------
    title
        Title of the figure.
    rows
        One per subject, region and fit: subject, region, fit, label, r, low, high, sections; for
        all but the first fit, change, `change low`, `change high` and p. The last region is the
        group of all others: it stands apart, and its change is drawn.
    """
    subjects, fits = rows["subject"].unique(), list(rows["fit"].unique())
    figure = canvas(9.5, 2.5 * len(subjects) + 1.3)
    grid = figure.subplots(len(subjects), 2, squeeze=False, width_ratios=(3, 1.1), sharex="col")
    for (left, right), subject in zip(grid, subjects, strict=True):
        own = rows.loc[rows["subject"] == subject, :]
        _lines(left, own, fits)
        _changes(right, own, fits)
        left.set_title(f"{subject} ({own['sections'].iloc[0]} sections)")
    grid[-1, 1].set_xlabel("change of mean r\nin the group")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(fits), title=title)
    return figure


def _lines(axes: Axes, rows: pd.DataFrame, fits: list[str]) -> None:
    regions = list(rows["region"].unique())
    x = np.arange(len(regions)) + 0.4 * (np.arange(len(regions)) == len(regions) - 1)
    for fit, own in rows.groupby("fit", sort=False):
        i = fits.index(str(fit))
        colour = CATEGORIES[i]
        axes.fill_between(x[:-1], own["low"][:-1], own["high"][:-1], color=colour, alpha=0.2)
        label = own["label"].iloc[0]
        axes.plot(x[:-1], own["r"][:-1], color=colour, marker=MARKS[i], markersize=4, label=label)
        last, shift = own.iloc[-1], 0.12 * (i - (len(fits) - 1) / 2)
        ends = [[last["r"] - last["low"]], [last["high"] - last["r"]]]
        axes.errorbar(x[-1] + shift, last["r"], ends, color=colour, marker=MARKS[i], markersize=5)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xticks(x, [*regions[:-1], f"all: {regions[-1]}"], rotation=30, ha="right")
    axes.set_ylabel("mean r over vertices")


def _changes(axes: Axes, rows: pd.DataFrame, fits: list[str]) -> None:
    group = rows.loc[rows["region"] == rows["region"].iloc[-1], :].dropna(subset="change")
    for y, (_, row) in enumerate(group.iterrows()):
        i = fits.index(row["fit"])
        ends = [[row["change"] - row["change low"]], [row["change high"] - row["change"]]]
        axes.errorbar(row["change"], y, xerr=ends, color=CATEGORIES[i], marker=MARKS[i], capsize=3)
        text = f"{row['change']:+.4f}, p = {row['p']:.2g}"
        where = (row["change"], y)
        halo = [withStroke(linewidth=3, foreground="white")]
        axes.annotate(
            text, where, (0, 9), textcoords="offset points", ha="center", path_effects=halo
        )
    axes.axvline(0, color="black", linestyle=":", linewidth=1)
    axes.set(yticks=[], ylim=(len(group) - 0.4, -0.7))
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelbottom=True)
