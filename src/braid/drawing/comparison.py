"""Which models predict better than the one that all are compared with."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import CATEGORIES, canvas, style
from braid.study.claims import MEAN

LINE = 0.19  # inches per interval


@style
def comparison(title: str, compared: pd.DataFrame) -> Figure:
    """Draw the difference of r of each model with its interval, per subject and over subjects.

    Parameters
    ----------
    title
        Title of the figure.
    compared
        What `braid.evaluation.comparison.compare` returned.
    """
    fits, subjects = list(compared["fit"].unique()), list(compared["subject"].unique())
    figure = canvas(9.5, LINE * len(fits) * (len(subjects) + 1) + 1.3)
    axes = figure.subplots()
    axes.axvline(0, color="black", linestyle=":", linewidth=1)
    for i, subject in enumerate(subjects):
        shift = (i + 1) / (len(subjects) + 1) - 0.5
        of = compared.loc[compared["subject"] == subject, :]
        _intervals(axes, of, [fits.index(fit) + shift for fit in of["fit"]], i)
    axes.set_yticks(range(len(fits)), _names(compared))
    axes.set(ylim=(len(fits) - 0.5, -0.5), xlabel=_label(compared))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.suptitle(title, fontsize=11)
    figure.legend(loc="outside lower center", ncols=len(subjects))
    return figure


def _intervals(axes: Axes, of: pd.DataFrame, y: list[float], number: int) -> None:
    """Mean and interval of each model in one subject; a filled mark where one is better."""
    subject = of["subject"].iloc[0]
    strong = subject == MEAN
    colour = "black" if strong else CATEGORIES[number]
    axes.hlines(y, of["low"], of["high"], color=colour, linewidth=2.4 if strong else 1.2)
    shown = of["verdict"] != "no difference shown"
    faces = [colour if one else "white" for one in shown]
    size = 36 if strong else 20
    axes.scatter(of["difference"], y, s=size, c=faces, edgecolors=colour, zorder=3)
    axes.plot(
        [], [], color=colour, marker="o", label=f"{subject} of subjects" if strong else subject
    )


def _names(compared: pd.DataFrame) -> list[str]:
    means = compared.loc[compared["subject"] == MEAN, :]
    return [f"{row['label']}\n{row['verdict']}" for _, row in means.iterrows()]


def _label(compared: pd.DataFrame) -> str:
    first = compared.iloc[0]
    return (
        f"r minus that of “{first['against']}”, mean over {first['runs']} runs, 95 % interval; "
        "filled: better or worse"
    )
