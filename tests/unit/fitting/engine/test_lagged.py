import numpy as np
import pytest

from braid.fitting import contiguous_blocks, delay, leave_one_run_out
from braid.fitting.engine.backends import to_backend, to_numpy
from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import lay_out

RUNS = np.repeat([0, 1, 2, 3], [9, 4, 12, 7])
TRS, FEATURES = len(RUNS), 3
DELAYS = {
    "none": (0,), "hrf": (1, 2, 3, 4), "one": (2,), "ahead": (-2, -1), "both": (-1, 0, 2),
    "unsorted": (3, 0, -1), "uneven": (0, 3, 4), "longer than a run": (1, 6), "twice": (1, 1),
}  # fmt: skip
ROWS = {
    "all": np.arange(TRS),
    "some": np.flatnonzero(np.arange(TRS) % 5 != 2),
    "cut": np.r_[2:8, 10:12, 14:TRS],
}

delays = pytest.mark.parametrize("delays", DELAYS.values(), ids=DELAYS)
rows = pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
backends = pytest.mark.parametrize("backend", ["numpy", "torch"])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _setting(rng, rows, delays, backend="numpy", folds=None):
    X = rng.normal(size=(TRS, FEATURES))
    layout = lay_out(RUNS, rows, folds or leave_one_run_out(RUNS[rows]), delays)
    lagged = Lagged.place(X, layout.places, layout.length, delays, backend)
    row_of = np.full(layout.length, -1)
    row_of[layout.places] = np.arange(TRS)
    return layout, lagged, row_of, delay(X, delays, RUNS)


@delays
@rows
@backends
def test_grams_of_atoms_are_those_of_dense_rows(rng, rows, delays, backend):
    layout, lagged, row_of, A = _setting(rng, rows, delays, backend)
    for places, stretches in zip(layout.atoms, layout.stretches, strict=True):
        dense = A[row_of[places]]
        found = to_numpy(lagged.gram(places, stretches))
        np.testing.assert_allclose(found, dense.T @ dense, atol=1e-12)


@delays
@rows
@backends
def test_products_with_responses_are_those_of_dense_rows(rng, rows, delays, backend):
    layout, lagged, row_of, A = _setting(rng, rows, delays, backend)
    Yt = np.zeros((5, layout.length))
    Yt[:, layout.rows] = rng.normal(size=(5, len(rows)))
    for places, stretches in zip(layout.atoms, layout.stretches, strict=True):
        found = to_numpy(lagged.cross(to_backend(Yt, backend), stretches))
        np.testing.assert_allclose(found, Yt[:, places] @ A[row_of[places]], atol=1e-12)


@delays
@rows
@backends
def test_kernels_and_projections_are_those_of_dense_rows(rng, rows, delays, backend):
    layout, lagged, row_of, A = _setting(rng, rows, delays, backend)
    dense = A[row_of[layout.rows]]
    kernel = to_numpy(lagged.kernel(layout.rows))
    np.testing.assert_allclose(kernel, dense @ dense.T, atol=1e-12)
    axes = rng.normal(size=(A.shape[1], 4))
    projected = to_numpy(lagged.project(layout.rows, to_backend(axes, backend)))
    np.testing.assert_allclose(projected, dense @ axes, atol=1e-12)
    assert lagged.columns == A.shape[1]


def test_stretches_may_span_room_and_end_where_another_fold_begins(rng):
    folds = contiguous_blocks(TRS, 3, 1)
    layout, lagged, row_of, A = _setting(rng, np.arange(TRS), (0, 1, 3), folds=folds)
    spanning = [s for part in layout.stretches for s in part if (row_of[s] == -1).any()]
    assert spanning
    for places, stretches in zip(layout.atoms, layout.stretches, strict=True):
        dense = A[row_of[places]]
        np.testing.assert_allclose(lagged.gram(places, stretches), dense.T @ dense, atol=1e-12)


@backends
def test_grams_and_kernels_of_single_precision_features_are_summed_in_double(rng, backend):
    X = 1000 + rng.normal(size=(TRS, FEATURES)).astype(np.float32)
    layout = lay_out(RUNS, np.arange(TRS), leave_one_run_out(RUNS), (0, 1))
    lagged = Lagged.place(X, layout.places, layout.length, (0, 1), backend)
    A = delay(X, (0, 1), RUNS).astype(np.float64)
    whole = sum(
        to_numpy(lagged.gram(*part)) for part in zip(layout.atoms, layout.stretches, strict=True)
    )
    np.testing.assert_allclose(whole, A.T @ A, rtol=1e-13)
    kernel = to_numpy(lagged.kernel(layout.places))
    np.testing.assert_allclose(kernel, A @ A.T, rtol=1e-13)
    assert to_numpy(lagged.doubled().base).dtype == np.float64
