"""Intervals of the comparison, where and how they are drawn."""

import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from braid.drawing.comparison import comparison
from braid.drawing.style import CATEGORIES


@pytest.fixture
def axes():
    names = ["fit", "label", "against", "subject", "runs", "difference", "low", "high", "verdict"]
    shared = ["a", "Tuned", "BERT"]
    rows = [
        [*shared, "S1", 8, -0.01, -0.03, 0.01, "no difference shown"],
        [*shared, "mean", 8, 0.02, 0.01, 0.03, "better"],
        ["b", "Worse", "BERT", "S1", 8, -0.3, -0.4, -0.2, "worse"],
        ["b", "Worse", "BERT", "mean", 8, -0.2, -0.3, -0.1, "worse"],
    ]
    figure = comparison("t", pd.DataFrame(rows, columns=names))
    figure.draw_without_rendering()
    return figure.axes[0]


def test_each_interval_is_where_it_was_found(axes):
    lines, marks = axes.collections[::2], axes.collections[1::2]
    ends = [[tuple(segment[:, 0]) for segment in line.get_segments()] for line in lines]
    assert ends == [[(-0.03, 0.01), (-0.4, -0.2)], [(0.01, 0.03), (-0.3, -0.1)]]
    assert [mark.get_offsets()[:, 0].tolist() for mark in marks] == [[-0.01, -0.3], [0.02, -0.2]]
    rows = [mark.get_offsets()[:, 1].round().tolist() for mark in marks]
    assert rows == [[0, 1], [0, 1]]
    assert axes.lines[0].get_xdata() == [0, 0]


def test_only_a_verdict_fills_the_mark(axes):
    subject, mean = axes.collections[1::2]
    white, blue, black = map(to_rgba, ("white", CATEGORIES[0], "black"))
    assert [tuple(face) for face in subject.get_facecolors()] == [white, blue]
    assert [tuple(face) for face in mean.get_facecolors()] == [black, black]


def test_models_have_the_verdict_of_the_mean_beside_them(axes):
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Tuned\nbetter", "Worse\nworse"]
    assert "“BERT”, mean over 8 runs, 95 % interval" in axes.get_xlabel()


def test_nothing_is_clipped(axes):
    figure = axes.figure
    boxes = [text.get_window_extent() for text in (*axes.get_yticklabels(), axes.xaxis.label)]
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in boxes)
    [legend] = figure.legends
    assert legend.get_window_extent().y1 <= axes.xaxis.label.get_window_extent().y0
