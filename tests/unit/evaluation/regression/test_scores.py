"""The interval of a mean correlation over pictures."""

import numpy as np
import pytest
import xarray as xr

from braid.evaluation.regression.scores import mean_r, score


def sides(seed, features=1500, pictures=60, signal=0.0):
    """Features that go together, decoded with some of the truth."""
    random = np.random.default_rng(seed)
    shared = random.standard_normal((2, 5, features))
    truth, noise = random.standard_normal((2, pictures, 5))
    decoded = (signal * truth + noise) @ shared[0]
    return truth @ shared[0], decoded.astype(np.float32)


def found(truth, decoded):
    r, influence = score(truth, decoded)
    return xr.Dataset({"r": ("feature", r), "influence": ("image", influence)})


def test_r_is_that_of_each_feature():
    truth, decoded = sides(0, signal=1)
    expected = [np.corrcoef(x, y)[0, 1] for x, y in zip(truth.T, decoded.T, strict=True)]
    np.testing.assert_allclose(score(truth, decoded)[0], expected, atol=1e-6)


def test_influence_is_what_a_picture_moves_the_mean():
    truth, decoded = sides(1, signal=0.7)
    r, influence = score(truth, decoded)
    assert influence.mean() == pytest.approx(0, abs=1e-6)
    left = [score(np.delete(truth, i, 0), np.delete(decoded, i, 0))[0].mean() for i in range(20)]
    moved = (len(truth) - 1) * (r.mean() - np.array(left))
    np.testing.assert_allclose(moved, influence[:20], atol=0.1)
    assert np.corrcoef(moved, influence[:20])[0, 1] > 0.99


def test_the_interval_is_that_of_a_bootstrap_of_pictures():
    truth, decoded = sides(2, signal=0.7)
    mean = mean_r(found(truth, decoded))
    random = np.random.default_rng(0)
    drawn = [random.integers(0, 60, 60) for _ in range(300)]
    means = [score(truth[rows], decoded[rows])[0].mean() for rows in drawn]
    low, high = np.percentile(means, [2.5, 97.5])
    assert mean.high - mean.low == pytest.approx(high - low, rel=0.2)
    assert mean.low < mean.value < mean.high


def test_the_interval_holds_zero_as_often_as_it_says():
    """Features are as good as five: an interval over features would hold it in few of them."""
    intervals = [mean_r(found(*sides(seed, features=200))) for seed in range(200)]
    assert 0.9 < np.mean([mean.low < 0 < mean.high for mean in intervals]) <= 0.985


def test_features_that_do_not_vary_are_left_out():
    truth, decoded = sides(3, signal=1)
    with_constants = np.delete(truth, 4, 1), np.delete(decoded, 4, 1)
    truth[:, 4] = 1
    r, influence = score(truth, decoded)
    assert np.isnan(r[4])
    np.testing.assert_allclose(influence, score(*with_constants)[1], atol=1e-12)
