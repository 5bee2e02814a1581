import numpy as np
import pytest
import ridge_oracle

from braid.fitting import RidgeFit, delay, ridge_cv

RUNS = np.repeat(["b", "a"], [7, 5])
NOTHING = np.zeros(3)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _fit(coef, delays=(0,), edges="run"):
    return RidgeFit(NOTHING, NOTHING, np.zeros((1, 3)), coef, delays, edges)


@pytest.mark.parametrize("delays", [(0,), (1, 2), (-1, 0, 3), (8,), (2, 0)])
@pytest.mark.parametrize("edges", ["run", "stack"])
def test_predictions_are_delayed_features_times_weights(rng, delays, edges):
    X, coef = rng.normal(size=(12, 4)), rng.normal(size=(4 * len(delays), 3))
    expected = delay(X, delays, RUNS if edges == "run" else None) @ coef
    found = _fit(coef, delays, edges).predict(X, RUNS)
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("edges", ["run", "stack"])
def test_rows_that_are_not_wanted_lend_what_delays_reach(rng, edges):
    X, coef, rows = rng.normal(size=(12, 4)), rng.normal(size=(8, 3)), np.array([9, 2, 5, 7])
    fit = _fit(coef, (0, 3), edges)
    np.testing.assert_array_equal(fit.predict(X, RUNS, rows), fit.predict(X, RUNS)[rows])


def test_voxels_that_were_not_fitted_are_not_predicted(rng):
    coef = rng.normal(size=(4, 3))
    coef[:, 1] = np.nan
    predicted = _fit(coef).predict(rng.normal(size=(12, 4)), RUNS)
    assert np.isnan(predicted).all(axis=0).tolist() == [False, True, False]
    assert np.isfinite(predicted[:, [0, 2]]).all()


def test_runs_that_the_fit_has_not_seen_are_predicted(rng):
    X, Y = ridge_oracle.planted(rng, np.repeat([0, 1, 2], 40), 4, 3, noise=0)
    train = slice(0, 80)
    runs = np.repeat([0, 1, 2], 40)
    fit = ridge_cv(X[train], Y[train], runs=runs[train], alphas=[1e-8])
    np.testing.assert_allclose(fit.predict(X[80:], runs[80:]), Y[80:], atol=1e-6)


def test_features_that_are_not_finite_are_refused(rng):
    X = rng.normal(size=(12, 4))
    X[3, 2] = np.nan
    with pytest.raises(ValueError, match="row 3, column 2"):
        _fit(rng.normal(size=(4, 3))).predict(X, RUNS)
