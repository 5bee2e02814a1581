import numpy as np
import pytest
from sklearn.linear_model import Ridge

from braid.fitting import banded_ridge_cv, delay, leave_one_run_out, product_measure, r2, ridge_cv

RUNS = np.repeat(["a", "b", "c", "d"], 30)
ALPHAS = np.logspace(-1, 3, 6)
BANDS = np.array(["sound", "image", "sound", "motor", "image", "image", "motor", "sound"])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _planted(rng, voxels=4):
    X = rng.normal(size=(len(RUNS), len(BANDS)))
    Y = X @ rng.normal(size=(len(BANDS), voxels)) + rng.normal(size=(len(RUNS), voxels))
    return X, Y - Y.mean(axis=0)


@pytest.mark.parametrize("padding", [0, 60], ids=["primal", "dual"])
def test_equal_shares_are_an_ordinary_ridge_with_the_penalty_times_the_bands(rng, padding):
    X, Y = _planted(rng)
    X = np.hstack([X, rng.normal(size=(len(X), padding))])
    bands = np.concatenate([BANDS, np.full(padding, "sound")])
    settings = {"runs": RUNS, "delays": [0, 2], "score": "r2"}
    banded = banded_ridge_cv(X, bands, Y, alphas=ALPHAS, n_draws=1, **settings)
    ridge = ridge_cv(X, Y, alphas=3 * ALPHAS, **settings)
    np.testing.assert_allclose(3 * banded.best_alphas, ridge.best_alphas)
    np.testing.assert_allclose(banded.best_scores, ridge.best_scores, atol=1e-8)
    np.testing.assert_allclose(banded.coef, ridge.coef, atol=1e-8)
    np.testing.assert_allclose(banded.predict(X, RUNS), ridge.predict(X, RUNS), atol=1e-8)


@pytest.mark.parametrize("padding", [0, 130], ids=["primal", "dual"])
def test_weights_are_those_of_a_ridge_on_scaled_features(rng, padding):
    X, Y = _planted(rng)
    X = np.hstack([X, rng.normal(size=(len(X), padding))])
    bands = np.concatenate([BANDS, np.full(padding, "image")])
    fit = banded_ridge_cv(X, bands, Y, runs=RUNS, alphas=ALPHAS, delays=[0, 1], n_draws=12)
    columns = delay(X, [0, 1], RUNS)
    np.testing.assert_allclose(fit.weights.sum(axis=0), 1)
    assert np.ptp(fit.weights, axis=1).max() > 0.1
    for voxel in range(Y.shape[1]):
        scale = np.sqrt([fit.weights[fit.names.index(band), voxel] for band in [*bands, *bands]])
        single = Ridge(alpha=fit.best_alphas[voxel], fit_intercept=False).fit(
            columns * scale, Y[:, voxel]
        )
        np.testing.assert_allclose(fit.coef[:, voxel], single.coef_ * scale, atol=1e-7)


def test_primal_and_dual_agree(rng):
    X, Y = _planted(rng)
    padded = np.hstack([X, np.zeros((len(X), 130))])
    bands = np.concatenate([BANDS, np.full(130, "motor")])
    primal = banded_ridge_cv(X, BANDS, Y, runs=RUNS, alphas=ALPHAS, n_draws=10)
    dual = banded_ridge_cv(padded, bands, Y, runs=RUNS, alphas=ALPHAS, n_draws=10)
    np.testing.assert_allclose(dual.best_scores, primal.best_scores, atol=1e-8)
    np.testing.assert_allclose(dual.coef[: len(BANDS)], primal.coef, atol=1e-7)


