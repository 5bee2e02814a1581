"""Numbers stand in the cell of their two languages, controls below, the ceiling beside."""

import numpy as np
import pandas as pd
import pytest

from braid.drawing.languages import languages
from braid.drawing.passport import DPI

NAMES = ("en", "fr", "ja")


@pytest.fixture(scope="module")
def rows():
    given = [("own", one) for one in NAMES] + [("noise", "en")] + [("captions", n) for n in NAMES]
    found = [
        {"subject": s, "responses": r, "label": f"{one} {r}", "decoded": one, "searched": other}
        for s in ("subj01", "subj02")
        for r, one in given
        for other in NAMES
    ]
    values = 0.4 + 0.6 * np.random.default_rng(0).random(len(found))
    table = pd.DataFrame(found).assign(value=values)
    return table.assign(low=values - 0.03, high=values + 0.02)


@pytest.fixture(scope="module")
def figure(rows):
    drawn = languages("t", rows)
    drawn.set_dpi(DPI)
    drawn.draw_without_rendering()
    return drawn


def said(axes, column, row):
    """Texts in a cell, from the top."""
    return [
        text.get_text()
        for text in sorted(axes.texts, key=lambda text: text.get_position()[1])
        if np.abs(np.subtract(text.get_position(), (column, row))).max() < 0.5
    ]


def names(ticks, labels):
    return {
        label.get_text().replace("\n", " "): at for label, at in zip(labels, ticks, strict=True)
    }


def panels(figure):
    return [axes for axes in figure.axes if axes.texts]


@pytest.mark.parametrize(("panel", "subject", "ceiling"), [(0, "subj01", 0), (3, "subj02", 1)])
def test_a_cell_says_what_was_found(figure, rows, panel, subject, ceiling):
    axes = panels(figure)[panel]
    across = names(axes.get_xticks(), axes.get_xticklabels())
    down = names(axes.get_yticks(), axes.get_yticklabels())
    own = rows.loc[(rows["subject"] == subject) & ((rows["responses"] == "captions") == ceiling), :]
    assert len(axes.texts) == 2 * len(own)
    for row in own.to_dict("records"):
        name = f"{row['decoded']}, noise" if row["responses"] == "noise" else row["decoded"]
        interval = f"{row['low']:.2f}–{row['high']:.2f}"
        found = said(axes, across[row["searched"]], down[name])
        assert found == [f"{row['value']:.2f}", interval]


def test_the_picture_has_the_colour_of_the_number(figure, rows):
    left, right, *_ = panels(figure)
    own = rows.loc[rows["subject"] == "subj01", :]
    shown = [image.get_array() for image in (*left.images, *right.images)]
    assert [values.shape for values in shown] == [(3, 3), (1, 3), (3, 3)]
    np.testing.assert_allclose(np.concatenate([v.ravel() for v in shown]), own["value"])
    assert {image.norm.vmin for image in (*left.images, *right.images)} == {0.5}


def test_controls_stand_below_with_a_gap(figure):
    left = panels(figure)[0]
    own, control = (image.get_extent() for image in left.images)
    assert own[2] == 3 < control[3]
    assert control[2] <= left.get_ylim()[0]


def test_nothing_is_cut_or_hidden(figure):
    for axes in panels(figure):
        texts = [*axes.texts, *axes.get_yticklabels(), axes.title, axes.xaxis.label]
        boxes = [text.get_window_extent() for text in texts]
        for i, box in enumerate(boxes):
            assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
            assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
            assert not any(box.overlaps(other) for other in boxes[i + 1 :])
