import numpy as np
import pytest
import ridge_oracle

from braid.fitting import contiguous_blocks, delay, leave_one_run_out
from braid.fitting.engine.backends import to_backend, to_numpy
from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import lay_out
from braid.fitting.engine.spectra import Dual, Primal, amplification, decompose, precise
from braid.fitting.engine.statistics import Products, Rows

RUNS = np.repeat([0, 1, 2, 3], [9, 5, 12, 8])
TRS = len(RUNS)
ALPHAS = np.logspace(-3, 3, 5)
FOLDS = {"runs": leave_one_run_out(RUNS), "gaps": contiguous_blocks(TRS, 3, 2)}

forms = pytest.mark.parametrize("form", [Primal, Dual])
backends = pytest.mark.parametrize("backend", ["numpy", "torch"])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _prepared(form, X, folds, backend="numpy"):
    layout = lay_out(RUNS, np.arange(TRS), folds, (0, 1))
    lagged = Lagged.place(X, layout.places, layout.length, (0, 1), backend)
    return form(lagged, layout), Products(lagged, layout) if form is Primal else Rows(layout)


@forms
@backends
@pytest.mark.parametrize("features", [1, 4, 30])
@pytest.mark.parametrize("folds", FOLDS.values(), ids=FOLDS)
def test_both_forms_predict_as_the_dense_ridge(rng, form, backend, features, folds):
    X, Y = rng.normal(size=(TRS, features)), rng.normal(size=(TRS, 6))
    prepared, statistics = _prepared(form, X, folds, backend)
    A = delay(X, (0, 1), RUNS)
    placed = np.zeros((6, prepared.layout.length))
    placed[:, prepared.layout.rows] = Y.T
    given = statistics.of(to_backend(placed, backend))
    for k, (train, test) in enumerate(folds):
        squares, axes, left_out = prepared.fold(k, ALPHAS)
        Z = to_numpy(statistics.of_fold(given, k) @ axes).T
        for alpha in ALPHAS:
            P = to_numpy(left_out) @ (Z / (to_numpy(squares)[:, None] + alpha))
            expected = A[test] @ ridge_oracle.weights(A[train], Y[train], alpha)
            np.testing.assert_allclose(P, expected, atol=1e-10)
    squares, axes, back = prepared.whole(ALPHAS)
    Z = to_numpy(statistics.of_all(given) @ axes).T / (to_numpy(squares)[:, None] + 0.1)
    expected = ridge_oracle.weights(A, Y, 0.1)
    np.testing.assert_allclose(to_numpy(back).T @ Z, expected, atol=1e-10)


@forms
def test_a_fold_has_as_many_axes_as_its_training_rows_have_directions(rng, form):
    X = rng.normal(size=(TRS, 2)) @ rng.normal(size=(2, 5))
    prepared, _ = _prepared(form, X, FOLDS["runs"])
    assert [len(prepared.fold(k, ALPHAS).squares) for k in range(4)] == [4] * 4
    assert len(prepared.whole(ALPHAS).squares) == 4


@backends
def test_null_directions_are_dropped(rng, backend):
    A = rng.normal(size=(50, 4)) @ rng.normal(size=(4, 20))
    squares, axes = map(to_numpy, decompose(to_backend(A.T @ A, backend)))
    np.testing.assert_allclose(squares, np.linalg.svd(A)[1][3::-1] ** 2)
    np.testing.assert_allclose(axes * squares @ axes.T, A.T @ A, atol=1e-11)


def test_a_direction_that_is_small_but_not_null_is_kept(rng):
    squares = np.array([1e-12, 1.0, 3.0])
    axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    found, _ = decompose(axes * squares @ axes.T)
    np.testing.assert_allclose(found, squares, rtol=1e-3)


def test_rounding_is_amplified_where_small_penalties_meet_small_eigenvalues():
    thin, even = np.logspace(-10, 0, 50), np.linspace(0.5, 1, 50)
    tiny, large = np.array([1e-12]), np.array([10.0])
    assert amplification(even, even, tiny) < 2
    assert amplification(thin, thin, large) < 5
    assert amplification(thin, thin, tiny) > 1000
    assert amplification(thin, thin, np.r_[tiny, large]) == amplification(thin, thin, tiny)
    assert amplification(7 * thin, thin, 7 * tiny) == pytest.approx(amplification(thin, thin, tiny))


def test_rounding_is_amplified_more_on_rows_that_vary_where_training_rows_do_not():
    thin = np.logspace(-4, 0, 50)
    alphas = np.array([1e-12])
    assert amplification(thin, np.ones(50), alphas) > 2 * amplification(thin, thin, alphas)


@backends
def test_amplified_rounding_asks_for_double_precision(rng, backend):
    layout = lay_out(RUNS, np.arange(TRS), FOLDS["runs"], (0,))
    X = rng.normal(size=(TRS, 4)).astype(np.float32)
    lagged = Lagged.place(X, layout.places, layout.length, (0,), backend)
    thin = to_backend(np.logspace(-10, 0, 50), backend)
    left_out = to_backend(rng.normal(size=(9, 50)), backend)
    assert precise(lagged, thin, left_out, np.array([10.0])) is lagged
    doubled = precise(lagged, thin, left_out, np.array([1e-12]))
    np.testing.assert_array_equal(to_numpy(doubled.base), to_numpy(lagged.base))
    assert doubled.is_double
    assert precise(doubled, thin, left_out, np.array([1e-12])) is doubled


@forms
def test_a_fold_thinner_than_the_whole_asks_for_double_precision(rng, form):
    X = np.repeat(rng.normal(size=(TRS, 1)), 2, axis=1).astype(np.float32)
    X[RUNS == 1, 1] *= 3
    X[:, 1] += 1e-4 * rng.normal(size=TRS).astype(np.float32)
    prepared, _ = _prepared(form, X, FOLDS["runs"])
    assert prepared.fold(0, ALPHAS).axes.dtype == np.float32
    assert prepared.fold(1, np.array([1e-12])).axes.dtype == np.float64


@forms
def test_features_in_single_precision_are_decomposed_in_double(rng, form):
    X = rng.normal(size=(TRS, 4)).astype(np.float32)
    prepared, _ = _prepared(form, X, FOLDS["runs"])
    squares, axes, left_out = prepared.fold(0, ALPHAS)
    assert (squares.dtype, axes.dtype, left_out.dtype) == (np.float64, np.float32, np.float32)
    train = FOLDS["runs"][0][0]
    singular = np.linalg.svd(delay(X.astype(np.float64), (0, 1), RUNS)[train])[1]
    np.testing.assert_allclose(squares, np.sort(singular**2), rtol=1e-12)