@pytest.mark.parametrize("padding", [0, 130], ids=["primal", "dual"])
def test_single_precision_agrees_with_double(rng, padding):
    X, Y = _planted(rng)
    X = np.hstack([X, rng.normal(size=(len(X), padding))])
    bands = np.concatenate([BANDS, np.full(padding, "image")])
    settings = {"runs": RUNS, "alphas": ALPHAS, "n_draws": 10}
    double = banded_ridge_cv(X, bands, Y, **settings)
    single = banded_ridge_cv(X.astype(np.float32), bands, Y.astype(np.float32), **settings)
    assert single.coef.dtype == single.best_scores.dtype == single.weights.dtype == np.float32
    np.testing.assert_allclose(single.best_scores, double.best_scores, atol=1e-5)
    np.testing.assert_allclose(single.coef, double.coef, atol=1e-4)


def test_kernels_dominated_by_one_direction_keep_small_penalties_in_single_precision(rng):
    X = rng.normal(size=(len(RUNS), 130)) + 30 * rng.normal(size=(len(RUNS), 1))
    Y = X @ rng.normal(size=(130, 4)) / 10 + rng.normal(size=(len(RUNS), 4))
    settings = {"runs": RUNS, "alphas": [1e-2, 1], "n_draws": 3, "score": "r"}
    bands = np.repeat(["sound", "image"], 65)
    double = banded_ridge_cv(X, bands, Y, **settings)
    single = banded_ridge_cv(X.astype(np.float32), bands, Y.astype(np.float32), **settings)
    np.testing.assert_allclose(single.best_scores, double.best_scores, atol=1e-6)


def test_each_voxel_is_given_to_the_band_that_drives_it(rng):
    X = rng.normal(size=(len(RUNS), 60))
    bands = np.repeat(["sound", "image", "motor"], 20)
    weights = rng.normal(size=(60, 3)) * (bands[:, None] == ["sound", "image", "motor"])
    Y = X @ weights / np.sqrt(20) + 0.5 * rng.normal(size=(len(RUNS), 3))
    Y -= Y.mean(axis=0)
    train, test = RUNS != "d", RUNS == "d"
    settings = {"runs": RUNS[train], "alphas": ALPHAS}
    fit = banded_ridge_cv(X[train], bands, Y[train], n_draws=20, **settings)
    shares = product_measure(Y[test], fit.split_predict(X[test], RUNS[test]))
    assert fit.names == ("sound", "image", "motor")
    assert (np.diag(shares) > 0.4).all()
    assert np.abs(shares - np.diag(np.diag(shares))).max() < 0.15
    assert (np.diag(fit.weights) > 0.8).all()
    plain = ridge_cv(X[train], Y[train], score="r2", **settings)
    banded_r2 = r2(Y[test], fit.predict(X[test], RUNS[test]))
    assert (banded_r2 > r2(Y[test], plain.predict(X[test], RUNS[test])) + 0.05).all()


def test_noise_is_at_chance(rng):
    X, _ = _planted(rng)
    Y = rng.normal(size=(len(RUNS), 200))
    train, test = RUNS != "d", RUNS == "d"
    fit = banded_ridge_cv(X[train], BANDS, Y[train], runs=RUNS[train], alphas=ALPHAS, n_draws=5)
    assert np.median(r2(Y[test], fit.predict(X[test], RUNS[test]))) < 0.02


def test_predictions_of_the_bands_sum_to_the_prediction(rng):
    X, Y = _planted(rng)
    fit = banded_ridge_cv(X, BANDS, Y, runs=RUNS, alphas=ALPHAS, delays=[1, 2], n_draws=5)
    split = fit.split_predict(X, RUNS)
    assert split.shape == (3, len(RUNS), 4)
    np.testing.assert_allclose(split.sum(axis=0), fit.predict(X, RUNS), atol=1e-12)
    silenced = np.where(fit.bands == "image", X, 0)
    np.testing.assert_allclose(split[1], fit.predict(silenced, RUNS), atol=1e-12)
    rows = np.array([40, 3, 29, 30])
    np.testing.assert_array_equal(fit.split_predict(X, RUNS, rows), split[:, rows])
    np.testing.assert_array_equal(fit.predict(X, RUNS, rows), fit.predict(X, RUNS)[rows])


