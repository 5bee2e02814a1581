import random
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.linear_model import Ridge

from braid.fitting.delays import delay
from braid.fitting.published.bootstrap import BLOCK, bootstrap_ridge, chunked_hold_outs
from braid.fitting.scores import pearson

RUNS = np.repeat(["a", "b", "c"], [30, 25, 32])
ALPHAS = np.logspace(-1, 2, 6)
BOOTS = {"n_boots": 5, "chunk": 6, "n_held": 3}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _planted(rng, features, voxels):
    X = rng.normal(size=(len(RUNS), features))
    coef = rng.normal(size=(features, voxels)) / np.sqrt(features)
    return X, X @ coef + rng.normal(size=(len(RUNS), voxels))


def _hold_outs(seed):
    """As HuthLab draws them: tuples of rows, shuffled by Python's global generator."""
    random.seed(seed)
    for _ in range(BOOTS["n_boots"]):
        chunks = list(zip(*[iter(range(len(RUNS)))] * BOOTS["chunk"], strict=False))
        random.shuffle(chunks)
        held = [row for chunk in chunks[: BOOTS["n_held"]] for row in chunk]
        yield sorted(set(range(len(RUNS))) - set(held)), held


def _root_r2(y, p):
    explained = 1 - np.var(y - p) / ((1 + np.var(y)) / 2)
    return np.sign(explained) * abs(explained) ** 0.5


def _by_hand(X, Y, seed, score):
    scores = []
    for train, held in _hold_outs(seed):
        for alpha in ALPHAS:
            P = Ridge(alpha=alpha**2, fit_intercept=False).fit(X[train], Y[train]).predict(X[held])
            scores.append([score(y, p) for y, p in zip(Y[held].T, P.T, strict=True)])
    return np.reshape(scores, (BOOTS["n_boots"], len(ALPHAS), -1)).mean(axis=0)


@pytest.mark.parametrize("features", [8, 120], ids=["primal", "dual"])
@pytest.mark.parametrize(
    ("score", "by_hand"), [("r", lambda y, p: pearsonr(y, p).statistic), ("root_r2", _root_r2)]
)
def test_it_agrees_with_a_loop_of_single_ridges_of_squared_alphas(rng, features, score, by_hand):
    X, Y = _planted(rng, features, 5)
    fit = bootstrap_ridge(X, Y, runs=RUNS, alphas=ALPHAS, score=score, seed=3, **BOOTS)
    expected = _by_hand(X, Y, 3, by_hand)
    np.testing.assert_allclose(fit.cv_scores, expected, atol=1e-10)
    np.testing.assert_array_equal(fit.best_alphas, ALPHAS[expected.argmax(axis=0)] ** 2)
    np.testing.assert_array_equal(fit.best_scores, fit.cv_scores.max(axis=0))
    single = Ridge(alpha=fit.best_alphas, fit_intercept=False).fit(X, Y)
    np.testing.assert_allclose(fit.coef, single.coef_.T, atol=1e-10)
    np.testing.assert_allclose(fit.predict(X, RUNS), single.predict(X), atol=1e-10)


def test_a_shared_alpha_has_the_best_mean_over_voxels(rng):
    X, Y = _planted(rng, 8, 6)
    Y *= np.logspace(-1, 1, 6)
    kwargs = {"runs": RUNS, "alphas": ALPHAS, **BOOTS}
    each, shared = (bootstrap_ridge(X, Y, alpha=a, **kwargs) for a in ("voxel", "shared"))
    best = each.cv_scores.mean(axis=1).argmax()
    assert len(set(each.best_alphas)) > 1
    np.testing.assert_array_equal(shared.best_alphas, np.full(6, ALPHAS[best] ** 2))
    np.testing.assert_array_equal(shared.best_scores, shared.cv_scores[best])


def test_the_same_seed_holds_out_the_rows_that_huthlab_holds_out():
    ours = chunked_hold_outs(len(RUNS), seed=11, **BOOTS)
    for (train, held), (other_train, other_held) in zip(ours, _hold_outs(11), strict=True):
        assert train.tolist() == other_train
        assert held.tolist() == sorted(other_held)


