"""How often models told matching sentences from others, against chance."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import CATEGORIES, canvas, style

CHANCE = 0.5


@style
def classification(title: str, rows: pd.DataFrame, printed: Mapping[str, float]) -> Figure:
    """Draw a panel per pair of languages: the accuracy of each model with its interval.

    Parameters
    ----------
    title
        Title of the figure.
    rows
        One per pair of languages and model: languages, model, n, accuracy, low, high (exact 95 %
        binomial interval), p_chance.
    printed
        The source's accuracy, by pair of languages.
    """
    pairs = rows["languages"].unique()
    most = int(rows["languages"].value_counts().iloc[0])
    figure = canvas(5.6 * len(pairs) + 0.6, 0.4 * most + 1.7)
    grid = figure.subplots(1, len(pairs), squeeze=False, sharex=True)[0]
    for axes, pair in zip(grid, pairs, strict=True):
        own = rows.loc[rows["languages"] == pair, :]
        _models(axes, own)
        if pair in printed:
            label = f"source: {printed[pair]:.2%}"
            axes.axvline(printed[pair], color=CATEGORIES[5], linestyle="--", label=label)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2, fontsize=8)
        axes.set_title(f"{pair}, {own['n'].iloc[0]:,} pairs held out")
    figure.suptitle(title, fontsize=11)
    return figure


def _models(axes: Axes, rows: pd.DataFrame) -> None:
    y = list(range(len(rows)))
    ends = np.array([rows["accuracy"] - rows["low"], rows["high"] - rows["accuracy"]])
    axes.axvline(CHANCE, color="black", linestyle=":", label="chance")
    axes.errorbar(rows["accuracy"], y, xerr=ends, fmt="o", color=CATEGORIES[0], capsize=3)
    for place, (_, row) in zip(y, rows.iterrows(), strict=True):
        said = f"{row['accuracy']:.1%}, p = {row['p_chance']:.2g}"
        axes.text(1.03, place, said, va="center", transform=axes.get_yaxis_transform())
    axes.set_yticks(y, list(rows["model"]))
    axes.set(xlabel="accuracy", xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5))
