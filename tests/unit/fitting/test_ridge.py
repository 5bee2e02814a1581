import inspect

import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from braid.fitting import contiguous_blocks, delay, leave_one_run_out, pearson, ridge_cv
from braid.fitting.columns import BLOCK

RUNS = np.repeat(["a", "b", "c"], [20, 25, 30])
ALPHAS = np.logspace(-1, 4, 7)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _planted(rng, features, voxels, noise=1.0):
    X = rng.normal(size=(len(RUNS), features))
    coef = rng.normal(size=(features, voxels)) / np.sqrt(features)
    return X, X @ coef + noise * rng.normal(size=(len(RUNS), voxels)), coef


def _by_hand(X, Y, folds, score):
    """Scores of every penalty and voxel, one scikit-learn ridge at a time."""
    scores = np.zeros((len(folds), len(ALPHAS), Y.shape[1]))
    for k, (train, test) in enumerate(folds):
        for a, alpha in enumerate(ALPHAS):
            P = Ridge(alpha=alpha, fit_intercept=False).fit(X[train], Y[train]).predict(X[test])
            for v in range(Y.shape[1]):
                scores[k, a, v] = score(Y[test, v], P[:, v])
    return scores.mean(axis=0)


@pytest.mark.parametrize("features", [8, 120], ids=["primal", "dual"])
@pytest.mark.parametrize(
    ("score", "by_hand"), [("r", lambda y, p: pearsonr(y, p).statistic), ("r2", r2_score)]
)
def test_scores_choices_and_weights_agree_with_a_loop_of_single_ridges(
    rng, features, score, by_hand
):
    X, Y, _ = _planted(rng, features, 5)
    fit = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS, score=score)
    expected = _by_hand(X, Y, leave_one_run_out(RUNS), by_hand)
    np.testing.assert_allclose(fit.cv_scores, expected, atol=1e-9)
    np.testing.assert_array_equal(fit.best_alphas, ALPHAS[expected.argmax(axis=0)])
    np.testing.assert_allclose(fit.best_scores, expected.max(axis=0), atol=1e-9)
    single = Ridge(alpha=fit.best_alphas, fit_intercept=False).fit(X, Y)
    np.testing.assert_allclose(fit.coef, single.coef_.T, atol=1e-9)
    np.testing.assert_allclose(fit.predict(X, RUNS), single.predict(X), atol=1e-9)


@pytest.mark.parametrize("features", [8, 120], ids=["primal", "dual"])
def test_a_shared_penalty_has_the_best_mean_over_voxels(rng, features):
    X, Y, _ = _planted(rng, features, 6, noise=np.logspace(-1, 1, 6))
    per_voxel = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS)
    shared = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS, alpha="shared")
    best = per_voxel.cv_scores.mean(axis=1).argmax()
    assert len(set(per_voxel.best_alphas)) > 1
    np.testing.assert_array_equal(shared.best_alphas, np.full(6, ALPHAS[best]))
    np.testing.assert_array_equal(shared.best_scores, shared.cv_scores[best])
    single = Ridge(alpha=ALPHAS[best], fit_intercept=False).fit(X, Y)
    np.testing.assert_allclose(shared.coef, single.coef_.T, atol=1e-9)


def test_primal_and_dual_agree(rng):
    X, Y, _ = _planted(rng, 10, 5)
    padded = np.hstack([X, np.zeros((len(X), 100))])
    primal, dual = (ridge_cv(x, Y, runs=RUNS, alphas=ALPHAS) for x in (X, padded))
    np.testing.assert_allclose(dual.cv_scores, primal.cv_scores, atol=1e-10)
    np.testing.assert_allclose(dual.coef[:10], primal.coef, atol=1e-10)


@pytest.mark.parametrize("features", [8, 120], ids=["primal", "dual"])
def test_single_precision_agrees_with_double(rng, features):
    X, Y, _ = _planted(rng, features, 5)
    double = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS)
    single = ridge_cv(X.astype(np.float32), Y.astype(np.float32), runs=RUNS, alphas=ALPHAS)
    assert single.coef.dtype == single.cv_scores.dtype == single.best_alphas.dtype == np.float32
    np.testing.assert_allclose(single.cv_scores, double.cv_scores, atol=1e-5)
    np.testing.assert_allclose(single.coef, double.coef, atol=1e-5)


def test_a_kernel_dominated_by_one_direction_keeps_its_small_penalties_in_single_precision(rng):
    X, Y, coef = _planted(rng, 120, 5)
    shared = 30 * rng.normal(size=(len(X), 1))
    X, Y = X + shared, Y + shared * coef.sum(axis=0)
    double = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS)
    single = ridge_cv(X.astype(np.float32), Y.astype(np.float32), runs=RUNS, alphas=ALPHAS)
    np.testing.assert_allclose(single.cv_scores, double.cv_scores, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.int16, ">i2", ">f4", np.float16])
def test_responses_of_any_real_type_are_cast(rng, dtype):
    X, Y, _ = _planted(rng, 8, 5)
    stored = (100 * Y).astype(dtype)
    fit = ridge_cv(X, stored, runs=RUNS, alphas=ALPHAS)
    expected = ridge_cv(X, stored.astype(np.float64), runs=RUNS, alphas=ALPHAS)
    np.testing.assert_array_equal(fit.coef, expected.coef)


