"""Z-scores, trims and the words of each TR."""

import numpy as np
import pytest
from scipy import stats

from braid.errors import BadInput
from braid.timing import check_count, trim, zscore

RUNS = np.repeat(["a", "b"], [30, 20])


def test_zscore_is_scipys_run_by_run():
    X = np.random.default_rng(0).normal(3, 2, (50, 4))
    expected = np.concatenate([stats.zscore(X[:30]), stats.zscore(X[30:])])
    np.testing.assert_allclose(zscore(X, RUNS), expected)


def test_a_column_constant_in_one_run_is_zero_there_only():
    X = np.random.default_rng(1).normal(size=(50, 2))
    X[:30, 1] = 0.1  # not exact in binary: the mean of its copies differs from it
    scaled = zscore(X, RUNS)
    assert (scaled[:30, 1] == 0).all()
    assert scaled[30:, 1].std() == pytest.approx(1)


def test_zscore_takes_layers_and_keeps_the_precision():
    X = np.random.default_rng(2).normal(size=(50, 3, 4)).astype(np.float32)
    assert zscore(X, RUNS).dtype == np.float32
    np.testing.assert_allclose(zscore(X, RUNS)[:, 1], zscore(X[:, 1], RUNS))


def test_trim_cuts_both_ends_of_every_run():
    row = np.arange(50)
    kept = trim(row, RUNS, 10, 5)
    np.testing.assert_array_equal(kept, [*range(10, 25), *range(40, 45)])
    assert trim(RUNS, RUNS, 10, 5).tolist() == ["a"] * 15 + ["b"] * 5
    np.testing.assert_array_equal(trim(row, RUNS, 0, 0), row)


def test_a_count_that_differs_names_both_the_run_and_the_trim():
    check_count("souls.hf5", "souls", 355, 355, (10, 5))
    with pytest.raises(BadInput, match=r"run souls: holds 350 TRs.*has 355 \(370 less 10 .* and 5"):
        check_count("souls.hf5", "souls", 350, 355, (10, 5))
