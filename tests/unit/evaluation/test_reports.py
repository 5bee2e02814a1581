"""Summaries, recovery and findings: numbers that people will quote."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from braid.errors import BadInput
from braid.evaluation import findings
from braid.evaluation.recovery import recover
from braid.evaluation.summary import band_rows, briefly, printable, shown, summarise
from braid.study.chance import Chance, Null
from braid.study.claims import Counterpart, Table


@pytest.fixture
def scores():
    r = np.array([0.1, 0.2, 0.6, np.nan, 0.3])
    return xr.Dataset(
        {
            "r": ("voxel", r),
            "q": ("voxel", [0.5, 0.04, 0.001, np.nan, 0.2]),
            "ceiling": ("voxel", [0.5, 0.4, 0.8, np.nan, 0.05]),
        },
        attrs={
            "subject": "S1",
            "fit": "bert",
            "label": "BERT",
            "chance": "circular_shift",
            "correction": "bh",
            "false_positives": 0.048,
            "false_positives_low": 0.036,
            "false_positives_high": 0.063,
            "false_positives_n": 1000,
        },
    )


@pytest.mark.fault(33)
def test_masked_voxels_are_counted_and_never_averaged_in(scores):
    row = summarise([scores]).iloc[0]
    assert (row["voxels"], row["masked"], row["significant"]) == (4, 1, 2)
    assert row["false_positives"] == 0.048
    assert row["r_mean"] == pytest.approx(0.3)
    assert row["r_median"] == pytest.approx(0.25)
    # Voxels with a ceiling above .1 only: (.1/.5 + .2/.4 + .6/.8) / 3.
    assert row["r_ceiling"] == pytest.approx((0.2 + 0.5 + 0.75) / 3)


def test_a_brief_table_says_how_far_to_trust_its_test(scores):
    other = scores.assign_attrs(fit="rate", label="Rate", false_positives=0.21)
    rows = briefly(summarise([scores, other]), ["rate", "bert"])
    assert rows["model"].tolist() == ["Rate", "BERT"]
    assert rows["noise p < .05"].tolist() == [0.21, 0.048]
    assert findings.of_summary(rows)[0] == (
        "S1, “Rate”: r mean 0.300, median 0.250; 2 of 4 voxels beat chance, by a test that passes "
        "21.0% of noise."
    )


def test_nothing_repeated_has_no_normalised_score(scores):
    scores["ceiling"] = ("voxel", np.full(5, np.nan))
    assert np.isnan(summarise([scores])["r_ceiling"].iloc[0])


@pytest.fixture
def printed():
    return Table(
        id="table1",
        about="BERT",
        place="Table 1",
        metric="r",
        split="test",
        variant="BERT",
        tolerance=0.01,
        columns={"r_mean": "r mean", "r_median": "r median"},
        rows={"S1": (0.19, 0.2), "mean": (0.21, 0.22)},
        ours=Counterpart(figure="table1", where={"model": "BERT"}, row="subject"),
    )


@pytest.fixture
def tested():
    """What a comparison says of two models in two subjects."""
    of = {"difference": 0.01, "low": 0.002, "high": 0.018, "p_holm": 0.00002, "verdict": "better"}
    return pd.DataFrame([{"label": "Tuned", "subject": name} | of for name in ("S1", "S2", "mean")])


@pytest.fixture
def both(scores):
    """BERT and a tuned model in two subjects."""
    tuned = scores.assign_attrs(fit="tuned", label="Tuned")
    pair = [scores, tuned]
    shifted = [one.assign_attrs(subject="S2").assign(r=one["r"] + 0.1) for one in pair]
    return summarise([*pair, *shifted])


def test_the_printed_table_has_the_mean_and_the_papers_numbers(both, printed, tested):
    rows = printable(both, tested, ["bert", "tuned"], [printed], simulated=False)
    assert list(rows["subject"]) == ["S1", "S2", "mean"] * 2
    assert rows["r mean"].iloc[2] == pytest.approx(0.35)
    assert rows["paper: r mean"].iloc[0] == 0.19
    assert np.isnan(rows["paper: r mean"].iloc[1])
    assert rows["paper: r median"].iloc[2] == 0.22
    assert rows["paper: r mean"].iloc[3:].isna().all()
    assert rows["difference"].isna().tolist() == [True] * 3 + [False] * 3
    assert rows["verdict"].iloc[5] == "better"
    assert findings.of_table(rows)[0].startswith("Mean r over subjects, from best to worst: “BERT”")


def test_the_papers_numbers_are_judged_by_the_one_that_is_furthest_off(both, printed, tested):
    def judged(**numbers):
        table = printed.model_copy(update={"rows": {"S1": (0.3, 0.25)} | numbers})
        rows = printable(both, tested, ["bert"], [table], simulated=False)
        return rows["beside the paper"].tolist()

    assert judged()[0] == "within 0.01"
    assert np.isnan(judged()[1])
    assert judged(S1=(0.3, 0.27))[0] == "off by -0.0200"
    assert judged(S1=(0.28, 0.251))[0] == "off by +0.0200"
    simulated = printable(both, tested, ["bert"], [printed], simulated=True)["beside the paper"]
    assert simulated.dropna().tolist() == ["simulated data"] * 2


def test_the_picture_of_a_table_has_intervals_and_small_p_in_words(both, printed, tested):
    rows = shown(printable(both, tested, ["bert", "tuned"], [printed], simulated=True))
    last = rows.iloc[-1]
    assert last["95 % interval"] == "+0.0020 to +0.0180"
    assert last["p"] == "< 0.0001"
    assert np.isnan(rows["p"].iloc[0])
    assert "paper:\nr mean" in rows
    assert not {"low", "high"} & set(rows)


def test_recovery_counts_hits_and_false_alarms(scores):
    truth = xr.Dataset({"ceiling": ("voxel", [0.0, 0.3, 0.7, 0.7, 0.4])}, attrs={"subject": "S1"})
    found = recover(scores, truth).attrs
    # Unmasked: voxels 1, 2 and 4 are planted, 1 and 2 are found, 0 is silent.
    assert found["precision"] == pytest.approx(1)
    assert found["recall"] == pytest.approx(2 / 3)
    assert found["dice"] == pytest.approx(4 / 5)
    assert found["false_positives"] == pytest.approx(0)
    r, ceiling = np.array([0.1, 0.2, 0.6, 0.3]), np.array([0.0, 0.3, 0.7, 0.4])
    assert found["correlation"] == pytest.approx(np.corrcoef(r, ceiling)[0, 1])


def test_recovery_says_whether_the_gain_lies_where_the_baseline_lacks_something(scores):
    planted = {"ceiling": [0.0, 0.3, 0.7, 0.7, 0.4], "ceiling_extra": [0.0, 0.0, 0.4, 0.4, 0.2]}
    truth = xr.Dataset(
        {name: ("voxel", values) for name, values in planted.items()}, attrs={"subject": "S1"}
    )
    assert "gain" not in recover(scores, truth).attrs
    baseline = scores.assign(r=scores["r"] - 0.5 * truth["ceiling_extra"])
    found = recover(scores, truth, baseline)
    assert found.attrs["gain"] == pytest.approx(0.15)  # unmasked: .2 and .1
    assert found.attrs["gain_correlation"] == pytest.approx(1)
    assert findings.of_recovery([found])[1] == (
        "S1: where a part was planted that the baseline lacks, r gains +0.1500; over all voxels "
        "the gain follows the ceiling of that part with correlation 1.00."
    )
    assert "gain" not in recover(scores, truth.drop_vars("ceiling_extra"), baseline).attrs


def test_the_truth_of_another_twin_is_refused(scores):
    truth = xr.Dataset({"ceiling": ("voxel", np.zeros(4))}, attrs={"subject": "S1"})
    with pytest.raises(BadInput, match="4 voxels planted, 5 scored"):
        recover(scores, truth)


def test_findings_say_plainly_what_is_not_above_chance():
    assert findings.verdict(0.049) == "above chance"
    assert findings.verdict(0.05) == "not above chance at 0.05"
    decoded = xr.Dataset(attrs={"label": "L", "accuracy": 0.81, "chance": 0.5, "p": 0.13})
    assert "p = 0.13: not above chance at 0.05" in findings.of_decoding([decoded])[0]


def test_findings_say_of_a_map_what_one_needs_to_trust_it(scores):
    silent = scores.assign(r=scores["r"] / 10).assign_attrs(label="Word rate")
    other = silent.assign_attrs(subject="S2")
    assert findings.of_scores([scores], [silent, other]) == [
        "S1: 2 of 4 voxels beat circular shifts (q < 0.05, Benjamini-Hochberg), 1 are masked; "
        "r mean 0.300, median 0.250, max 0.600.",
        "S1: on noise with the autocorrelation of these voxels the test reports 4.8% at p <= 0.05 "
        "(95 % interval 3.6% to 6.3%, 1,000 voxels): calibrated.",
        "S1: noise ceiling median 0.450, r / ceiling mean 0.483.",
        "S1: mean r of trivial baselines: “Word rate” 0.030.",
    ]


def test_findings_without_baselines_or_repeats(scores):
    scores["ceiling"] = ("voxel", np.full(5, np.nan))
    lines = findings.of_scores([scores])
    assert len(lines) == 2
    assert not any("ceiling" in line or "baselines" in line for line in lines)


def test_a_liberal_null_is_called_so_in_the_picture(scores):
    liberal = {"": 0.21, "_low": 0.185, "_high": 0.237}
    attrs = {f"false_positives{name}": value for name, value in liberal.items()}
    said = findings.of_null(scores.assign_attrs(attrs, chance="litcoder"))
    assert said == ("LITcoder's parametric null: 21.0% false positives (18.5–23.7%), liberal")


def test_every_test_of_chance_and_every_correction_has_a_name():
    assert set(findings.TESTS) == set(get_args(Null))
    assert set(findings.CORRECTIONS) == set(get_args(Chance.model_fields["correction"].annotation))


def test_a_difference_is_second_minus_first(scores):
    second = scores.assign(r=scores["r"] - 0.1).assign_attrs(label="stacked")
    assert "by -0.1000 on average" in findings.of_difference(scores, second)


@pytest.fixture
def banded():
    """Two bands over two voxels of region x and one of region y, which is not significant."""
    split = [[0.1, 0.2, 0.0], [0.3, 0.1, 0.5]]
    return xr.Dataset(
        {"split": (("band", "voxel"), split), "q": ("voxel", [0.01, 0.01, 0.5])},
        coords={"band": ["a", "b"], "region": ("voxel", ["x", "x", "y"])},
        attrs={"subject": "S1"},
    )


def test_the_leading_band_of_a_region_is_named(banded):
    assert findings.of_bands([banded]) == ["S1: x: b (R2 share 0.200)."]


def test_shares_of_bands_are_means_over_significant_voxels(banded):
    other = banded.assign_attrs(subject="S2").assign(q=("voxel", [0.01, np.nan, 0.01]))
    rows = band_rows([banded, other])
    assert list(rows) == ["subject", "region", "band", "share", "voxels"]
    assert rows.drop(columns="share").to_numpy().tolist() == [
        ["S1", "x", "a", 2],
        ["S1", "x", "b", 2],
        ["S2", "x", "a", 1],
        ["S2", "x", "b", 1],
        ["S2", "y", "a", 1],
        ["S2", "y", "b", 1],
    ]
    assert rows["share"].tolist() == pytest.approx([0.15, 0.2, 0.1, 0.3, 0.0, 0.5])
