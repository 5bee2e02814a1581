"""A beats B only when the runs say so: level, power, and what is corrected for what."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from braid.errors import BadInput
from braid.evaluation import findings
from braid.evaluation.comparison import compare, differences, flip_signs, holm

VOXELS = 40


def scores(fit, subject, r_run, runs=None):
    names = runs or [f"story{i}" for i in range(len(r_run))]
    return xr.Dataset(
        {"r_run": (("run", "voxel"), np.asarray(r_run, np.float32))},
        coords={"run": names},
        attrs={"fit": fit, "label": fit.upper(), "subject": subject},
    )


def simulated(random, fits, subjects=("S1", "S2"), runs=8, gain=0.0):
    """Noise that all voxels of a run share, so that voxels would overstate what is known."""
    found = []
    for subject in subjects:
        stories = 0.2 + 0.05 * random.standard_normal((runs, 1))
        for fit in fits:
            noise = 0.02 * random.standard_normal((runs, 1))
            own = 0.01 * random.standard_normal((runs, VOXELS))
            planted = gain if fit == fits[-1] else 0.0
            found.append(scores(fit, subject, stories + noise + own + planted))
    return found


def compared(random, fits, **more):
    found = simulated(random, fits, **more)
    return compare([found], [one for one in found if one.attrs["fit"] == fits[0]])


@pytest.fixture(scope="module")
def null():
    """Four hundred tables of three models that are all alike."""
    random = np.random.default_rng(0)
    return [compared(random, ("base", "a", "b"), subjects=("S1",)) for _ in range(400)]


def test_noise_is_rejected_at_the_level(null):
    p = np.array([table["p"].iloc[0] for table in null])
    # 256 flips of eight signs: the largest two-sided p below .05 is 12 / 256.
    assert stats.binomtest(int((p <= 12 / 256).sum()), len(p), 12 / 256).pvalue > 0.01


def test_a_table_of_noise_holds_a_verdict_no_more_often_than_the_level(null):
    wrong = [(table["verdict"] != "no difference shown").any() for table in null]
    assert stats.binomtest(sum(wrong), len(wrong), 0.05, "greater").pvalue > 0.01


def test_intervals_of_noise_cover_zero_as_often_as_they_say(null):
    first = pd.concat([table.iloc[:1] for table in null])
    inside = int(((first["low"] < 0) & (first["high"] > 0)).sum())
    assert stats.binomtest(inside, len(first), 0.95).pvalue > 0.01


def test_a_planted_gain_is_found_and_covered():
    table = compared(np.random.default_rng(1), ("base", "same", "good"), gain=0.1)
    good = table.loc[table["fit"] == "good", :]
    assert good["verdict"].tolist() == ["better"] * 3
    assert good["subject"].tolist() == ["S1", "S2", "mean"]
    assert ((good["low"] < 0.1) & (good["high"] > 0.1)).all()
    assert ((good["bca_low"] < 0.1) & (good["bca_high"] > 0.1)).all()
    same = table.loc[table["fit"] == "same", :]
    assert same["verdict"].tolist() == ["no difference shown"] * 3
    worse = compared(np.random.default_rng(1), ("base", "bad"), gain=-0.1)
    assert worse["verdict"].tolist() == ["worse"] * 3


def test_the_unit_is_a_run_and_a_voxel_counts_where_both_have_it():
    base = scores("base", "S1", [[0.1, 0.2, np.nan], [0.3, 0.3, 0.3], [0.1, 0.1, 0.1]])
    good = scores("good", "S1", [[0.2, 0.5, 0.9], [0.4, np.nan, 0.5], [np.nan] * 3])
    rows = differences([base, good], [base])
    single = rows.loc[rows["subject"] == "S1", :]
    assert single["difference"].tolist() == pytest.approx([0.2, 0.15])
    assert single["run"].tolist() == ["story0/0", "story1/0"]
    assert set(rows["fit"]) == {"good"}
    assert set(rows["against"]) == {"BASE"}


def test_the_mean_is_over_the_runs_that_all_subjects_have():
    parts = [("base", "S1", 0, "xyz"), ("base", "S2", 0, "yz")]
    parts += [("good", "S1", 0.1, "xyz"), ("good", "S2", 0.3, "yz")]
    found = [scores(f, s, np.full((len(runs), 2), r), list(runs)) for f, s, r, runs in parts]
    rows = differences(found[2:], found[:2])
    mean = rows.loc[rows["subject"] == "mean", :]
    assert mean["run"].tolist() == ["y/0", "z/0"]
    assert mean["difference"].tolist() == pytest.approx([0.2, 0.2])


def test_blocks_of_one_run_are_units_of_their_own():
    base = scores("base", "S1", np.zeros((3, 2)), ["a"] * 3)
    good = scores("good", "S1", [[0.1] * 2, [0.2] * 2, [0.3] * 2], ["a"] * 3)
    table = compare([[good]], [base])
    assert table["runs"].tolist() == [3, 3]
    assert table["difference"].tolist() == pytest.approx([0.2, 0.2])


def test_the_interval_is_that_of_a_t_test_and_p_that_of_all_flips():
    values = np.random.default_rng(2).normal(0.3, 1, 6)
    base = scores("base", "S1", np.zeros((6, 1)))
    row = compare([[scores("a", "S1", values[:, None])]], [base]).iloc[0]
    half = stats.t.ppf(0.975, 5) * values.std(ddof=1) / 6**0.5
    assert (row["low"], row["high"]) == pytest.approx(
        (values.mean() - half, values.mean() + half), abs=1e-6
    )
    signs = 1 - 2 * (np.arange(64)[:, None] >> np.arange(6) & 1)
    flipped = np.abs((signs * values).mean(axis=1))
    assert row["p"] == (flipped >= abs(values.mean()) - 1e-12).mean()


def test_all_flips_of_sixteen_runs_are_tried():
    assert flip_signs(np.arange(1.0, 17)) == 2 / 2**16


def test_holm_is_the_textbook_one_in_its_own_order():
    # Holm 1979: .01 x 4, .02 x 3, .03 x 2 -> .06 of the one before, .04 -> .06.
    found = holm(pd.Series([0.04, 0.01, 0.03, 0.02]))
    assert found.tolist() == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm(pd.Series([0.9, 0.8])).tolist() == [1, 1]


def test_models_are_corrected_within_their_family_and_subject():
    found = simulated(np.random.default_rng(3), ("base", "a", "b", "c"))
    base, *models = (found[i::4] for i in range(4))
    a, b, c = ([one.assign(r_run=one["r_run"] + 0.3) for one in fit] for fit in models)
    table = compare([[*base, *a, *b], c], base).set_index("fit")
    assert table["p"].tolist() == [2 / 256] * 9
    assert table.loc[["a", "b"], "p_holm"].tolist() == [4 / 256] * 6
    assert table.loc["c", "p_holm"].tolist() == [2 / 256] * 3
    assert table["models"].tolist() == [2] * 6 + [1] * 3


def test_an_interval_that_holds_zero_makes_no_verdict():
    """All eight runs but one agree: the flips may say so where the interval does not."""
    base = scores("base", "S1", np.zeros((8, 1)))
    values = np.array([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 2.0, -0.01])
    row = compare([[scores("a", "S1", values[:, None])]], [base]).iloc[0]
    assert row["p_holm"] < 0.05
    assert row["low"] < 0 < row["high"]
    assert row["verdict"] == "no difference shown"


def test_one_run_is_refused():
    one = scores("base", "S1", [[0.1]])
    with pytest.raises(BadInput, match="1 run left out: a test over runs needs two"):
        compare([[one.assign_attrs(fit="a")]], [one])


def test_findings_name_the_verdict_the_interval_and_what_no_test_could_show():
    table = compared(np.random.default_rng(1), ("base", "same", "good"), gain=0.1)
    same, good = findings.of_comparisons(table)
    assert good.startswith("“GOOD” against “BASE”: better (r +0.")
    assert good.endswith("by subject: S1 better, S2 better.")
    assert "8 runs, p = 0.0078, corrected for 2 models 0.016" in good
    assert "no difference shown" in same
    few = findings.of_comparisons(compared(np.random.default_rng(1), ("base", "a", "b"), runs=5))
    assert few[-1] == (
        "5 runs and 2 models: no corrected p can be below 0.12, so that no difference can be shown."
    )
