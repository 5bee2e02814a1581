import numpy as np
import pytest

from braid.fitting import contiguous_blocks, delay, hold_out, leave_one_run_out
from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import lay_out
from braid.fitting.engine.statistics import Products, Rows

RUNS = np.repeat([0, 1, 2, 3], [9, 4, 12, 7])
FOLDS = {
    "runs": leave_one_run_out(RUNS),
    "gaps": contiguous_blocks(len(RUNS), 4, 2),
    "one": hold_out(RUNS, [1]),
    "few to train on": [(test, train) for train, test in leave_one_run_out(RUNS)],
}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("folds", FOLDS.values(), ids=FOLDS)
def test_folds_get_the_products_or_rows_that_they_train_on(rng, folds):
    X, Y = rng.normal(size=(len(RUNS), 3)), rng.normal(size=(len(RUNS), 5))
    layout = lay_out(RUNS, np.arange(len(RUNS)), folds, (0, 2))
    A = delay(X, (0, 2), RUNS)
    Yt = np.zeros((5, layout.length))
    Yt[:, layout.rows] = Y.T
    products = Products(Lagged.place(X, layout.places, layout.length, (0, 2)), layout)
    rows = Rows(layout)
    for k, (train, _) in enumerate(folds):
        found = products.of_fold(products.of(Yt), k)
        np.testing.assert_allclose(found, Y[train].T @ A[train], atol=1e-12)
        np.testing.assert_array_equal(rows.of_fold(rows.of(Yt), k), Y[train].T)
    np.testing.assert_allclose(products.of_all(products.of(Yt)), Y.T @ A, atol=1e-12)
    np.testing.assert_array_equal(rows.of_all(rows.of(Yt)), Y.T)