def test_masked_voxels_are_nan_everywhere_and_change_no_other(rng):
    X, Y, _ = _planted(rng, 8, 6)
    clean = ridge_cv(X, Y[:, [1, 3, 5]], runs=RUNS, alphas=ALPHAS)
    Y[:, 0], Y[7, 2], Y[:, 4] = np.nan, np.inf, 3
    fit = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS)
    for name in ("best_alphas", "best_scores", "cv_scores", "coef"):
        assert np.isnan(getattr(fit, name)[..., [0, 2, 4]]).all()
        np.testing.assert_array_equal(getattr(fit, name)[..., [1, 3, 5]], getattr(clean, name))
    assert np.isnan(fit.predict(X, RUNS)).any(axis=0).tolist() == [True, False] * 3


def test_masked_voxels_have_no_say_in_the_shared_penalty(rng):
    X, Y, _ = _planted(rng, 8, 3)
    clean = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS, alpha="shared")
    masked = np.hstack([Y, np.full((len(Y), 40), np.nan)])
    fit = ridge_cv(X, masked, runs=RUNS, alphas=ALPHAS, alpha="shared")
    np.testing.assert_array_equal(fit.best_alphas[:3], clean.best_alphas)


@pytest.mark.parametrize("score", ["r", "r2"])
def test_a_voxel_that_is_constant_in_one_fold_scores_zero_there(rng, score):
    X, Y, _ = _planted(rng, 8, 2)
    Y[RUNS == "a", 0] = 0
    fold = leave_one_run_out(RUNS)[:1]
    fit = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS, folds=fold, score=score)
    np.testing.assert_array_equal(fit.cv_scores[:, 0], 0)
    assert (fit.cv_scores[:, 1] != 0).all()


@pytest.mark.parametrize("features", [8, 120], ids=["primal", "dual"])
def test_voxels_beyond_one_batch_agree_with_voxels_alone(rng, features):
    X, Y, _ = _planted(rng, features, 2 * BLOCK + 5)
    fit = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS[:3])
    for part in (slice(0, 5), slice(BLOCK, BLOCK + 5), slice(-5, None)):
        alone = ridge_cv(X, Y[:, part], runs=RUNS, alphas=ALPHAS[:3])
        np.testing.assert_allclose(fit.cv_scores[:, part], alone.cv_scores, atol=1e-10)
        np.testing.assert_allclose(fit.coef[:, part], alone.coef, atol=1e-10)


def test_folds_given_are_the_folds_used(rng):
    X, Y, _ = _planted(rng, 8, 3)
    folds = contiguous_blocks(len(RUNS), 4, 3)
    fit = ridge_cv(X, Y, runs=np.zeros(len(RUNS), int), alphas=ALPHAS, folds=folds)
    expected = _by_hand(X, Y, folds, lambda y, p: pearsonr(y, p).statistic)
    np.testing.assert_allclose(fit.cv_scores, expected, atol=1e-9)


@pytest.mark.parametrize("edges", ["run", "stack"])
def test_delays_are_applied_in_the_fit_and_in_the_prediction(rng, edges):
    X, Y, _ = _planted(rng, 4, 3)
    delayed = delay(X, [1, 3], RUNS if edges == "run" else None)
    fit = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS, delays=[1, 3], edges=edges)
    expected = ridge_cv(delayed, Y, runs=RUNS, alphas=ALPHAS)
    np.testing.assert_allclose(fit.coef, expected.coef, atol=1e-12)
    np.testing.assert_allclose(fit.predict(X, RUNS), delayed @ expected.coef, atol=1e-12)


def test_the_leak_over_run_edges_changes_the_weights(rng):
    X, Y, _ = _planted(rng, 4, 3)
    clean, leaky = (
        ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS, delays=[1, 2], edges=edges).coef
        for edges in ("run", "stack")
    )
    assert np.abs(clean - leaky).max() > 1e-3


def test_a_planted_delay_is_found(rng):
    X = rng.normal(size=(len(RUNS), 3))
    truth = rng.normal(size=(6, 4))
    Y = delay(X, [2, 3], RUNS) @ truth
    fit = ridge_cv(X, Y, runs=RUNS, alphas=[1e-6], delays=[2, 3])
    np.testing.assert_allclose(fit.coef, truth, atol=1e-6)


def test_truth_scores_near_its_ceiling_and_noise_at_chance(rng):
    runs = np.repeat(np.arange(6), 100)
    X = rng.normal(size=(600, 10))
    signal = X @ rng.normal(size=(10, 200)) / np.sqrt(10)
    noise = rng.normal(size=(600, 200))
    train, test = runs < 5, runs == 5
    for Y, expected in ((signal + noise, np.sqrt(0.5)), (noise, 0)):
        fit = ridge_cv(X[train], Y[train], runs=runs[train], alphas=ALPHAS)
        r = pearson(Y[test], fit.predict(X[test], runs[test]))
        assert np.mean(r) == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("features", [8, 120], ids=["primal", "dual"])
def test_features_that_are_not_finite_are_refused(rng, features):
    X, Y, _ = _planted(rng, features, 3)
    fit = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS)
    X[12, 5] = np.nan
    with pytest.raises(ValueError, match="row 12, column 5"):
        ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS)
    with pytest.raises(ValueError, match="row 12, column 5"):
        fit.predict(X, RUNS)


@pytest.mark.parametrize("alpha", ["voxel", "shared"])
def test_responses_without_a_usable_voxel_are_refused(rng, alpha):
    X, Y, _ = _planted(rng, 4, 2)
    with pytest.raises(ValueError, match="none of the 2 voxels"):
        ridge_cv(X, np.zeros_like(Y), runs=RUNS, alphas=ALPHAS, alpha=alpha)


def test_lengths_that_disagree_are_refused(rng):
    X, Y, _ = _planted(rng, 4, 2)
    without_type_checks = inspect.unwrap(ridge_cv)
    with pytest.raises(ValueError, match="X has 75 TRs to fit, Y 74"):
        without_type_checks(X, Y[:-1], runs=RUNS, alphas=ALPHAS)
