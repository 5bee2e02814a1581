"""Loss curves say which weights were kept."""

import numpy as np
import pandas as pd
import pytest

from braid.drawing.curves import BEST, EARLY, curves


def log(network, subject, validation, stopped=False):
    best = int(np.argmin(validation))
    steps = range(0, 10 * len(validation), 10)
    rows = pd.DataFrame({"step": steps, "validation_loss": validation})
    return rows.assign(
        network=network,
        subject=subject,
        training_loss=[np.nan, *validation[1:]],
        best=[i == best for i in range(len(validation))],
        stopped_early=stopped,
    )


@pytest.fixture
def figure():
    parts = [
        log("MLM", "S1", [4.0, 2.0, 3.0], stopped=True),
        log("MLM", "S2", [4.0, 3.0, 2.5]),
        log("steep", "S1", [400.0, 20.0, 2.0]),
    ]
    return curves("t", pd.concat(parts, ignore_index=True))


def marks(axes, kind):
    lines = [line for line in axes.lines if line.get_marker() == kind]
    return [[*zip(line.get_xdata(), line.get_ydata(), strict=True)] for line in lines]


def test_the_best_and_the_last_validation_are_marked(figure):
    axes = figure.axes[0]
    assert marks(axes, BEST) == [[(10, 2.0)], [(20, 2.5)]]
    assert marks(axes, EARLY) == [[(20, 3.0)], []]


def test_a_network_is_a_panel_a_subject_a_colour(figure):
    mlm, steep = figure.axes[:2]
    assert [axes.get_title() for axes in (mlm, steep)] == ["MLM", "steep"]
    lines = [
        line for line in mlm.lines if line.get_linestyle() == "-" and line.get_marker() == "None"
    ]
    assert [line.get_ydata().tolist() for line in lines] == [[4, 2, 3], [4, 3, 2.5]]
    assert len({line.get_color() for line in mlm.lines}) == 2
    said = [text.get_text() for text in figure.legends[0].get_texts()]
    assert said == ["S1", "S2", "validation", "training", "best, kept", "stopped early"]


def test_only_losses_that_fall_far_are_logarithmic(figure):
    assert [axes.get_yscale() for axes in figure.axes[:2]] == ["linear", "log"]


def test_a_place_without_a_network_is_empty(figure):
    assert [axes.axison for axes in figure.axes] == [True, True, False]
