import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import binomtest, kurtosis

from braid.fitting import pearson
from braid.fitting.nulls import (
    TESTS,
    denk2023_test,
    drama2brain_test,
    litcoder_test,
    shuffled_correlation,
)
from braid.fitting.nulls.calibration import Calibration, calibrate, sampled, surrogates

LENGTHS = [150, 130, 160]
RUNS = np.repeat(["a", "b", "c"], LENGTHS)
VOXELS = np.arange(1500)


def _slow(rng, trs, voxels, memory=0.8):
    return lfilter([1], [1, -memory], rng.normal(size=(trs + 200, voxels)), axis=0)[200:]


def _lag(Y, k):
    """Autocorrelation at lag k, mean over voxels."""
    centred = Y - Y.mean(axis=0)
    return ((centred[k:] * centred[: len(Y) - k]).sum(axis=0) / (centred**2).sum(axis=0)).mean()


@pytest.fixture(scope="module")
def data():
    """Responses of which half follow their prediction, and surrogates of them."""
    rng = np.random.default_rng(0)
    P = np.concatenate([_slow(rng, trs, len(VOXELS), 0.95) for trs in LENGTHS])
    Y = np.concatenate([_slow(rng, trs, len(VOXELS)) for trs in LENGTHS])
    Y[:, ::2] += P[:, ::2]
    return Y, P, surrogates(Y, RUNS, VOXELS, seed=0)


@pytest.mark.parametrize("name", ["circular_shift", "block_permutation"])
def test_tests_that_keep_the_autocorrelation_are_found_to_be_calibrated(data, name):
    Y, P, noise = data
    card = calibrate(TESTS[name](noise, P, RUNS, n_draws=400, seed=0))
    assert (card.n, card.verdict) == (1500, "calibrated")
    assert card.rate == pytest.approx(0.05, abs=0.01)
    assert (TESTS[name](Y[:, ::2], P[:, ::2], RUNS, n_draws=400, seed=0) <= 0.05).mean() > 0.9


@pytest.mark.parametrize(("test", "least"), [(denk2023_test, 0.2), (litcoder_test, 0.3)])
def test_tests_of_white_noise_are_found_to_be_liberal(data, test, least):
    _, P, noise = data
    card = calibrate(test(noise, P, RUNS, n_draws=1000, seed=0))
    assert card.verdict == "liberal"
    assert card.rate > least


def test_one_pooled_shuffle_is_found_to_be_liberal():
    rng = np.random.default_rng(3)
    Y, P = _slow(rng, 1500, 600, 0.9), _slow(rng, 1500, 600, 0.95)
    noise = surrogates(Y, np.zeros(1500, int), np.arange(600), seed=0)
    card = calibrate(drama2brain_test(pearson(noise, P), shuffled_correlation(Y, P, seed=0)))
    assert card.verdict == "liberal"
    assert 0.08 < card.rate < 0.15


def test_a_surrogate_has_the_autocorrelation_and_spread_of_its_voxel(data):
    Y, _, noise = data
    for run, k in (("a", 1), ("b", 3), ("c", 8)):
        rows = run == RUNS
        assert _lag(noise[rows], k) == pytest.approx(_lag(Y[rows], k), abs=0.06)
        np.testing.assert_allclose(noise[rows].std(axis=0), Y[rows].std(axis=0))
        np.testing.assert_allclose(noise[rows].mean(axis=0), 0, atol=1e-12)


def test_a_surrogate_knows_nothing_of_the_response(data):
    Y, _, noise = data
    assert abs(pearson(Y, noise).mean()) < 3 * pearson(Y, noise).std() / np.sqrt(1500)


def test_tails_stay_as_heavy_as_they_were():
    rng = np.random.default_rng(1)
    Y = rng.standard_t(3, size=(1000, 40))
    noise = surrogates(Y, np.zeros(1000, int), np.arange(40), seed=0)
    assert np.median(kurtosis(noise)) > 0.5 * np.median(kurtosis(Y)) > 1


def test_runs_shorter_than_the_memory_share_one_fit():
    """Of 25 TRs each: a fit of its own would have 24 values for 6 weights."""
    rng = np.random.default_rng(2)
    Y, runs = np.concatenate([_slow(rng, 25, 400) for _ in range(5)]), np.repeat(range(5), 25)
    noise = surrogates(Y, runs, np.arange(400), seed=0)
    assert _lag(noise[:25], 1) == pytest.approx(_lag(Y[:25], 1), abs=0.08)


def test_random_numbers_belong_to_the_voxel(data):
    Y, _, noise = data
    some = np.array([7, 1200])
    np.testing.assert_array_equal(surrogates(Y[:, some], RUNS, some, seed=0), noise[:, some])
    assert (surrogates(Y[:, some], RUNS, some, seed=1) != noise[:, some]).all()
    assert (surrogates(Y[:, some], RUNS, some + 1, seed=0) != noise[:, some]).all()


@pytest.mark.parametrize("total", [30, 999, 1001, 20_484, 95_556, 300_000])
def test_the_sample_is_even(total):
    sample = sampled(total)
    assert sample.sum() == pytest.approx(min(total, 1000), abs=3)
    quarters = [part.sum() for part in np.array_split(sample, 4)]
    assert np.ptp(quarters) <= 5


def test_the_interval_is_the_exact_binomial_one():
    p = np.array([0.01, 0.05, 0.2, np.nan, 0.9], np.float32)
    card = calibrate(p)
    exact = binomtest(2, 4).proportion_ci()
    assert (card.rate, card.low, card.high, card.n) == (0.5, exact.low, exact.high, 4)


@pytest.mark.parametrize(
    ("rate", "verdict"), [(0.01, "conservative"), (0.05, "calibrated"), (0.2, "liberal")]
)
def test_the_verdict_says_on_which_side_the_level_is_missed(rate, verdict):
    assert calibrate(np.where(np.arange(1000) < 1000 * rate, 0.0, 1.0)).verdict == verdict


def test_nothing_tested_is_not_called_calibrated():
    card = calibrate(np.full(3, np.nan))
    assert (card.n, card.verdict) == (0, "not measured")
    assert Calibration(0.05, 0.04, 0.06, 1000).verdict == "calibrated"
