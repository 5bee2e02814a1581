import numpy as np
import pytest
from himalaya.kernel_ridge import solve_multiple_kernel_ridge_random_search
from himalaya.ridge import solve_group_ridge_random_search
from himalaya.scoring import correlation_score, r2_score

from braid.fitting import (
    banded_ridge_cv,
    contiguous_blocks,
    delay,
    leave_one_run_out,
    pearson,
    ridge_cv,
)
from braid.fitting.banded.engine import BandedEngine
from braid.fitting.banded.shares import draw_shares

RUNS = np.repeat(["a", "b", "c", "d"], [30, 20, 35, 25])
ALPHAS = np.logspace(-1, 4, 8)
NAMES = np.array(["sound", "image", "motor"])
HIMALAYA = {"r": correlation_score, "r2": r2_score}
ARRAYS = ("best_alphas", "weights", "best_scores", "cv_scores", "coef")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _planted(rng, features, voxels=6):
    number = np.arange(features) % 3
    X = rng.normal(size=(len(RUNS), features))
    drive = rng.normal(size=(features, voxels)) * (number[:, None] != np.arange(voxels) % 3)
    Y = X @ drive / np.sqrt(features) + 0.7 * rng.normal(size=(len(RUNS), voxels))
    return X, NAMES[number], Y - Y.mean(axis=0)


def _himalaya(form, X, bands, Y, n_draws, score, seed=3):
    """Deltas, weights in the order of the columns, scores of the draws."""
    Xs = [X[:, bands == band] for band in NAMES]
    settings = {
        "n_iter": draw_shares(n_draws, 3, seed), "alphas": ALPHAS, "progress_bar": False,
        "cv": leave_one_run_out(RUNS), "score_func": HIMALAYA[score],
    }  # fmt: skip
    if form == "primal":
        found = solve_group_ridge_random_search(Xs, Y, return_weights=True, warn=False, **settings)
    else:
        kernels = np.stack([x @ x.T for x in Xs])
        found = solve_multiple_kernel_ridge_random_search(
            kernels, Y, Xs=Xs, return_weights="primal", **settings
        )
    deltas, stacked, scores = found[:3]
    coef = np.empty_like(stacked)
    coef[np.concatenate([np.flatnonzero(bands == band) for band in NAMES])] = stacked
    return deltas, coef, scores


@pytest.mark.parametrize("form", ["primal", "dual"])
@pytest.mark.parametrize("score", ["r", "r2"])
@pytest.mark.parametrize("features", [12, 150], ids=["D<T", "D>T"])
def test_it_agrees_with_himalaya_on_the_same_draws(rng, form, score, features):
    X, bands, Y = _planted(rng, features)
    deltas, coef, scores = _himalaya(form, X, bands, Y, 8, score)
    fit = banded_ridge_cv(
        X, bands, Y, runs=RUNS, alphas=ALPHAS, score=score, n_draws=8, seed=3, form=form
    )
    np.testing.assert_allclose(fit.cv_scores, scores, atol=1e-8)
    np.testing.assert_allclose(np.log(fit.weights / fit.best_alphas), deltas, atol=1e-8)
    np.testing.assert_allclose(fit.coef, coef, atol=1e-8)


@pytest.mark.parametrize("features", [12, 150], ids=["D<T", "D>T"])
def test_single_precision_agrees_with_himalaya_in_double(rng, features):
    X, bands, Y = _planted(rng, features)
    X, Y = X.astype(np.float32), Y.astype(np.float32)
    doubles = X.astype(np.float64), bands, Y.astype(np.float64)
    scores = _himalaya("primal", *doubles, 8, "r")[2]
    settings = {"runs": RUNS, "alphas": ALPHAS, "score": "r", "n_draws": 8, "seed": 3}
    fit = banded_ridge_cv(X, bands, Y, **settings)
    assert fit.cv_scores.dtype == fit.coef.dtype == np.float32
    np.testing.assert_allclose(fit.cv_scores, scores, atol=1e-6)


@pytest.mark.parametrize("form", ["primal", "dual"])
def test_delays_are_those_of_delayed_columns(rng, form):
    X, bands, Y = _planted(rng, 12)
    settings = {"runs": RUNS, "alphas": ALPHAS, "n_draws": 6, "form": form}
    delayed = banded_ridge_cv(X, bands, Y, delays=[-1, 0, 2], **settings)
    columns = banded_ridge_cv(delay(X, [-1, 0, 2], RUNS), np.tile(bands, 3), Y, **settings)
    np.testing.assert_allclose(delayed.cv_scores, columns.cv_scores, atol=1e-10)
    np.testing.assert_allclose(delayed.coef, columns.coef, atol=1e-10)


