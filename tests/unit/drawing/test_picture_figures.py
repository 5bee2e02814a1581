"""Figures of pictures show what they were given, in its place, inside the picture."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from picture_toys import evaluations, scenes

from braid.drawing.passport import DPI
from braid.drawing.picture_table import picture_table
from braid.drawing.reconstructions import first_samples, reconstructions
from braid.drawing.samples import samples
from braid.evaluation.picture_grids import grid_rows
from braid.evaluation.picture_rows import score_rows
from braid.store import save


def words(axes):
    return [text.get_text() for text in axes.texts]


def assert_inside(figure, texts):
    figure.set_dpi(DPI)
    figure.draw_without_rendering()
    for box in [text.get_window_extent() for text in texts if text.get_text()]:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1


def assert_apart(figure, texts):
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    hidden = [
        (a, b) for i, (a, one) in enumerate(boxes) for b, two in boxes[i + 1 :] if one.overlaps(two)
    ]
    assert hidden == []


@pytest.fixture(scope="module")
def scored():
    return score_rows(evaluations(("noise", "z", "zc")), "zc", 0)


@pytest.fixture(scope="module")
def table(scored):
    printed = pd.DataFrame(
        [("Takagi, recomputed; 1,000 pictures", "SSIM", 0.41, "another split")],
        columns=["source", "metric", "value", "said"],
    )
    notes = ["A long note, of many words. " * 20, "A second one."]
    return picture_table("t", scored, printed, ["noise"], notes)


def position(axes, said):
    [text] = [text for text in axes.texts if text.get_text() == said]
    return text.get_position()


def test_metrics_stand_in_blocks_by_kind(table):
    [axes] = table.axes
    titles = ["Low level", "Identification", "Distance in a network"]
    heights = [position(axes, title)[1] for title in titles]
    assert heights == sorted(heights)
    assert "Retrieval" not in words(axes)
    heads = ["PixCorr ↑", "Alex 2, two-way ↑", "SwAV, distance ↓"]
    assert [position(axes, head)[1] for head in heads] == heights


def test_controls_and_the_source_stand_below(table):
    [axes] = table.axes
    labels = ("z alone", "z with c", "noise", "printed: Takagi, recomputed")
    lines = [
        min(text.get_position()[1] for text in axes.texts if text.get_text() == label)
        for label in labels
    ]
    assert lines == sorted(lines)
    assert {"0.41", "another split", "1,000 pictures"} <= set(words(axes))


def test_a_cell_has_mean_interval_mark_and_subjects(table, scored):
    [axes] = table.axes
    own = scored.query("reconstruction == 'noise' and metric == 'Category'").set_index("subject")
    mean = own.loc["mean"]
    cell = f"{mean['value']:z.3f} [{mean['low']:z.2f}, {mean['high']:z.2f}] ▼"
    x, y = position(axes, cell)
    subjects = "  ".join(f"{value:z.3f}" for value in own["value"].drop("mean"))
    assert position(axes, subjects) == (x, pytest.approx(y + 0.4))


def test_bold_is_what_beats_chance(table, scored):
    [axes] = table.axes
    bold = [t for t in axes.texts if t.get_weight() == "bold" and "[" in t.get_text()]
    assert len(bold) == scored.query("subject == 'mean'")["told"].sum()


def test_nothing_of_the_table_is_cut_or_hidden(table):
    texts = table.axes[0].texts
    assert_inside(table, texts)
    assert_apart(table, texts)


@pytest.fixture(scope="module")
def shown():
    return grid_rows(evaluations(("z", "zc")), "zc", "PixCorr", 1)


@pytest.fixture
def generated(shown, tmp_path):
    made = []
    for i, one in enumerate(evaluations(("z", "zc"))):
        pictures = scenes(80, side=8, seed=i).reshape(40, 2, 8, 8, 3)
        names = ("image", "sample", "row", "column", "channel")
        coords = {"image": one["image"].values, "seed": (names[:2], np.zeros((40, 2), int))}
        path = tmp_path / f"{i}.nc"
        save(path, xr.Dataset({"pictures": (names, pictures)}, coords, one.attrs))
        made.append((first_samples(path, shown), pictures))
    return made


def test_the_first_sample_of_each_chosen_picture_is_read(generated, shown):
    for i, (one, pictures) in enumerate(generated):
        own = shown.query("subject == @one.subject and label == @one.label")
        assert list(one.pictures) == own["image"].tolist()
        assert one.samples == 2
        for image, picture in one.pictures.items():
            np.testing.assert_array_equal(picture, pictures[(image - 3) // 7, 0], f"{i}")


def test_each_picture_is_drawn_in_its_column_above_its_score(generated, shown):
    numbers = shown["image"].unique()
    presented = dict(zip(numbers.tolist(), scenes(len(numbers), side=8, seed=9), strict=True))
    figure = reconstructions("t", shown, presented, [one for one, _ in generated], "the rule")
    first, second = figure.axes
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["subj01", "subj02"]
    assert len(first.images) == 3 * 3
    best = shown.query("subject == 'subj02' and place == 'best'")
    image = best["image"].iloc[0]
    np.testing.assert_array_equal(second.images[0].get_array(), presented[image])
    np.testing.assert_array_equal(second.images[2].get_array(), generated[3][0].pictures[image])
    assert {f"no. {image}", f"{best['value'].iloc[1]:.3f}"} <= set(words(second))
    assert figure.get_supxlabel() == "the rule"
    assert_inside(figure, [*first.texts, *second.texts])
    assert_apart(figure, [*first.texts, *second.texts])


def test_samples_stand_in_the_row_of_their_caption():
    pictures = scenes(6, side=8).reshape(2, 3, 8, 8, 3)
    names = ("caption", "sample", "row", "column", "channel")
    attrs = {"label": "Small", "accuracy": 0.911, "low": 0.87, "high": 0.94}
    made = xr.Dataset(
        {"pictures": (names, pictures)},
        {"caption": ["a bag", "a shirt"]},
        attrs | {"chance": 0.2, "guidance": 5.0},
    )
    figure = samples("t", [made])
    [axes] = figure.axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a bag", "a shirt"]
    left, right, bottom, top = axes.images[4].get_extent()
    np.testing.assert_array_equal(axes.images[4].get_array(), pictures[1, 1])
    assert left < right
    assert top < axes.get_yticks()[1] < bottom
    assert "Small, guidance 5" in axes.get_title()
    assert "91.1% (87.0–94.0%), chance 20.0%" in axes.get_title()
    assert_inside(figure, [axes.title, *axes.get_yticklabels()])
