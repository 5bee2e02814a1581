import numpy as np
import pytest
from himalaya.scoring import r2_score_split

from braid.fitting import r2
from braid.fitting.banded.engine import BandedEngine
from braid.fitting.banded.intervals import bootstrap_runs, product_sums, unique_sums
from braid.fitting.banded.partition import product_measure, region_means, unique_variance
from braid.fitting.scores import pearson

RUNS = np.repeat(["a", "b", "c", "d", "e"], [40, 50, 45, 60, 55])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _predictions(rng, voxels=6):
    Y = rng.normal(size=(len(RUNS), voxels))
    return Y, rng.normal(0.1, 0.4, size=(3, len(RUNS), voxels)) + 0.3 * Y


def test_shares_sum_to_r2_and_agree_with_himalaya(rng):
    Y, split = _predictions(rng)
    Y -= Y.mean(axis=0)
    shares = product_measure(Y, split)
    np.testing.assert_allclose(shares.sum(axis=0), r2(Y, split.sum(axis=0)), atol=1e-12)
    np.testing.assert_allclose(shares, r2_score_split(Y, split), atol=1e-12)
    np.testing.assert_allclose(product_measure(Y + 9, split), shares, atol=1e-12)


def test_shares_and_intervals_are_nan_for_masked_voxels(rng):
    Y, split = _predictions(rng, voxels=3)
    Y[:, 0], Y[:, 2] = np.nan, 1
    masked = [True, False, True]
    assert np.isnan(product_measure(Y, split)).all(axis=0).tolist() == masked
    assert np.isnan(unique_variance(Y, split[0], split[1:])).all(axis=0).tolist() == masked
    for sums in (product_sums(Y, split, RUNS), unique_sums(Y, split[0], split[1:], RUNS)):
        interval = bootstrap_runs(sums, n_boot=20)
        assert np.isnan(interval.low).all(axis=0).tolist() == masked
        assert np.isnan(interval.high).all(axis=0).tolist() == masked


def _correlated_bands(rng, n):
    """Two bands that share half of their variance, and one of noise; a voxel that both drive."""
    shared = rng.normal(size=(n, 4))
    X = np.hstack([shared + rng.normal(size=(n, 4)), shared + rng.normal(size=(n, 4))])
    X = np.hstack([X, rng.normal(size=(n, 4))])
    Y = X[:, :8].sum(axis=1, keepdims=True) + 2 * rng.normal(size=(n, 2)) * [1, 100]
    return X, np.repeat(["one", "two", "noise"], 4), Y - Y.mean(axis=0)


def test_bands_that_share_variance_have_less_of_it_to_themselves(rng):
    X, bands, Y = _correlated_bands(rng, len(RUNS))
    train, test = ~np.isin(RUNS, ["d", "e"]), np.isin(RUNS, ["d", "e"])
    engine = BandedEngine(
        X[train], bands, runs=RUNS[train], alphas=np.logspace(-1, 4, 8), n_draws=20
    )
    full, without = engine.fit(Y[train]), engine.fit_without(Y[train])
    scored = X[test], RUNS[test]
    product = product_measure(Y[test], full.split_predict(*scored))
    reduced = np.stack([fit.predict(*scored) for fit in without])
    unique = unique_variance(Y[test], full.predict(*scored), reduced)
    assert (product[:2, 0] > 0.3).all()
    assert (unique[:2, 0] < product[:2, 0] - 0.1).all()
    assert (unique[:2, 0] > 0.05).all()
    assert np.abs([product[2, 0], unique[2, 0]]).max() < 0.02
    assert np.abs([product[:, 1], unique[:, 1]]).max() < 0.06


@pytest.mark.parametrize(("score", "scorer"), [("r", pearson), ("r2", r2)])
def test_unique_variance_is_a_difference_of_scores(rng, score, scorer):
    Y, split = _predictions(rng)
    unique = unique_variance(Y, split[0], split[1:], score)
    expected = [scorer(Y, split[0]) - scorer(Y, split[i]) for i in (1, 2)]
    np.testing.assert_allclose(unique, expected)


def test_means_of_regions_pass_over_voxels_without_a_value():
    values = np.array([[1.0, 2, np.nan, 4], [np.nan, 3, np.nan, 5]])
    regions = np.array([[True, True, True, False], [False, False, True, True], [False] * 4])
    expected = [[1.5, 4, np.nan], [3, 5, np.nan]]
    np.testing.assert_array_equal(region_means(values, regions), expected)
