import inspect

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import binom, pearsonr

from braid.fitting import circular_shift_test, pearson
from braid.fitting.nulls.batches import over_batches
from braid.fitting.nulls.shifts import _draw_shifts, _products_at_every_shift

RUNS = np.repeat(["a", "b", "c"], [40, 31, 50])


def _slow(rng, trs, voxels, memory=0.8):
    """Autocorrelated noise, past its start."""
    return lfilter([1], [1, -memory], rng.normal(size=(trs + 100, voxels)), axis=0)[100:]


def _roll_within_runs(P, steps):
    pieces = [np.roll(P[run == RUNS], step, axis=0) for run, step in zip("abc", steps, strict=True)]
    return np.concatenate(pieces)


def test_products_are_those_of_rolled_predictions():
    y, p = np.random.default_rng(0).normal(size=(2, 4, 31))
    rolled = [(y * np.roll(p, step, axis=1)).sum(axis=1) for step in range(31)]
    np.testing.assert_allclose(_products_at_every_shift(y, p), rolled, atol=1e-10)


@pytest.mark.parametrize("spread", [1.0, 1.5])
def test_p_is_that_of_a_loop_over_rolled_predictions(spread):
    rng = np.random.default_rng(1)
    Y, P = _slow(rng, 121, 6), _slow(rng, 121, 6) + 5
    P[:, 0] += Y[:, 0]
    shifts = _draw_shifts([40, 31, 50], 80, 5, seed=3)
    null = np.array([pearson(Y, _roll_within_runs(P, steps)) for steps in shifts])
    expected = (1 + (spread * null >= pearson(Y, P)).sum(axis=0)) / 81
    p = circular_shift_test(Y, P, RUNS, n_draws=80, seed=3, min_shift=5, spread=spread)
    np.testing.assert_allclose(p, expected, atol=1e-12)


def test_false_positives_are_nominal_where_the_parametric_test_inflates():
    rng = np.random.default_rng(2)
    trs, voxels = 400, 2000
    Y, P = _slow(rng, trs, voxels), _slow(rng, trs, voxels)
    p = circular_shift_test(Y, P, np.repeat([1, 2], 200), n_draws=400, seed=0)
    parametric = pearsonr(Y, P, alternative="greater", axis=0).pvalue
    low, high = binom.interval(0.999, voxels, 0.05)
    assert low <= (p <= 0.05).sum() <= high
    assert (parametric <= 0.05).mean() > 0.12


def test_leaving_out_small_shifts_costs_calibration():
    rng = np.random.default_rng(2)
    Y, P = _slow(rng, 400, 2000), _slow(rng, 400, 2000)
    runs = np.repeat([1, 2, 3, 4], 100)
    rates = [
        (circular_shift_test(Y, P, runs, n_draws=400, seed=0, min_shift=steps) <= 0.05).mean()
        for steps in (1, 30)
    ]
    assert rates[0] < 0.065 < 0.1 < rates[1]


def test_a_planted_signal_is_found():
    rng = np.random.default_rng(3)
    P = _slow(rng, 121, 20)
    Y = P + _slow(rng, 121, 20)
    p = circular_shift_test(Y, P, RUNS, n_draws=500, seed=0, min_shift=5)
    assert (p < 0.05).all()


def test_an_anticorrelated_prediction_is_not_significant():
    Y = _slow(np.random.default_rng(3), 121, 5)
    assert (circular_shift_test(Y, -Y, RUNS, n_draws=99, seed=0, min_shift=5) > 0.9).all()


def test_a_periodic_prediction_ties_with_itself_one_period_on():
    rng = np.random.default_rng(4)
    P = np.tile(rng.normal(size=(7, 40)), (17, 1))
    Y = rng.normal(size=(119, 40))
    rolled = np.array([pearson(Y, np.roll(P, step, axis=0)) for step in range(7)])
    reached = (rolled[1:] > rolled[0]).sum(axis=0)
    p = circular_shift_test(Y, P, np.zeros(119, int), n_draws=3000, seed=0)
    np.testing.assert_allclose(p, (1 + 16 + 17 * reached) / (1 + 118))


def test_repeated_draws_are_no_new_evidence():
    Y = np.random.default_rng(4).normal(size=(30, 1))
    p = circular_shift_test(Y, Y, np.zeros(30, int), n_draws=5000, seed=0, min_shift=10)
    assert p[0] == 1 / (1 + 11)


def test_shifts_keep_their_distance_from_zero_either_way():
    shifts = _draw_shifts([40, 31], 3000, 5, seed=0)
    assert shifts.min(axis=0).tolist() == [5, 5]
    assert shifts.max(axis=0).tolist() == [35, 26]


def test_the_seed_decides():
    Y, P = _slow(np.random.default_rng(5), 121, 60).reshape(121, 2, 30).swapaxes(0, 1)
    first, again, other = (
        circular_shift_test(Y, P, RUNS, n_draws=50, seed=seed, min_shift=5) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_voxels_without_a_score_are_nan_and_the_others_untouched():
    Y, P = np.random.default_rng(6).normal(size=(2, 121, 4))
    settings = {"n_draws": 50, "seed": 0, "min_shift": 5}
    clean = circular_shift_test(Y, P, RUNS, **settings)
    Y[3, 0], P[:, 2] = np.nan, 0
    masked = circular_shift_test(Y, P, RUNS, **settings)
    np.testing.assert_array_equal(masked, np.where([0, 1, 0, 1], clean, np.nan))


def test_no_usable_voxel_gives_nan():
    Y = np.full((121, 2), np.nan)
    assert np.isnan(circular_shift_test(Y, Y, RUNS, n_draws=5, seed=0, min_shift=5)).all()


def test_lengths_that_disagree_are_refused():
    Y = np.random.default_rng(8).normal(size=(121, 1))
    without_type_checks = inspect.unwrap(over_batches)
    with pytest.raises(ValueError, match="Y 120"):
        without_type_checks(np.multiply, Y[:-1], Y, RUNS)


@pytest.mark.parametrize("min_shift", [0, 16])
def test_runs_too_short_for_the_shift_are_refused(min_shift):
    Y = np.random.default_rng(8).normal(size=(121, 1))
    with pytest.raises(ValueError, match="run of 31 TRs"):
        circular_shift_test(Y, Y, RUNS, n_draws=5, seed=0, min_shift=min_shift)
