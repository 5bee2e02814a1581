"""How the losses of networks fell while they were trained."""

from collections.abc import Mapping
from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from braid.drawing.style import CATEGORIES, canvas, style

COLUMNS = 3
# Losses that fall by more than this factor are drawn on a logarithmic axis.
DECADE = 10
BEST, EARLY = "o", "X"


@style
def curves(title: str, rows: pd.DataFrame) -> Figure:
    """Draw one panel per network: validation and training loss of each subject over the updates.

    Parameters
    ----------
    title
        Title of the figure.
    rows
        What `braid.evaluation.losses.losses` returned.
    """
    networks = rows["network"].unique()
    colours: Mapping[str, str] = dict(zip(rows["subject"].unique(), CATEGORIES, strict=False))
    height = ceil(len(networks) / COLUMNS)
    figure = canvas(11, 2.7 * height + 0.7)
    panels = figure.subplots(height, COLUMNS, squeeze=False).ravel()
    for axes, network in zip(panels, networks, strict=False):
        _panel(axes, network, rows.loc[rows["network"] == network, :], colours)
    for axes in panels[len(networks) :]:
        axes.set_axis_off()
    figure.suptitle(title, fontsize=11)
    # Two lines leave the corners to what every figure says there.
    key = _key(colours)
    figure.legend(handles=key, loc="outside lower center", ncols=ceil(len(key) / 2))
    return figure


def _panel(axes: Axes, network: str, rows: pd.DataFrame, colours: Mapping[str, str]) -> None:
    for subject, of in rows.groupby("subject", sort=False):
        colour = colours[str(subject)]
        axes.plot(of["step"], of["training_loss"], color=colour, linewidth=1, linestyle=":")
        axes.plot(of["step"], of["validation_loss"], color=colour, linewidth=1.6)
        best, last = of.loc[of["best"], :], of.loc[of["stopped_early"], :].tail(1)
        axes.plot(best["step"], best["validation_loss"], BEST, color=colour)
        axes.plot(last["step"], last["validation_loss"], EARLY, color=colour)
    drawn = rows[["training_loss", "validation_loss"]]
    if drawn.max(axis=None) > DECADE * drawn.min(axis=None) > 0:
        axes.set_yscale("log")
    axes.set(title=network, xlabel="update", ylabel="loss")


def _key(colours: Mapping[str, str]) -> list[Line2D]:
    subjects = [Line2D([], [], color=colour, label=name) for name, colour in colours.items()]
    kinds = [
        Line2D([], [], label="validation", linewidth=1.6),
        Line2D([], [], label="training", linewidth=1, linestyle=":"),
        Line2D([], [], label="best, kept", linestyle="", marker=BEST),
        Line2D([], [], label="stopped early", linestyle="", marker=EARLY),
    ]
    for kind in kinds:
        kind.set_color("#444444")
    return [*subjects, *kinds]
