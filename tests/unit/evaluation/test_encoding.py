"""Encoding end to end on arrays: truth is found, noise is not, nothing leaks."""

from typing import get_args

import numpy as np
import pytest
import torch
from toys import RUNS, TRS, VOXELS, table

from braid.errors import BadInput
from braid.evaluation.scoring import _standard
from braid.evaluation.solvers import visible
from braid.fitting import BLOCK
from braid.fitting.banded.forms import GroupForm
from braid.fitting.engine.fitted import predict
from braid.fitting.engine.statistics import Products
from braid.fitting.published.schemes import SCHEMES
from braid.study.fits import Scheme

HALF = VOXELS // 2


def test_truth_is_found_noise_is_not_and_masked_voxels_stay_masked(design, responses, plan, encode):
    scores, weights = encode([design], [responses], plan())
    r, q = scores["r"].values, scores["q"].values
    assert r[1:HALF].min() > 0.5
    assert abs(r[HALF:-1].mean()) < 0.05
    assert (q[1:HALF] < 0.05).all()
    assert (q[HALF:-1] < 0.05).mean() < 0.2
    assert np.isnan(r[[0, -1]]).all()
    assert np.isnan(q[[0, -1]]).all()
    assert weights["coef"].shape == (3 * 4, VOXELS)
    # The card is of noise like these responses, half of which are signal.
    assert scores.attrs["false_positives_n"] == VOXELS - 2
    assert scores.attrs["false_positives"] < 0.15


def test_folds_that_train_on_each_other_find_no_more_in_noise(design, plan, encode):
    """With predictions held, it would be .09 here; twice the variance is a bound, so .02."""
    noise = np.random.default_rng(2).standard_normal((RUNS * TRS, 1500)).astype(np.float32)
    scores, _ = encode([design], [table(noise, "bold", ("voxel",))], plan())
    share = (scores["p"].values <= 0.05).mean()
    assert 0.01 < share < 0.05
    assert scores.attrs["false_positives"] == pytest.approx(share, abs=0.025)
    assert scores.attrs["false_positives_n"] > 900


def test_the_card_sees_what_folds_do_to_each_other(design, plan, encode):
    """A test of published code takes predictions as given; on white noise nothing else is wrong."""
    noise = np.random.default_rng(2).standard_normal((RUNS * TRS, 600)).astype(np.float32)
    asked = plan()
    told = asked.chance.model_copy(update={"kind": "litcoder"})
    recorded = [table(noise, "bold", ("voxel",))]
    scores, _ = encode([design], recorded, asked.model_copy(update={"chance": told}))
    assert scores.attrs["false_positives_low"] > 0.07


def test_the_layer_is_chosen_that_carries_the_signal(design, responses, plan, encode):
    scores, _ = encode([design], [responses], plan())
    assert scores.attrs["layers"] == [1] * RUNS


@pytest.mark.parametrize(("source", "low", "high"), [("twin", -0.1, 0.1), ("public", 0.5, 1)])
def test_a_layer_is_taken_where_its_source_says_so(
    design, responses, plan, encode, source, low, high
):
    """Layer 0 carries nothing: the twin takes it all the same."""
    asked = plan(layer={"twin": 0}).model_copy(update={"source": source})
    scores, _ = encode([design], [responses], asked)
    assert low < scores["r"].values[1:HALF].mean() < high


def test_each_fold_chooses_the_layer_of_its_own_training_runs(design, plan, encode):
    """Runs follow layer 0 and 1 in turn, and each fold trains on every other run."""
    layers = design["design"].values
    odd = np.repeat(np.arange(RUNS) % 2 == 1, TRS)[:, None]
    bold = np.where(odd, layers[:, 1], layers[:, 0]).astype(np.float32)
    Y, halves = table(bold, "bold", ("voxel",)), {"kind": "runs", "k": 2}
    scores, _ = encode([design], [Y], plan(halves, inner=halves, delays=[0]))
    assert scores.attrs["layers"] == [1, 0]


def test_weights_stand_at_the_planted_delay(design, responses, plan, encode):
    _, weights = encode([design], [responses], plan())
    size = np.abs(weights["coef"].values[:, 1:HALF]).mean(axis=1)
    by_delay = {s: size[weights["delay"].values == s].mean() for s in (0.0, 2.0, 4.0)}
    assert by_delay[2.0] > 5 * max(by_delay[0.0], by_delay[4.0])


