import numpy as np
import pytest

from braid.fitting import delay
from braid.fitting.delays import design_matrix

X = np.arange(1.0, 7.0)[:, None] * [1, 10]
RUNS = np.array(["a", "a", "a", "b", "b", "b"])


def test_each_run_starts_with_zeros():
    assert delay(X, [1], RUNS)[:, 0].tolist() == [0, 1, 2, 0, 4, 5]


def test_without_runs_the_last_rows_of_a_run_leak_into_the_next():
    assert delay(X, [2])[:, 0].tolist() == [0, 0, 1, 2, 3, 4]


def test_a_negative_delay_looks_ahead():
    assert delay(X, [-1], RUNS)[:, 0].tolist() == [2, 3, 0, 5, 6, 0]


def test_columns_are_all_features_at_the_first_delay_then_at_the_second():
    delayed = delay(X, [0, 1], RUNS)
    np.testing.assert_array_equal(delayed[:, :2], X)
    assert delayed[1].tolist() == [2, 20, 1, 10]


@pytest.mark.parametrize("steps", [3, -3, 100, -100])
def test_a_delay_longer_than_the_run_leaves_zeros(steps):
    assert not delay(X, [steps], RUNS).any()


def test_the_type_of_the_features_is_kept():
    assert delay(X.astype(np.float32), [0, 1], RUNS).dtype == np.float32


def test_edges_choose_between_runs_and_the_stack():
    np.testing.assert_array_equal(design_matrix(X, RUNS, [1], "run"), delay(X, [1], RUNS))
    np.testing.assert_array_equal(design_matrix(X, RUNS, [1], "stack"), delay(X, [1]))


def test_features_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="row 1, column 0"):
        design_matrix(np.array([[0.0], [np.nan]]), RUNS[:2], [0], "run")
