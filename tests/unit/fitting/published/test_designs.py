import numpy as np
import pytest
from scipy.stats import zscore

from braid.fitting.published.designs import (
    mean_of_delays,
    minmax,
    roll,
    zscore_runs,
    zscore_then_delay,
)

RUNS = np.repeat(["a", "b"], [4, 3])


@pytest.fixture
def features():
    return np.random.default_rng(0).normal(5, 2, (7, 3))


def test_each_run_is_scaled_by_itself(features):
    scaled = zscore_runs(features, RUNS)
    np.testing.assert_allclose(scaled[:4], zscore(features[:4], axis=0))
    np.testing.assert_allclose(scaled[4:], zscore(features[4:], axis=0))


def test_a_feature_that_is_constant_in_a_run_is_zero_there(features):
    features[4:, 1] = 2
    assert (zscore_runs(features, RUNS)[4:, 1] == 0).all()


def test_the_end_of_a_run_leaks_into_the_next(features):
    columns = zscore_then_delay(features, RUNS, (1, 2))
    scaled = np.vstack([zscore(features[:4], axis=0), zscore(features[4:], axis=0)])
    expected = np.zeros((7, 6))
    expected[1:, :3], expected[2:, 3:] = scaled[:-1], scaled[:-2]
    np.testing.assert_allclose(columns, expected)


def test_the_end_of_the_recording_comes_round(features):
    columns = roll(features, RUNS, (1, 3))
    np.testing.assert_array_equal(columns[0, :3], minmax(features)[-1])
    np.testing.assert_array_equal(columns[2, 3:], minmax(features)[-1])
    np.testing.assert_array_equal(columns[5, 3:], minmax(features)[2])


def test_extremes_are_those_of_the_whole_array(features):
    scaled = minmax(features)
    assert (scaled.min(), scaled.max()) == (0, 1)
    np.testing.assert_allclose(scaled * np.ptp(features) + features.min(), features)


def test_the_mean_over_delays_is_zero_filled_in_each_run(features):
    mean = mean_of_delays(features, RUNS, (1, 2))
    np.testing.assert_allclose(mean[[0, 4]], 0)
    np.testing.assert_allclose(mean[1], features[0] / 2)
    np.testing.assert_allclose(mean[6], (features[5] + features[4]) / 2)
