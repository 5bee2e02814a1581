import numpy as np
import pytest

from braid.fitting.inputs import (
    require_aligned,
    require_finite,
    require_usable,
    unmask,
    usable,
)


@pytest.mark.fault(32)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_named_by_row_and_column(value):
    X = np.zeros((5, 4))
    X[3, 2] = value
    with pytest.raises(ValueError, match=r"row 3, column 2 \(1 values"):
        require_finite(X)


@pytest.mark.parametrize("lengths", [(5, 4, 4), (4, 5, 4), (4, 4, 5)])
def test_lengths_that_disagree_are_refused_not_cut(lengths):
    X, Y, runs = (np.zeros((n, 2)) for n in lengths)
    with pytest.raises(ValueError, match="X has {} TRs, Y {}, runs {}".format(*lengths)):
        require_aligned(X, Y, runs[:, 0])


@pytest.mark.fault(32, 33)
def test_usable_voxels_are_finite_and_vary():
    Y = np.random.default_rng(0).normal(size=(6, 5))
    Y[2, 0] = np.nan
    Y[:, 1] = np.nan
    Y[4, 2] = np.inf
    Y[:, 3] = 7
    assert usable(Y).tolist() == [False, False, False, False, True]


def test_responses_without_a_usable_voxel_are_refused():
    with pytest.raises(ValueError, match="none of the 3 voxels"):
        require_usable(np.full((4, 3), np.nan))


def test_unmask_puts_values_back_in_their_places():
    kept = np.array([False, True, False, True])
    full = unmask(np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32), kept)
    assert full.dtype == np.float32
    np.testing.assert_array_equal(full, [[np.nan, 1, np.nan, 2], [np.nan, 3, np.nan, 4]])
