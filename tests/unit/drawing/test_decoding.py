"""Decoders stand in their lines, controls below them, at what was found."""

import numpy as np
import pandas as pd
import pytest

from braid.drawing.decoding import decoding
from braid.drawing.passport import DPI
from braid.drawing.style import CATEGORIES

DECODERS = [("z_noise", "noise", 0.0), ("z", "own", 0.5), ("c", "own", 0.3)]


@pytest.fixture(scope="module")
def rows():
    found = [
        {"subject": s, "decoder": d, "label": f"{d} as said", "responses": said, "r": r + 0.1 * n}
        for n, s in enumerate(("subj01", "subj02"))
        for d, said, r in DECODERS
    ]
    table = pd.DataFrame(found).assign(pictures=982)
    return table.assign(low=table["r"] - 0.02, high=table["r"] + 0.04)


@pytest.fixture(scope="module")
def figure(rows):
    drawn = decoding("t", rows)
    drawn.set_dpi(DPI)
    drawn.draw_without_rendering()
    return drawn


def lines(axes):
    return {
        text.get_text(): y
        for text, y in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)
    }


def test_controls_stand_below_under_their_heading(figure):
    [axes] = figure.axes
    places = sorted(lines(axes).items(), key=lambda pair: pair[1])
    assert [name for name, _ in places] == ["z as said", "c as said", "controls", "z_noise as said"]
    below, above = axes.get_ylim()
    assert below > above
    [bold] = [text for text in axes.get_yticklabels() if text.get_weight() == "bold"]
    assert bold.get_text() == "controls"


def test_each_point_stands_at_its_mean_with_its_interval(figure, rows):
    [axes] = figure.axes
    where = lines(axes)
    for colour, (subject, own) in zip(CATEGORIES, rows.groupby("subject"), strict=False):
        [points] = [box for box in axes.containers if box.get_label() == subject]
        data, _, [bars] = points.lines
        assert data.get_color() == colour
        np.testing.assert_allclose(data.get_xdata().astype(float), own["r"])
        ends = np.array([segment[:, 0] for segment in bars.get_segments()])
        np.testing.assert_allclose(ends, own[["low", "high"]])
        nearest = [where[label] for label in own["label"]]
        assert np.abs(data.get_ydata().astype(float) - nearest).max() < 0.5


def test_chance_is_drawn_and_said(figure):
    [axes] = figure.axes
    [zero] = [line for line in axes.lines if line.get_label() == "chance: 0"]
    assert list(zero.get_xdata()) == [0, 0]
    [legend] = figure.legends
    assert [text.get_text() for text in legend.texts] == ["chance: 0", "subj01", "subj02"]
    assert "95 % interval over 982 pictures" in axes.get_xlabel()


def test_nothing_is_cut(figure):
    [axes] = figure.axes
    texts = [*axes.get_yticklabels(), axes.xaxis.label, *figure.legends[0].texts]
    for box in [text.get_window_extent() for text in texts]:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1


def test_without_controls_there_is_no_heading(rows):
    [axes] = decoding("t", rows.query("responses == 'own'")).axes
    assert list(lines(axes)) == ["z as said", "c as said"]