def test_left_out_blocks_know_what_came_before_them(design, responses, plan, encode):
    """One run cut into blocks: with no noise r is 1, though each block begins in mid-stimulus."""
    one = {"tr": slice(0, TRS)}
    X = design.isel(one)
    exact = X["design"].values[:, 1]
    bold = np.repeat(np.vstack([np.zeros((1, 4)), exact[:-1]]), 2, axis=1).astype(np.float32)
    Y = table(bold, "bold", ("voxel",), runs=1)
    split = {"kind": "blocks", "k": 4, "gap": 4}
    scores, _ = encode([X], [Y], plan(split, inner=split, delays=[2], alphas=[1e-6]))
    assert scores["r"].values.min() > 0.999


def test_stacking_lets_runs_see_each_other(design, responses, plan, encode):
    apart, _ = encode([design], [responses], plan(edges="run"))
    stacked, _ = encode([design], [responses], plan(edges="stack"))
    assert not np.allclose(apart["r"].values[1:HALF], stacked["r"].values[1:HALF], atol=1e-6)


def test_nothing_crosses_the_edge_of_a_run(plan):
    X, runs = np.ones((6, 1)), np.array(["a", "a", "b", "b", "c", "c"])
    fold = (np.array([0, 1, 4, 5]), np.array([2, 3]))
    one = np.ones((1, 1))

    def sees(rows, edges):
        """What a row of ones sees of the row before it."""
        return predict(
            **visible(X, runs, rows, plan(edges=edges)), coef=one, delays=[1], edges=edges
        )

    assert [sees(rows, "run").ravel().tolist() for rows in fold] == [[0, 1, 0, 1], [0, 1]]
    # Stacked, runs a and c are one long training run, and b is the test run.
    assert [sees(rows, "stack").ravel().tolist() for rows in fold] == [[0, 1, 1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("solver", "form", "method"), [("ridge", Products, "of"), ("banded", GroupForm, "statistics")]
)
def test_scores_say_that_blocks_were_halved(
    design, responses, plan, encode, monkeypatch, solver, form, method
):
    real = getattr(form, method)

    def of(self, Yt):
        if len(Yt) > BLOCK // 2:
            raise torch.OutOfMemoryError
        return real(self, Yt)

    monkeypatch.setattr(form, method, of)
    one = design.isel(layer=[1])
    scores, _ = encode([one], [responses], plan({"kind": "runs", "k": 2}, solver=solver))
    said = f"out of memory: on with blocks of {BLOCK // 2} voxels"
    assert scores.attrs["events"].splitlines() == [said] * 2


def test_folds_enter_the_null_without_their_means_and_with_equal_weight():
    fold = np.array([[5.0, 2.0], [7.0, 2.0], [9.0, 2.0]])
    np.testing.assert_allclose(_standard([fold]).T, [[-(1.5**0.5), 0, 1.5**0.5], [0, 0, 0]])


def test_shuffled_designs_score_at_chance(design, responses, plan, encode):
    scores, _ = encode([design], [responses], plan(shuffle=True))
    assert abs(scores["r"].values[1:HALF].mean()) < 0.05


def test_test_rows_choose_nothing(design, responses, plan, encode):
    """Changing the responses of the test run moves neither weights, nor layer, nor penalty."""
    split = {"kind": "held_out", "runs": {"twin": ["run4"]}}
    before, weights = encode([design], [responses], plan(split))
    changed = responses.copy(deep=True)
    rows = changed["run"].values == "run4"
    changed["bold"].values[rows] = np.random.default_rng(5).standard_normal((TRS, VOXELS))
    changed["bold"].values[:, [0, -1]] = np.nan
    after, weights_after = encode([design], [changed], plan(split))
    np.testing.assert_array_equal(weights["coef"].values, weights_after["coef"].values)
    np.testing.assert_array_equal(before["alpha"].values, after["alpha"].values)
    assert before.attrs["layers"] == after.attrs["layers"]


def test_bands_split_what_is_explained(design, responses, plan, encode):
    X = design.isel(layer=[1]).assign_coords(band=("feature", ["a", "a", "b", "b"]))
    scores, _ = encode([X], [responses], plan(solver="banded"))
    assert list(scores["band"].values) == ["a", "b"]
    total = scores["split"].sum("band").values[1:HALF]
    np.testing.assert_allclose(total, scores["r2"].values[1:HALF], atol=1e-3)


def test_a_scheme_of_a_source_fits_as_the_source_did(design, responses, plan, encode):
    """The scheme of Kobayashi 2025 is a ridge with one penalty on features z-scored in each run."""
    X = design.isel(layer=[1])
    runs = X["design"].values.reshape(RUNS, TRS, 1, -1)
    scaled = ((runs - runs.mean(axis=1, keepdims=True)) / runs.std(axis=1, keepdims=True)).reshape(
        X["design"].shape
    )
    alphas = [0.01, 0.1, 1, 10, 100, 1000]
    scheme, _ = encode([X], [responses], plan(scheme="kobayashi2025"))
    plain, _ = encode(
        [X.assign(design=(X["design"].dims, scaled))],
        [responses],
        plan(alpha="shared", alphas=alphas),
    )
    np.testing.assert_allclose(scheme["r"].values, plain["r"].values, atol=1e-5)
    np.testing.assert_array_equal(scheme["alpha"].values, plain["alpha"].values)


@pytest.mark.parametrize("name", ["takagi2023", "denk2023"])
def test_schemes_without_delays_find_the_signal(design, responses, plan, encode, name):
    signal = responses.copy(deep=True)
    signal["bold"].values[:-1] = responses["bold"].values[1:]
    X = design.isel(layer=[1])
    scores, _ = encode([X], [signal], plan(scheme=name, delays=[0]))
    assert np.nanmean(scores["r"].values[1:HALF]) > 0.5
    with pytest.raises(BadInput, match="8 delayed features, 4 in the scheme"):
        encode([X], [signal], plan(scheme=name, delays=[0, 2]))


def test_the_schemes_of_studies_are_those_that_there_are():
    assert set(get_args(Scheme)) == set(SCHEMES)


def test_delays_must_be_multiples_of_the_tr(plan):
    with pytest.raises(ValueError, match="not multiples of TR"):
        plan(delays=[3]).delays()


@pytest.mark.fault(31)
def test_a_run_of_another_length_is_refused_with_both_counts(design, responses, plan, encode):
    short = responses.isel(tr=slice(0, RUNS * TRS - 5))
    with pytest.raises(BadInput, match=r"run run4: 55 TRs of responses, 60 of toy"):
        encode([design], [short], plan())


def test_a_shifted_clock_is_refused(design, responses, plan, encode):
    moved = responses.assign_coords(time=responses["time"] + 2)
    with pytest.raises(BadInput, match="begin at 13 s, of the design at 11 s"):
        encode([design], [moved], plan())


@pytest.mark.fault(30)
def test_recordings_of_another_subject_are_refused(design, responses, plan, encode):
    other = responses.isel(voxel=slice(0, 10)).assign_attrs(recording="other")
    with pytest.raises(BadInput, match="10 voxels, 30 in the first file"):
        encode([design], [responses, other], plan())


@pytest.mark.fault(32)
def test_a_voxel_masked_in_one_recording_is_masked_in_all(design, responses, plan, encode):
    """Even in one that trains nothing: no weights are left of it."""
    first = responses.isel(tr=slice(0, TRS)).copy(deep=True).assign_attrs(recording="first")
    first["bold"].values[:, 7] = np.nan
    second = responses.isel(tr=slice(TRS, None))
    split = {"kind": "held_out", "runs": {"twin": ["run0"]}}
    scores, weights = encode([design], [first, second], plan(split))
    masked = np.isin(np.arange(VOXELS), [0, 7, VOXELS - 1])
    np.testing.assert_array_equal(np.isnan(scores["r"].values), masked)
    np.testing.assert_array_equal(np.isnan(weights["coef"].values).all(axis=0), masked)


def test_a_held_out_run_must_exist(design, responses, plan, encode):
    with pytest.raises(BadInput, match="no such run: nostory"):
        encode([design], [responses], plan({"kind": "held_out", "runs": {"twin": ["nostory"]}}))


def test_the_ceiling_comes_from_the_repeated_recording(design, responses, plan, encode):
    random = np.random.default_rng(3)
    signal = random.standard_normal((1, TRS, VOXELS))
    repeats = (signal + random.standard_normal((8, TRS, VOXELS))).astype(np.float32)
    first = responses.isel(tr=slice(0, TRS)).assign(repeats=(("repeat", "tr", "voxel"), repeats))
    second = responses.isel(tr=slice(TRS, None))
    scores, _ = encode([design], [first, second], plan())
    # Signal and noise of equal variance, eight repeats: sqrt(.5 / (.5 + .5 / 8)) = .943.
    assert scores["ceiling"].values.mean() == pytest.approx(0.943, abs=0.02)
