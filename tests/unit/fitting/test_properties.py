"""What must hold of any fit: units, order and company of voxels, and order of runs."""

import numpy as np
import pytest
import ridge_oracle
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from braid.fitting import RidgeEngine, leave_one_run_out, pearson, ridge_cv

RUNS = np.repeat([0, 1, 2], [12, 20, 16])
ALPHAS = np.logspace(-2, 4, 10)
BLOCK, VOXELS = 96, 230

few = settings(deadline=None, derandomize=True, max_examples=12)
dtypes = st.sampled_from([np.float32, np.float64])
widths = st.sampled_from([5, 30, 90])
seeds = st.integers(0, 2**32 - 1)


def _data(seed, features, dtype, voxels=VOXELS):
    rng = np.random.default_rng(seed)
    X, Y = ridge_oracle.planted(rng, RUNS, features, voxels)
    return X.astype(dtype), Y.astype(dtype)


def _fit(X, Y, runs=RUNS, **settings):
    return RidgeEngine(X, runs=runs, alphas=ALPHAS, block=BLOCK, **settings).fit(Y)


def _assert_equal(fit, other, voxels=slice(None)):
    for name in ("best_alphas", "best_scores", "cv_scores", "coef"):
        np.testing.assert_array_equal(getattr(fit, name), getattr(other, name)[..., voxels])


@few
@given(seeds, widths, dtypes, st.integers(-30, 30), st.sampled_from(["r", "r2"]))
def test_the_units_of_the_responses_do_not_matter(seed, features, dtype, power, score):
    X, Y = _data(seed, features, dtype, voxels=20)
    unit = dtype(2.0) ** power
    fit, scaled = (_fit(X, y, score=score) for y in (Y, unit * Y))
    np.testing.assert_array_equal(scaled.cv_scores, fit.cv_scores)
    np.testing.assert_array_equal(scaled.best_alphas, fit.best_alphas)
    np.testing.assert_array_equal(scaled.coef, unit * fit.coef)


@few
@given(seeds, widths, st.floats(1e-6, 1e6))
def test_the_units_of_the_features_are_those_of_the_penalty(seed, features, unit):
    X, Y = _data(seed, features, np.float64, voxels=5)
    fit = RidgeEngine(X, runs=RUNS, alphas=ALPHAS, block=BLOCK).scores(Y)
    scaled = RidgeEngine(unit * X, runs=RUNS, alphas=unit**2 * ALPHAS, block=BLOCK).scores(Y)
    np.testing.assert_allclose(scaled, fit, atol=1e-8)


@pytest.mark.usefixtures("one_thread")
@few
@given(seeds, widths, dtypes)
def test_voxels_in_another_order_have_the_same_bits(seed, features, dtype):
    X, Y = _data(seed, features, dtype)
    order = np.random.default_rng(seed).permutation(VOXELS)
    _assert_equal(_fit(X, Y[:, order]), _fit(X, Y), order)


@pytest.mark.usefixtures("one_thread")
@few
@given(
    seeds, st.sampled_from([5, 40, 120]), dtypes, st.sampled_from(["r", "r2"]),
    st.sampled_from([0.0, 1e-3]), st.sets(st.integers(1, VOXELS - 1), min_size=1, max_size=3),
)  # fmt: skip
def test_any_split_of_the_voxels_gives_the_same_bits(seed, features, dtype, score, tolerance, cuts):
    rng = np.random.default_rng(seed)
    runs = np.repeat([0, 1, 2], [20, 25, 30])
    # Where there is hardly any noise, R2 is not certain from the pieces: such voxels are mended.
    X, Y = ridge_oracle.planted(rng, runs, features, VOXELS, noise=rng.choice([0.01, 1], VOXELS))
    X, Y = X.astype(dtype), Y.astype(dtype)
    settings = {"runs": runs, "alphas": ALPHAS, "score": score, "tolerance": tolerance}
    engine = RidgeEngine(X, block=BLOCK, **settings)
    whole, edges = engine.fit(Y), [0, *sorted(cuts), VOXELS]
    for part in map(slice, edges[:-1], edges[1:]):
        _assert_equal(engine.fit(Y[:, part]), whole, part)
        alone = slice(part.start, part.start + 1)
        _assert_equal(RidgeEngine(X, block=BLOCK, **settings).fit(Y[:, alone]), whole, alone)


@pytest.mark.parametrize("features", [30, 90])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_whole_blocks_of_torch_have_the_same_bits_beside_any_others(features, dtype):
    X, Y = _data(0, features, dtype)
    engine = RidgeEngine(X, runs=RUNS, alphas=ALPHAS, backend="torch", block=BLOCK)
    whole = engine.fit(Y)
    for part in (slice(0, BLOCK), slice(BLOCK, None), slice(2 * BLOCK, None)):
        _assert_equal(engine.fit(Y[:, part]), whole, part)


@few
@given(seeds, widths, st.permutations(range(3)), st.sampled_from([(0,), (0, 2), (-1, 1, 3)]))
def test_the_order_of_the_runs_does_not_matter(seed, features, order, delays):
    X, Y = _data(seed, features, np.float64, voxels=5)
    rows = np.concatenate([np.flatnonzero(run == RUNS) for run in order])
    fit, turned = (_fit(X[i], Y[i], RUNS[i], delays=delays) for i in (np.arange(len(RUNS)), rows))
    np.testing.assert_allclose(turned.cv_scores, fit.cv_scores, atol=1e-10)
    np.testing.assert_allclose(turned.coef, fit.coef, atol=1e-10)


@few
@given(seeds, st.floats(0.3, 0.9))
def test_a_planted_ceiling_is_reached(seed, ceiling):
    rng = np.random.default_rng(seed)
    runs = np.repeat(np.arange(5), 200)
    noise = np.sqrt(1 / ceiling**2 - 1)
    X, Y = ridge_oracle.planted(rng, runs, 5, 40, noise)
    fit = ridge_cv(X, Y, runs=runs, alphas=ALPHAS, block=BLOCK)
    assert fit.best_scores.mean() == pytest.approx(ceiling, abs=0.03)


@pytest.mark.parametrize("memory", [0.0, 0.6], ids=["white", "autocorrelated"])
@pytest.mark.parametrize("features", [20, 300])
def test_noise_scores_at_chance(memory, features):
    rng = np.random.default_rng(0)
    runs = np.repeat(np.arange(5), 50)
    X, Y = (lfilter([1], [1, -memory], rng.normal(size=(250, n)), axis=0) for n in (features, 600))
    X, Y = X.astype(np.float32), Y.astype(np.float32)
    train, test = leave_one_run_out(runs)[-1]
    fit = ridge_cv(X[train], Y[train], runs=runs[train], alphas=ALPHAS, delays=(0, 1), block=192)
    r = pearson(Y[test], fit.predict(X[test], runs[test]))
    # Voxels share the features, so that their chance scores are not independent of one another.
    assert np.abs(r.mean()) < 0.03
    assert np.abs((r > 0).mean() - 0.5) < 0.1
    assert np.abs(fit.cv_scores.mean()) < 0.03