def test_hold_outs_are_whole_chunks_and_differ_between_bootstraps_and_seeds():
    folds = chunked_hold_outs(87, seed=0, **BOOTS)
    for train, held in folds:
        assert len(held) == 18
        assert (np.bincount(held // 6)[held // 6] == 6).all()
        assert np.union1d(train, held).tolist() == list(range(87))
    assert len({tuple(held) for _, held in folds}) == len(folds)
    other = chunked_hold_outs(87, seed=1, **BOOTS)
    assert [h.tolist() for _, h in other] != [h.tolist() for _, h in folds]


def test_chunks_that_leave_nothing_to_train_on_are_refused(rng):
    with pytest.raises(ValueError, match="5 chunks of 20 leave nothing of 100 rows"):
        chunked_hold_outs(100, n_boots=1, chunk=20, n_held=5, seed=0)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("score", ["r", "root_r2"])
def test_any_shards_of_the_voxels_give_the_same_bits(rng, score):
    X, Y = _planted(rng, 20, BLOCK + 300)
    kwargs = {"runs": RUNS, "alphas": ALPHAS[:3], "score": score, **BOOTS}
    whole = bootstrap_ridge(X, Y, **kwargs)
    edges = [0, 1, 6, 500, BLOCK + 300]
    parts = [bootstrap_ridge(X, Y[:, a:b], **kwargs) for a, b in pairwise(edges)]
    for name in ("best_alphas", "best_scores", "cv_scores", "coef"):
        joined = np.concatenate([getattr(part, name) for part in parts], axis=-1)
        np.testing.assert_array_equal(joined, getattr(whole, name))


def test_responses_may_come_from_anything_that_gives_columns(rng):
    X, Y = _planted(rng, 8, 5)

    class Disk:
        shape = Y.shape

        def __getitem__(self, key):
            return Y[key]

    kwargs = {"runs": RUNS, "alphas": ALPHAS, **BOOTS}
    np.testing.assert_array_equal(
        bootstrap_ridge(X, Disk(), **kwargs).coef, bootstrap_ridge(X, Y, **kwargs).coef
    )


@pytest.mark.parametrize("alpha", ["voxel", "shared"])
def test_masked_voxels_are_nan_and_have_no_say(rng, alpha):
    X, Y = _planted(rng, 8, 6)
    kwargs = {"runs": RUNS, "alphas": ALPHAS, "alpha": alpha, **BOOTS}
    clean = bootstrap_ridge(X, Y[:, [1, 3, 5]], **kwargs)
    Y[:, 0], Y[7, 2], Y[:, 4] = np.nan, np.inf, 3
    fit = bootstrap_ridge(X, Y, **kwargs)
    for name in ("best_alphas", "best_scores", "cv_scores", "coef"):
        assert np.isnan(getattr(fit, name)[..., [0, 2, 4]]).all()
        np.testing.assert_array_equal(getattr(fit, name)[..., [1, 3, 5]], getattr(clean, name))


def test_singular_values_below_the_cutoff_are_left_out_of_the_choice(rng):
    X, Y = _planted(rng, 8, 4)
    noise = np.hstack([X, 1e-6 * rng.normal(size=(len(X), 30))])
    kwargs = {"runs": RUNS, "alphas": [1e-7, 1.0], **BOOTS}
    clean = bootstrap_ridge(X, Y, **kwargs)
    cut = bootstrap_ridge(noise, Y, cutoff=1e-3, **kwargs)
    kept = bootstrap_ridge(noise, Y, **kwargs)
    np.testing.assert_allclose(cut.cv_scores, clean.cv_scores, atol=1e-4)
    assert (kept.cv_scores[0] < clean.cv_scores[0] - 0.05).any()


def test_delays_run_over_the_stack_unless_told_otherwise(rng):
    X, Y = _planted(rng, 3, 4)
    kwargs = {"alphas": ALPHAS, **BOOTS}
    stacked = bootstrap_ridge(X, Y, runs=RUNS, delays=(1, 2), **kwargs)
    by_hand = bootstrap_ridge(delay(X, (1, 2)), Y, runs=RUNS, **kwargs)
    apart = bootstrap_ridge(X, Y, runs=RUNS, delays=(1, 2), edges="run", **kwargs)
    np.testing.assert_array_equal(stacked.coef, by_hand.coef)
    assert (stacked.coef != apart.coef).all()


def test_single_precision_is_fitted_in_double(rng):
    X, Y = (a.astype(np.float32) for a in _planted(rng, 8, 4))
    kwargs = {"runs": RUNS, "alphas": ALPHAS, **BOOTS}
    single = bootstrap_ridge(X, Y, **kwargs)
    double = bootstrap_ridge(X.astype(float), Y.astype(float), **kwargs)
    assert single.coef.dtype == single.cv_scores.dtype == np.float32
    np.testing.assert_array_equal(single.coef, double.coef.astype(np.float32))


def test_noise_predicts_nothing_and_a_planted_signal_is_found(rng):
    X, Y = _planted(rng, 8, 200)
    Y[:, 100:] = rng.normal(size=(len(Y), 100))
    fit = bootstrap_ridge(
        X[RUNS != "c"], Y[RUNS != "c"], runs=RUNS[RUNS != "c"], alphas=ALPHAS, **BOOTS
    )
    r = pearson(Y[RUNS == "c"], fit.predict(X[RUNS == "c"], RUNS[RUNS == "c"]))
    assert r[:100].mean() > 0.5
    assert abs(r[100:].mean()) < 0.06


def test_a_voxel_that_is_constant_in_a_hold_out_counts_as_zero_there(rng):
    X, Y = _planted(rng, 8, 1)
    _, held = chunked_hold_outs(len(X), seed=0, **{**BOOTS, "n_boots": 1})[0]
    Y[held] = 0
    fit = bootstrap_ridge(X, Y, runs=RUNS, alphas=ALPHAS, **{**BOOTS, "n_boots": 1})
    np.testing.assert_array_equal(fit.cv_scores, np.zeros((len(ALPHAS), 1)))
