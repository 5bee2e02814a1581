import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.fitting import contiguous_blocks, hold_out, leave_one_run_out

PROPERTY = settings(deadline=None, database=None, max_examples=60)


@PROPERTY
@given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=30).filter(lambda x: len(set(x)) > 1))
def test_leaving_one_run_out_never_shares_a_run_and_tests_every_tr_once(labels):
    runs = np.array(labels)
    folds = leave_one_run_out(runs)
    assert len(folds) == len(set(labels))
    for train, test in folds:
        assert len(set(runs[test])) == 1
        assert not set(runs[train]) & set(runs[test])
        assert sorted([*train, *test]) == list(range(len(runs)))
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(runs)))


def test_runs_are_left_out_in_order_of_appearance():
    runs = np.array(["second", "second", "first"])
    assert [test.tolist() for _, test in leave_one_run_out(runs)] == [[0, 1], [2]]


def test_one_run_alone_cannot_be_left_out():
    with pytest.raises(ValueError, match="no run to train on"):
        leave_one_run_out(np.array([1, 1, 1]))


def test_hold_out_tests_on_the_named_runs():
    ((train, test),) = hold_out(np.array(["a", "b", "c", "a"]), ["c", "a"])
    assert (train.tolist(), test.tolist()) == ([1], [0, 2, 3])


@pytest.mark.parametrize(
    ("held", "message"),
    [
        (["x", "a"], r"no such run to hold out: \['x'\]"),
        (["a", "b"], "no run to train on"),
        ([], "none to test"),
    ],
)
def test_hold_out_refuses_what_it_cannot_do(held, message):
    with pytest.raises(ValueError, match=message):
        hold_out(np.array(["a", "b"]), held)


@PROPERTY
@given(n=st.integers(20, 200), k=st.integers(2, 8), gap=st.integers(0, 4))
def test_blocks_cover_the_recording_and_keep_the_gap(n, k, gap):
    folds = contiguous_blocks(n, k, gap)
    assert np.concatenate([test for _, test in folds]).tolist() == list(range(n))
    for train, test in folds:
        assert np.ptp(test) == len(test) - 1
        distance = np.abs(train[:, None] - test).min(axis=1)
        assert (distance > gap).all()
        near = np.abs(np.arange(n)[:, None] - test).min(axis=1) <= gap
        assert len(train) == n - near.sum()


def test_block_lengths_differ_by_one_at_most():
    assert [len(test) for _, test in contiguous_blocks(11, 3, 0)] == [4, 4, 3]


@pytest.mark.parametrize(("n", "k", "gap"), [(10, 1, 0), (3, 4, 0), (10, 2, -1)])
def test_blocks_that_cannot_be_cut_are_refused(n, k, gap):
    with pytest.raises(ValueError, match="cannot cut"):
        contiguous_blocks(n, k, gap)


def test_a_gap_that_leaves_nothing_to_train_on_is_refused():
    with pytest.raises(ValueError, match="nothing to train on"):
        contiguous_blocks(10, 2, 5)
