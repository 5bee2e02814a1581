"""How well features are decoded from the brain: a point for each subject and decoder."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import CATEGORIES, canvas, style
from braid.evaluation.regression.rows import OWN

LINE = 0.16  # inches per interval
SPREAD = 0.6  # of the way to the next decoder, from the first subject to the last


@style
def decoding(title: str, rows: pd.DataFrame) -> Figure:
    """Draw mean r of each decoder with its interval, controls below the others.

    Parameters
    ----------
    title
        Title of the figure.
    rows
        What `braid.evaluation.regression.rows.decoding_rows` returned.
    """
    named = rows.drop_duplicates("decoder")
    own = (named["responses"] == OWN).to_numpy()
    ordered = pd.concat([named[own], named[~own]])
    # One line is left free above the controls.
    places = (np.arange(len(named)) + np.sort(~own)).tolist()
    subjects = list(rows["subject"].unique())
    figure = canvas(9, LINE * (places[-1] + 1) * (len(subjects) + 0.5) + 1.4)
    axes = figure.subplots()
    axes.axvline(0, color="black", linestyle=":", linewidth=1, label="chance: 0")
    _points(axes, rows, subjects, dict(zip(ordered["decoder"], places, strict=True)))
    _names(axes, list(ordered["label"]), places, int(own.sum()))
    axes.set_xlabel(f"mean r over features, 95 % interval over {rows['pictures'].max():,} pictures")
    figure.suptitle(title, fontsize=11)
    figure.legend(loc="outside lower center", ncols=len(subjects) + 1)
    return figure


def _points(axes: Axes, rows: pd.DataFrame, subjects: list[str], places: Mapping[str, int]) -> None:
    for i, subject in enumerate(subjects):
        one = rows.loc[rows["subject"] == subject, :]
        shift = SPREAD * ((i + 0.5) / len(subjects) - 0.5)
        y = one["decoder"].map(dict(places)) + shift
        ends = np.stack([one["r"] - one["low"], one["high"] - one["r"]])
        look = {"fmt": "o", "markersize": 4, "color": CATEGORIES[i]}
        axes.errorbar(one["r"], y, xerr=ends, label=subject, **look)


def _names(axes: Axes, labels: list[str], places: list[int], own: int) -> None:
    """Labels of decoders, and a heading in the line above the controls, if there are any."""
    heading = [("controls", own)] if own < len(labels) else []
    ticks = [*zip(labels, places, strict=True), *heading]
    axes.set_yticks([place for _, place in ticks], [label for label, _ in ticks])
    for text in axes.get_yticklabels()[len(labels) :]:
        text.set_fontweight("bold")
    axes.set_ylim(max(places) + 0.6, -0.6)
    axes.tick_params(axis="y", length=0)