@pytest.mark.parametrize("form", ["primal", "dual"])
def test_other_rows_only_lend_what_delays_reach(rng, form):
    X, bands, Y = _planted(rng, 12)
    rows = np.setdiff1d(np.arange(len(X)), np.arange(40, 47))
    folds = contiguous_blocks(len(rows), 4, gap=2)
    settings = {"alphas": ALPHAS, "folds": folds, "n_draws": 6, "form": form}
    fit = banded_ridge_cv(X, bands, Y[rows], runs=RUNS, delays=[0, 3], rows=rows, **settings)
    columns, doubled = delay(X, [0, 3], RUNS)[rows], np.tile(bands, 2)
    expected = banded_ridge_cv(columns, doubled, Y[rows], runs=RUNS[rows], **settings)
    np.testing.assert_allclose(fit.cv_scores, expected.cv_scores, atol=1e-10)
    np.testing.assert_allclose(fit.coef, expected.coef, atol=1e-10)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("features", [36, 150], ids=["primal", "dual"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_split_of_the_voxels_gives_the_same_bits(rng, features, dtype):
    X, bands, Y = _planted(rng, features, voxels=500)
    X, Y = X.astype(dtype), Y.astype(dtype)
    settings = {"runs": RUNS, "alphas": ALPHAS, "n_draws": 3, "block": 192}
    engine = BandedEngine(X, bands, **settings)
    whole, shards = (
        engine.fit(Y),
        [engine.fit(Y[:, a:b]) for a, b in [(0, 1), (1, 230), (230, 500)]],
    )
    passes = BandedEngine(X, bands, held=200, **settings).fit(Y)
    blocks = BandedEngine(X, bands, **settings | {"block": 384}).fit(Y)
    for name in ARRAYS:
        expected = getattr(whole, name)
        sharded = np.concatenate([getattr(shard, name) for shard in shards], axis=-1)
        np.testing.assert_array_equal(sharded, expected)
        np.testing.assert_array_equal(getattr(passes, name), expected)
        np.testing.assert_array_equal(getattr(blocks, name), expected)


def _by_hand(X, numbers, Y, shares, alphas):
    """Scores of one draw at its best penalty, by least squares with a penalty per column."""
    totals = np.zeros((len(alphas), Y.shape[1]))
    for train, test in leave_one_run_out(RUNS):
        nothing = np.zeros((X.shape[1], Y.shape[1]))
        for k, alpha in enumerate(alphas):
            penalties = np.diag(np.sqrt(alpha / shares[numbers]))
            stacked = np.vstack([X[train], penalties]), np.vstack([Y[train], nothing])
            totals[k] += pearson(Y[test], X[test] @ np.linalg.lstsq(*stacked, rcond=0)[0]) / 4
    return totals.max(axis=0)


@pytest.mark.parametrize("features", [12, 150], ids=["primal", "dual"])
def test_penalties_over_25_decades_stay_right(rng, features):
    X, bands, Y = _planted(rng, features, voxels=3)
    X, Y = X.astype(np.float32), Y.astype(np.float32)
    doubles, alphas = (X.astype(np.float64), Y.astype(np.float64)), np.logspace(-12, 12, 25)
    settings = {"runs": RUNS, "alphas": alphas, "score": "r", "n_draws": 4}
    double = banded_ridge_cv(doubles[0], bands, doubles[1], **settings)
    single = banded_ridge_cv(X, bands, Y, **settings)
    numbers = np.arange(features) % 3
    for scores, shares in zip(double.cv_scores, draw_shares(4, 3, seed=0), strict=True):
        expected = _by_hand(doubles[0], numbers, doubles[1], shares, alphas)
        np.testing.assert_allclose(scores, expected, atol=1e-9)
    np.testing.assert_allclose(single.cv_scores, double.cv_scores, atol=1e-6)


def test_bounded_scores_keep_their_bound(rng):
    X, bands, Y = _planted(rng, 60)
    settings = {"runs": RUNS, "alphas": np.logspace(-1, 4, 60), "score": "r", "n_draws": 4}
    exact = banded_ridge_cv(X, bands, Y, **settings)
    bounded = banded_ridge_cv(X, bands, Y, tolerance=1e-4, **settings)
    assert 0 < np.abs(bounded.cv_scores - exact.cv_scores).max() < 1e-4


def test_torch_agrees_with_numpy(rng):
    X, bands, Y = _planted(rng, 12)
    settings = {"runs": RUNS, "alphas": ALPHAS, "delays": [0, 1], "n_draws": 6}
    for form in ("primal", "dual"):
        ours, torch = (
            banded_ridge_cv(X, bands, Y, form=form, backend=backend, **settings)
            for backend in ("numpy", "torch")
        )
        np.testing.assert_allclose(torch.cv_scores, ours.cv_scores, atol=1e-10)
        np.testing.assert_allclose(torch.coef, ours.coef, atol=1e-10)


@pytest.mark.parametrize("features", [12, 150], ids=["primal", "dual"])
def test_leaving_a_band_out_is_a_fit_of_the_others_alone(rng, features):
    X, bands, Y = _planted(rng, features)
    settings = {"runs": RUNS, "alphas": ALPHAS, "n_draws": 4, "delays": [0, 1]}
    fits = BandedEngine(X, bands, **settings).fit_without(Y)
    for i, (band, fit) in enumerate(zip(NAMES, fits, strict=True)):
        others = np.tile(bands, 2) != band
        alone = banded_ridge_cv(X[:, bands != band], bands[bands != band], Y, **settings)
        np.testing.assert_allclose(fit.cv_scores, alone.cv_scores, atol=1e-10)
        np.testing.assert_allclose(fit.coef[others], alone.coef, atol=1e-10)
        assert (fit.coef[~others] == 0).all()
        assert (fit.weights[i] == 0).all()


def test_a_single_band_is_a_ridge_and_cannot_be_left_out(rng):
    X, _, Y = _planted(rng, 12, voxels=1)
    engine = BandedEngine(X, np.full(12, "sound"), runs=RUNS, alphas=ALPHAS, n_draws=2)
    ridge = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS, score="r2")
    np.testing.assert_allclose(engine.fit(Y).coef, ridge.coef, atol=1e-10)
    with pytest.raises(ValueError, match="without 'sound' no band remains"):
        engine.fit_without(Y)


def test_a_block_whose_bits_would_depend_on_the_split_is_refused(rng):
    X, bands, _ = _planted(rng, 36, voxels=5)
    with pytest.raises(ValueError, match="a block of 100 voxels: take a multiple of 24"):
        BandedEngine(X, bands, runs=RUNS, alphas=ALPHAS, block=100)
