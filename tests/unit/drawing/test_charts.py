"""The charts say the numbers that they were given."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib import colors
from nibabel.nifti1 import Nifti1Image

from braid.drawing.alignment import alignment
from braid.drawing.bands import Split, bands
from braid.drawing.confusion import confusion
from braid.drawing.difference import difference
from braid.drawing.identification import RIGHT, WRONG, Identification, identification
from braid.drawing.passport import DPI
from braid.drawing.recovery import Recovery, recovery
from braid.drawing.slices import Grid
from braid.drawing.style import CATEGORIES
from braid.drawing.table import table

NULL = np.random.default_rng(0).normal(0.5, 0.1, 500)


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_confusion_rows_are_shares_and_the_lines_are_where_they_belong():
    counts = np.array([[3, 1], [0, 2]])
    matrix, null = confusion("t", counts, ("face", "house"), 0.83, NULL, 0.002).axes[:2]
    assert words(matrix) == ["0.75", "0.25", "0.00", "1.00"]
    assert [label.get_text() for label in matrix.get_yticklabels()] == ["face", "house"]
    assert [line.get_xdata()[0] for line in null.lines] == [0.5, 0.83]
    assert null.get_title() == "above chance (p = 0.002)"


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.049, "above chance (p = 0.049)"), (0.05, "not above chance at 0.05 (p = 0.05)")],
)
def test_identification_says_plainly_whether_it_is_above_chance(p, said):
    one = Identification("MiniLM", ("cat", "face", "house"), 0.67, NULL, p, np.ones((3, 3)))
    axes = identification("t", [one]).axes[0]
    assert axes.get_title() == f"MiniLM\n{said}"


def bin_heights(axes):
    return [bar.get_height() for bar in axes.patches]


def test_each_attainable_accuracy_has_its_own_bin():
    flat = np.repeat(np.arange(29) / 28, 10)  # 28 pairs of 8 categories
    one = Identification("l", tuple("abcdefgh"), 0.67, flat, 0.3, np.ones((8, 8)))
    axes = identification("t", [one]).axes[0]
    assert bin_heights(axes) == [10] * 29
    middles = [bar.get_x() + bar.get_width() / 2 for bar in axes.patches]
    assert middles == pytest.approx(np.arange(29) / 28)


def test_bins_hold_equally_many_accuracies_where_there_are_many():
    counts = np.diag([12] * 8)
    flat = np.arange(5, 65) / 96
    null = confusion("t", counts, tuple("abcdefgh"), 1.0, flat, 0.002).axes[1]
    assert bin_heights(null) == [2] * 30


def test_identification_colours_each_pair_by_its_outcome():
    pairs = np.full((3, 3), np.nan)
    pairs[1, 0], pairs[2, 0], pairs[2, 1] = 1, 0, 1
    one = Identification("MiniLM", ("cat", "face", "house"), 0.67, NULL, 0.3, pairs)
    axes = identification("t", [one]).axes[1]
    image = axes.images[0]
    drawn = image.to_rgba(image.get_array())
    assert drawn[1, 0] == pytest.approx(colors.to_rgba(WRONG))
    assert drawn[1, 1] == pytest.approx(colors.to_rgba(RIGHT))
    assert drawn[0, 1, 3] == 0  # no pair there
    assert axes.get_title() == "2 of 3 pairs told apart"


def test_a_table_prints_words_numbers_dashes_and_its_note():
    rows = pd.DataFrame(
        {"subject": ["UTS01", "UTS02"], "r": [0.2, -0.0001], "paper": [0.15, np.nan]}
    )
    said = words(table("t", rows, note="a note").axes[0])
    assert {"UTS01", "0.200", "0.150", "0.000", "–", "a note"} <= set(said)
    assert "-0.000" not in said


def test_a_table_is_as_wide_as_its_words():
    names = ["bert-large-uncased, a long name " * 3, "MMWM" * 8]
    figure = table("t", pd.DataFrame({"model": names, "r": [0.5, -0.25]}))
    figure.set_dpi(DPI)
    figure.canvas.draw()
    edges = [text.get_window_extent() for text in figure.axes[0].texts]
    assert min(edge.x0 for edge in edges) >= 0
    assert max(edge.x1 for edge in edges) <= figure.bbox.x1


def test_headings_and_notes_of_several_lines_stay_inside():
    rows = pd.DataFrame({"model": ["a", "b"], "voxels\nq < .05": [1, 2]})
    figure = table("t", rows, note="one line\nand another")
    figure.set_dpi(DPI)
    figure.canvas.draw()
    axes = figure.axes[0]
    boxes = {text.get_text(): text.get_window_extent() for text in axes.texts}
    rules = [axes.transData.transform(line.get_xydata())[0, 1] for line in axes.lines[:2]]
    assert rules[0] > boxes["voxels\nq < .05"].y1
    assert boxes["voxels\nq < .05"].y0 >= rules[1] > boxes["a"].y1
    assert 0 <= boxes["one line\nand another"].y0 < boxes["b"].y0


@pytest.fixture
def banded():
    """Two bands over 4 x 4 voxels; the second wins on the left, nothing is known of one voxel.

    In the second subject only the right half is significant.
    """
    shape = (4, 4, 1)
    grid = Grid(np.argwhere(np.ones(shape)), shape, np.eye(4))
    left = grid.ijk[:, 0] < 2
    shares = np.where(left, [[0.1], [0.3]], [[0.2], [0.05]])
    shares[:, 0] = np.nan
    anatomy = Nifti1Image(np.full(shape, 9, np.int16), np.eye(4))
    regions, q = np.where(left, "L", "R"), np.where(left, 0.05, 0.01)
    splits = [
        Split("S1", shares, regions, grid, anatomy),
        Split("S2", 2 * shares, regions, grid, anatomy, q),
    ]
    return bands("t", ["auditory", "motor"], splits)


def heights(axes):
    return [[bar.get_height() for bar in bars] for bars in axes.containers]


def ticks(axes):
    return [tick.get_text() for tick in axes.get_xticklabels()]


def test_bands_average_the_split_per_region_without_nan(banded):
    axes = banded.subfigs[1].axes[0]
    assert heights(axes) == [pytest.approx([0.1, 0.2]), pytest.approx([0.3, 0.05])]
    assert ticks(axes) == ["L\n7 voxels", "R\n8 voxels"]


def test_bands_keep_only_significant_voxels_of_each_subject(banded):
    axes, image = banded.subfigs[3].axes[0], banded.subfigs[4].axes[0].images[1]
    assert heights(axes) == [pytest.approx([0.4]), pytest.approx([0.1])]
    assert ticks(axes) == ["R\n8 voxels"]
    assert np.asarray(image.get_array().mask).tolist() == [[True, True, False, False]] * 4
    said = [banded.subfigs[row].get_suptitle() for row in (1, 3)]
    assert said == [
        "S1\nall 15 voxels shown",
        "S2\n8 of 15 voxels with q < 0.05 (FDR) shown",
    ]


def test_bands_colour_each_voxel_by_its_winner(banded):
    image = banded.subfigs[2].axes[0].images[1]
    drawn = image.to_rgba(image.get_array())
    assert drawn[1, 0] == pytest.approx(colors.to_rgba(CATEGORIES[1]))
    assert drawn[1, 3] == pytest.approx(colors.to_rgba(CATEGORIES[0]))
    assert drawn[0, 0, 3] == 0


def test_bands_have_one_legend_and_nothing_overlaps(banded):
    legends = [legend for part in (banded, *banded.subfigs) for legend in part.legends]
    assert [[text.get_text() for text in legend.get_texts()] for legend in legends] == [
        ["auditory", "motor"]
    ]
    banded.canvas.draw()
    parts = [part.get_tightbbox() for part in banded.subfigs]
    assert all(above.y0 >= below.y1 for above, below in pairwise(parts))


def test_recovery_draws_finite_voxels_and_prints_what_it_was_given():
    ceiling = np.array([0.0, 0.5, 0.6, 0.7])
    found = np.array([0.01, 0.4, np.nan, 0.6])
    overlap = {"precision": 0.9, "recall": 0.8, "Dice": 0.85}
    one = Recovery("UTS01", ceiling, found, 0.93, overlap, np.array([0.02, np.nan, 0.04]))
    scatter, bars, control = recovery("t", [one]).axes[:3]
    assert scatter.collections[0].get_array().sum() == 3
    assert scatter.get_title() == "UTS01: correlation 0.93"
    assert [bar.get_height() for bar in bars.patches] == [0.9, 0.8, 0.85]
    assert control.get_title() == "no signal: mean r 0.030"


def test_difference_counts_voxels_and_prints_the_change():
    first = np.array([0.1, 0.2, 0.3, np.nan])
    figure = difference("t", first, first + np.array([0.01, 0.01, 0.04, 0]), ("clean", "leaky"))
    left, right = figure.axes[:2]
    assert "(3 voxels)" in figure.get_suptitle()
    assert right.get_title() == "mean +0.0200, median +0.0100, largest 0.0400"
    assert right.get_xlabel() == "change of r (leaky - clean)"
    assert (left.get_xlabel(), left.get_ylabel()) == ("r, clean", "r, leaky")


def test_an_alignment_has_a_line_for_each_run():
    numbers = {"words": 1204, "trs": 300, "words_per_tr_mean": 4.01, "words_per_tr_min": 0}
    numbers |= {"words_per_tr_max": 9, "trs_without_words": 12, "words_outside": 2}
    numbers |= {"sound_s": 590.25, "scan_s": 600.0, "sound_clock_s": 19.5}
    for method in ("fla", "vla"):
        numbers |= {f"{method}_dropped": 3, f"{method}_drift_mean": -1.26}
        numbers |= {f"{method}_drift_max": np.nan}
    rows = pd.DataFrame([{"series": "lppEN", "run": f"lppEN_section{n}"} | numbers for n in (1, 2)])
    said = words(alignment("t", rows).axes[0])
    assert [said.count(f"lppEN_section{n}") for n in (1, 2)] == [1, 1]
    assert said.count("1204") == said.count("590.2") == 2
    assert said.count("-1.3") == said.count("–") == 4  # the largest drift is not known
    heads = [text for text in said if "drift" in text or "largest" in text]
    assert heads == ["FLA\ndrift (s)", "FLA\nlargest (s)", "VLA\ndrift (s)", "VLA\nlargest (s)"]
