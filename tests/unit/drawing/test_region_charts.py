"""Charts of regions say the numbers that they were given, inside the picture."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from braid.datasets.fsaverage5 import coordinates
from braid.drawing.classification import classification
from braid.drawing.flatmap import flatmap
from braid.drawing.layers import layers
from braid.drawing.passport import DPI
from braid.drawing.regions import region_panels
from braid.drawing.roi_lines import roi_lines
from braid.drawing.roi_table import HEADS, roi_table

PLACES = ("cortex", "visual")


def words(axes):
    return [text.get_text() for text in axes.texts]


def assert_inside(figure, texts):
    figure.set_dpi(DPI)
    figure.canvas.draw()
    for box in [text.get_window_extent() for text in texts]:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1


@pytest.fixture
def models():
    numbers = {f"{block} {place}": [0.11111, 0.22222] for block in HEADS for place in PLACES}
    rows = pd.DataFrame({"label": ["word vectors, as they are", "BrainLM"], **numbers})
    return rows.assign(**{"paper: PC % visual": [np.nan, 9.5]})


def test_a_table_of_places_prints_digits_by_block_and_a_dash(models):
    [axes] = roi_table("t", models, PLACES, ["a note"]).axes
    assert words(axes).count("0.222") == 2
    assert words(axes).count("0.22") == 3
    assert {"9.50", "–", "a note", "mean r"} <= set(words(axes))


def test_the_best_of_a_column_is_bold(models):
    [axes] = roi_table("t", models, PLACES, []).axes
    bold = {text.get_text() for text in axes.texts if text.get_weight() == "bold"}
    assert bold == {"0.222", "0.22", "9.50", *PLACES}


def test_long_notes_stay_inside_the_picture(models):
    figure = roi_table("t", models, PLACES, ["many words " * 60, "and more " * 80])
    assert_inside(figure, figure.axes[0].texts)


@pytest.fixture
def transfer():
    rows = [
        {"subject": s, "region": region, "fit": fit, "label": fit.upper(), "r": r, "sections": 9}
        | {"low": r - 0.01, "high": r + 0.01}
        | {"change": change, "change low": change - 0.01, "change high": change + 0.01, "p": 0.02}
        for s in ("EN057", "FR025")
        for i, region in enumerate(("pars", "temporal", "linguistic"))
        for fit, r, change in (("before", 0.1 * i, np.nan), ("after", 0.1 * i + 0.05, 0.05))
    ]
    return pd.DataFrame(rows)


def test_lines_join_regions_and_the_group_stands_apart(transfer):
    figure = roi_lines("t", transfer)
    left, right = figure.axes[:2]
    before, after = (line.get_ydata() for line in left.lines if line.get_label().isupper())
    assert (list(before), list(after)) == ([0, 0.1], [0.05, pytest.approx(0.15)])
    assert [tick.get_text() for tick in figure.axes[2].get_xticklabels()][-1] == "all: linguistic"
    assert words(right) == ["+0.0500, p = 0.02"]
    assert left.get_title() == "EN057 (9 sections)"
    assert_inside(figure, right.texts)


@pytest.fixture
def layer_rows():
    rows = [
        {
            "subject": s,
            "label": f"layer {n}",
            "region": place,
            "hemi": hemi,
            "r": 0.1 * n + 0.01 * k,
        }
        | {"lh - rh": 0.02 * n, "lh - rh low": 0.01 * n, "lh - rh high": 0.03 * n}
        | {"paper: r": 0.5 if (n, k, s) == (1, 0, "EN057") else np.nan}
        for s in ("EN057", "FR025")
        for n in (1, 2)
        for k, place in enumerate(PLACES)
        for hemi in ("both", "lh")
    ]
    return pd.DataFrame(rows)


def test_layers_are_rows_and_the_source_stands_beside_its_subject(layer_rows):
    first, second, bars, _ = layers("t", layer_rows, PLACES).axes[:4]
    assert words(first) == ["0.100", "0.110", "0.200", "0.210", "0.500", "–"]
    assert words(second) == ["0.100", "0.110", "0.200", "0.210"]
    assert [tick.get_text() for tick in first.get_yticklabels()] == ["layer 1", "layer 2"]
    assert first.images[0].get_clim() == second.images[0].get_clim()
    heights = [bar.get_height() for bar in bars.patches]
    assert heights == pytest.approx([0.02, 0.02, 0.04, 0.04])


def test_a_classification_has_chance_and_the_printed_accuracy_of_its_languages():
    rows = pd.DataFrame(
        [
            {"languages": pair, "model": model, "n": 90, "accuracy": a, "low": a - 0.1}
            | {"high": a + 0.1, "p_chance": 0.03}
            for pair in ("EN-FR", "EN-ZH")
            for model, a in (("BrainLM", 0.6), ("multilingual e5, the small one", 0.9))
        ]
    )
    figure = classification("t", rows, {"EN-FR": 0.5175})
    french, chinese = figure.axes
    labels = [[text.get_text() for text in axes.get_legend().get_texts()] for axes in figure.axes]
    assert labels == [["chance", "source: 51.75%"], ["chance"]]
    assert french.get_title() == "EN-FR, 90 pairs held out"
    assert words(chinese) == ["60.0%, p = 0.03", "90.0%, p = 0.03"]
    assert_inside(figure, [*french.texts, *chinese.texts, *chinese.get_yticklabels()])


def test_a_region_has_one_colour_on_the_flatmap_and_its_name_fits(template_store):
    names = np.where(np.arange(20_484) % 10_242 < 6_000, "S_intrapariet_and_P_trans", "G_other")
    cortex = np.arange(20_484) % 10_242 < 10_000
    variables = {"region": ("voxel", names), "cortex": ("voxel", cortex)}
    atlas = xr.Dataset(variables, coordinates())
    rows = pd.DataFrame(
        [
            {"fit": "f", "label": "BrainLM, layer 24", "subject": "EN057", "kind": "destrieux"}
            | {"region": region, "hemi": hemi, "r": r}
            for region, r in (("S_intrapariet_and_P_trans", 0.2), ("G_other", 0.1))
            for hemi in ("lh", "rh", "both")
        ]
    )
    [panel] = region_panels(rows, atlas)
    assert np.unique(panel.values[np.isfinite(panel.values)]).tolist() == [0.1, 0.2]
    assert np.isfinite(panel.values).sum() == 20_000
    names = ("S_intrapariet_and_P_trans lh", "S_intrapariet_and_P_trans rh", "G_other lh")
    assert panel.note == "1 {}, 2 {}, 3 {}".format(*names)
    assert {name: int(mask.sum()) for name, mask in panel.regions.items()} == {
        "1": 6_000,
        "2": 6_000,
        "3": 4_242,
    }
    figure = flatmap([panel] * 2, template_store, "r")
    drawn = np.asarray(figure.axes[0].images[1].get_array().filled(np.nan))
    assert np.unique(drawn[np.isfinite(drawn)]).tolist() == [0.1, 0.2]
    assert_inside(figure, [figure.axes[0].title])
