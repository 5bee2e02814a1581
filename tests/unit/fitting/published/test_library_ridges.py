import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, LeaveOneOut, cross_val_predict

from braid.fitting.published.library_ridges import himalaya_ridge, leave_one_out_ridge

ALPHAS = [0.1, 1.0, 10.0, 100.0]
RUNS = np.zeros(40)


@pytest.fixture
def planted():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 6))
    X -= X.mean(axis=0)
    return X, X @ rng.normal(size=(6, 5)) / 4 + rng.normal(size=(40, 5))


def _errors(X, Y, cv, intercept):
    """Minus the mean squared error of each penalty and voxel."""
    found = [
        cross_val_predict(Ridge(alpha=a, fit_intercept=intercept), X, Y, cv=cv) for a in ALPHAS
    ]
    return -np.mean((np.array(found) - Y) ** 2, axis=1)


def test_leave_one_out_takes_the_penalty_that_is_best_over_all_voxels(planted):
    X, Y = planted
    fit = leave_one_out_ridge(X, Y, runs=RUNS, alphas=ALPHAS)
    expected = _errors(X, Y, LeaveOneOut(), intercept=True).mean(axis=1)
    np.testing.assert_array_equal(fit.best_alphas, np.full(5, ALPHAS[expected.argmax()]))
    np.testing.assert_allclose(fit.best_scores, np.full(5, expected.max()))
    single = Ridge(alpha=ALPHAS[expected.argmax()]).fit(X, Y)
    np.testing.assert_allclose(fit.coef, single.coef_.T)


def test_himalaya_takes_the_penalty_of_least_error_over_five_blocks(planted):
    X, Y = planted
    fit = himalaya_ridge(X, Y, runs=RUNS, alphas=ALPHAS)
    expected = _errors(X, Y, KFold(5), intercept=False)
    np.testing.assert_array_equal(fit.best_alphas, np.array(ALPHAS)[expected.argmax(axis=0)])
    np.testing.assert_allclose(fit.best_scores, expected.max(axis=0))
    single = Ridge(alpha=fit.best_alphas, fit_intercept=False).fit(X, Y)
    np.testing.assert_allclose(fit.coef, single.coef_.T)


@pytest.mark.parametrize("ridge", [leave_one_out_ridge, himalaya_ridge])
def test_only_the_score_of_the_chosen_penalty_is_known(planted, ridge):
    fit = ridge(*planted, runs=RUNS, alphas=ALPHAS)
    known = np.isfinite(fit.cv_scores)
    assert (known.sum(axis=0) == 1).all()
    np.testing.assert_array_equal(fit.cv_scores.T[known.T], fit.best_scores)


@pytest.mark.parametrize("ridge", [leave_one_out_ridge, himalaya_ridge])
def test_masked_voxels_are_nan_and_change_no_other(planted, ridge):
    X, Y = planted
    Y[3, 0], Y[:, 2] = np.nan, 4
    fit = ridge(X, Y, runs=RUNS, alphas=ALPHAS)
    clean = ridge(X, Y[:, [1, 3, 4]], runs=RUNS, alphas=ALPHAS)
    for name in ("best_alphas", "best_scores", "cv_scores", "coef"):
        assert np.isnan(getattr(fit, name)[..., [0, 2]]).all()
        np.testing.assert_allclose(getattr(fit, name)[..., [1, 3, 4]], getattr(clean, name))


@pytest.mark.parametrize("ridge", [leave_one_out_ridge, himalaya_ridge])
def test_a_single_voxel_is_fitted(planted, ridge):
    X, Y = planted
    assert ridge(X, Y[:, :1], runs=RUNS, alphas=ALPHAS).coef.shape == (6, 1)