def test_masked_voxels_are_nan_everywhere_and_change_no_other(rng):
    X, Y = _planted(rng)
    settings = {"runs": RUNS, "alphas": ALPHAS, "n_draws": 4}
    clean = banded_ridge_cv(X, BANDS, Y[:, [1, 3]], **settings)
    Y[:, 0], Y[:, 2] = np.nan, 5
    fit = banded_ridge_cv(X, BANDS, Y, **settings)
    for name in ("best_alphas", "weights", "best_scores", "cv_scores", "coef"):
        assert np.isnan(getattr(fit, name)[..., [0, 2]]).all()
        np.testing.assert_array_equal(getattr(fit, name)[..., [1, 3]], getattr(clean, name))
    assert np.isnan(fit.split_predict(X, RUNS)).any(axis=(0, 1)).tolist() == [True, False] * 2


def test_the_seed_decides(rng):
    X, Y = _planted(rng)
    first, again, other = (
        banded_ridge_cv(X, BANDS, Y, runs=RUNS, alphas=ALPHAS, n_draws=6, seed=seed).weights
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_best_draw_is_kept(rng):
    X, Y = _planted(rng)
    few, many = (
        banded_ridge_cv(X, BANDS, Y, runs=RUNS, alphas=ALPHAS, n_draws=n).best_scores
        for n in (1, 30)
    )
    assert (many >= few).all()
    assert (many > few).any()


def test_correlation_can_choose_too(rng):
    X, Y = _planted(rng)
    folds = leave_one_run_out(RUNS)
    banded = banded_ridge_cv(
        X, BANDS, Y, runs=RUNS, alphas=ALPHAS, folds=folds, score="r", n_draws=1
    )
    ridge = ridge_cv(X, Y, runs=RUNS, alphas=3 * ALPHAS, folds=folds)
    np.testing.assert_allclose(banded.best_scores, ridge.best_scores, atol=1e-8)


def test_a_share_too_small_for_single_precision_does_no_harm(rng):
    X, Y = (array.astype(np.float32) for array in _planted(rng))
    bands = np.array([f"band {i}" for i in range(8)])
    # This seed draws a share of 1e-49, which is 0 in float32.
    fit = banded_ridge_cv(X, bands, Y, runs=RUNS, alphas=ALPHAS, n_draws=40, seed=13)
    assert np.isfinite(fit.coef).all()
    assert np.isfinite(fit.cv_scores).all()


def test_lengths_that_disagree_are_refused(rng):
    X, Y = _planted(rng)
    with pytest.raises(ValueError, match="X has 120 TRs to fit, Y 119"):
        banded_ridge_cv(X, BANDS, Y[:-1], runs=RUNS, alphas=ALPHAS)


def test_a_band_of_zeros_predicts_nothing_and_harms_nothing(rng):
    X, Y = _planted(rng)
    X[:, BANDS == "motor"] = 0
    fit = banded_ridge_cv(X, BANDS, Y, runs=RUNS, alphas=ALPHAS, n_draws=20, form="primal")
    dual = banded_ridge_cv(X, BANDS, Y, runs=RUNS, alphas=ALPHAS, n_draws=20, form="dual")
    assert (fit.coef[BANDS == "motor"] == 0).all()
    assert (fit.best_scores > 0.3).all()
    np.testing.assert_allclose(dual.cv_scores, fit.cv_scores, atol=1e-8)
    np.testing.assert_allclose(dual.coef, fit.coef, atol=1e-7)


def test_features_that_are_all_zero_predict_zero(rng):
    X, Y = _planted(rng)
    fit = banded_ridge_cv(0 * X, BANDS, Y, runs=RUNS, alphas=ALPHAS, n_draws=3)
    assert (fit.coef == 0).all()
    assert (fit.cv_scores == 0).all()


def test_responses_without_a_usable_voxel_are_refused(rng):
    X, Y = _planted(rng)
    with pytest.raises(ValueError, match="none of the 4 voxels"):
        banded_ridge_cv(X, BANDS, 0 * Y, runs=RUNS, alphas=ALPHAS, n_draws=2)
