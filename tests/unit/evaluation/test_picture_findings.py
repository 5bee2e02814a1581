"""What is said of pictures from the brain holds when it was planted, and only then."""

import numpy as np
import pytest
import xarray as xr
from picture_toys import GAINS, evaluation, evaluations

from braid.evaluation.picture_findings import (
    checks,
    gain,
    notes,
    of_checks,
    of_source,
    of_tests,
    together,
)
from braid.evaluation.picture_rows import score_rows
from braid.study.claims import Claims, Data

SETTINGS = {"nulls": ["noise"], "seed": 0}
COLOUR = "z alone keeps chroma better than c alone"


@pytest.fixture(scope="module")
def found():
    return checks(evaluations(), **SETTINGS)


def answers(found, subject="mean"):
    rows = found.loc[found["subject"] == subject, :]
    return dict(zip(rows["check"], rows["holds"], strict=True))


def test_everything_that_was_planted_is_found_in_each_subject(found):
    assert found["holds"].all()
    assert len(found) == 3 * 9


def test_a_margin_is_the_gain_over_chance_inside_its_interval(found):
    [row] = found.query("check == 'z alone keeps luminance' and subject == 'subj01'").itertuples()
    truth = evaluation("subj01", "z")["value"].sel(metric="Luminance").values - 0.02
    assert row.margin == pytest.approx(truth.mean())
    assert row.low < 0.4 < row.high


@pytest.mark.parametrize(
    ("name", "like", "fails"),
    [
        (
            "z",
            "noise",
            {
                "z alone keeps luminance",
                "z alone keeps luminance better than c alone",
                "z alone keeps chroma",
                COLOUR,
            },
        ),
        ("c", "noise", {"c alone keeps the category"}),
        ("zc", "z", {"z with c beats z alone over all metrics"}),
        ("noise", "zc", {"“noise” is at chance"}),
    ],
)
def test_what_is_not_there_is_not_found(name, like, fails):
    others = [n for n in ("z", "c", "zc", "noise") if n != name]
    swapped = [evaluation(s, name, gains=GAINS[like], seed=1) for s in ("subj01", "subj02")]
    found = answers(checks([*evaluations(others), *swapped], **SETTINGS))
    assert {check for check, holds in found.items() if not holds} == fails


def test_c_that_follows_the_pixels_is_noticed():
    own = [evaluation("subj01", n) for n in ("z", "zc", "noise")]
    leak = evaluation("subj01", "c", gains=(0.2, *GAINS["c"][1:]))
    found = answers(checks([*own, leak], **SETTINGS))
    assert not found["c alone correlates with the pixels as chance does"]


def test_a_gain_is_the_mean_over_the_metrics_of_its_kinds():
    one = evaluation("subj01", "c")
    value = one["value"]
    names = ("Alex 2, two-way", "CLIP, two-way", "Category")
    chances = (0.5, 0.5, 0.2)
    expected = np.mean([value.sel(metric=n) - c for n, c in zip(names, chances, strict=True)], 0)
    np.testing.assert_allclose(gain(one, "two_way", "category").values, expected)
    swav = 0.7 - value.sel(metric="SwAV, distance").values
    np.testing.assert_allclose(gain(one, "distance").values, swav)


def test_all_metrics_count_alike_whatever_their_unit():
    parts = [evaluation("subj01", n) for n in ("z", "c", "zc")]
    scale = xr.DataArray([100.0] + [1.0] * 7, dims="metric")
    scaled = [one.assign(value=one["value"] * scale) for one in parts]
    np.testing.assert_allclose(together(scaled).values, together(parts).values)
    assert together(parts).mean("image").values.argmax() == 2


def test_pictures_that_one_reconstruction_lacks_are_left_out():
    parts = [evaluation("subj01", n, images=i) for n, i in (("z", 40), ("c", 30), ("zc", 40))]
    assert together(parts).sizes["image"] == 30


def test_a_sentence_says_yes_or_no_with_margin_and_interval(found):
    lines = of_checks(found)
    assert len(lines) == 9
    [line] = [line for line in lines if line.startswith(COLOUR)]
    assert ": yes (+0.2" in line
    assert line.endswith("mean over subjects; holds in 2 of 2 subjects).")
    denied = of_checks(found.assign(holds=found["subject"] == "subj01"))
    assert all(": no (" in line and "holds in 1 of 2" in line for line in denied)


def test_tests_and_the_source_are_told_in_words():
    rows = score_rows(evaluations(subjects=["subj01"]), "zc", 0)
    *_, noise = of_tests(rows)
    assert noise.startswith("“noise” against “z with c”: worse in 8, better in 0 of 8 metrics")
    beside = rows.assign(**{"paper: value": np.nan, "beside the paper": "differs"})
    beside.loc[0, "paper: value"] = 0.25
    assert of_source(beside) == [f"PixCorr: {rows['value'][0]:.3f} here, 0.25 printed: differs."]


def test_notes_name_what_the_numbers_are_of():
    rows = score_rows(evaluations(["z", "zc"], ["subj01"]), "zc", 0)
    data = Data(dataset="nsd", files=1, bytes=1)
    claims = Claims(study="takagi2023", source="Takagi & Nishimoto (2023)", data=data)
    options = {
        "split": "40 pictures of 2 sessions",
        "samples": 5,
        "networks": {"CLIP, two-way": "efficientnet-lite0"},
    }
    said = "\n".join(notes(rows, claims, options))
    for part in ("40 pictures]", "“z with c”", "2 sessions", "5", "CLIP, two-way: efficientnet"):
        assert part in said
