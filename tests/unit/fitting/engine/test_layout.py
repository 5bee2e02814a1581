import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.fitting import contiguous_blocks, hold_out, leave_one_run_out
from braid.fitting.engine.layout import consecutive, lay_out, place

RUNS = np.repeat(["b", "a", "d", "c"], [5, 3, 6, 4])
EVERY = np.arange(len(RUNS))


def _rows_of(slices, length):
    return np.concatenate([np.arange(length)[s] for s in slices])


@pytest.mark.parametrize(
    ("delays", "room"), [((0,), 0), ((1, 2, 3), 3), ((-2, 4), 6), ((-3, -1), 3), ((9,), 9)]
)
def test_runs_are_apart_by_all_that_delays_reach(delays, room):
    layout = lay_out(RUNS, EVERY, leave_one_run_out(RUNS), delays)
    assert layout.length == len(RUNS) + 5 * room
    assert len(np.unique(layout.places)) == len(RUNS)
    gaps = np.diff(np.sort(layout.places))
    assert sorted(gaps[gaps > 1] - 1) == [room] * 3 * (room > 0)
    assert layout.places.min() == room
    assert layout.places.max() == layout.length - room - 1


def test_rows_of_a_run_stay_in_order():
    layout = lay_out(RUNS, EVERY, leave_one_run_out(RUNS), (0, 2))
    for segment in consecutive(RUNS):
        assert (np.diff(layout.places[segment]) == 1).all()


def test_runs_that_a_fold_tests_lie_together():
    folds = hold_out(RUNS, ["a", "c"]) + hold_out(RUNS, ["b", "d"])
    layout = lay_out(RUNS, EVERY, folds, (0,))
    assert [len(slices) for slices in layout.stretches] == [1, 1]


def test_a_label_that_comes_back_begins_another_stretch():
    assert [part.tolist() for part in consecutive(np.array([1, 1, 0, 1]))] == [[0, 1], [2], [3]]


def test_places_of_segments_follow_one_another():
    places, length = place([np.array([2, 3]), np.array([0, 1])], (0, 1))
    assert places.tolist() == [4, 5, 1, 2]
    assert length == 7


folds_of_rows = st.lists(
    st.lists(st.sampled_from(["train", "test", "neither"]), min_size=12, max_size=12).filter(
        lambda role: {"train", "test"} <= set(role)
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    folds_of_rows, st.lists(st.integers(-3, 5), min_size=1, max_size=3), st.permutations(range(18))
)
def test_atoms_part_the_rows_and_folds_are_made_of_them(roles, delays, order):
    rows = np.array(order[:12])
    folds = [
        tuple(np.flatnonzero(np.array(role) == name) for name in ("train", "test"))
        for role in roles
    ]
    layout = lay_out(RUNS, rows, folds, delays)
    np.testing.assert_array_equal(
        np.sort(np.concatenate(layout.atoms)), np.sort(layout.places[rows])
    )
    for k, (train, test) in enumerate(folds):
        kept = [layout.atoms[i] for i in np.flatnonzero(~layout.left_out[k])]
        np.testing.assert_array_equal(
            np.sort(np.concatenate(kept)), np.sort(layout.places[rows[train]])
        )
        np.testing.assert_array_equal(layout.train[k], layout.places[rows[train]])
        np.testing.assert_array_equal(layout.test[k], layout.places[rows[test]])
    for atom, slices in zip(layout.atoms, layout.stretches, strict=True):
        covered = _rows_of(slices, layout.length)
        np.testing.assert_array_equal(np.intersect1d(covered, layout.places), atom)
        assert len(covered) == len(np.unique(covered))


@pytest.mark.parametrize("fold", [([0, 1], [1, 2]), ([], [1]), ([1], [])])
def test_a_fold_that_tests_what_it_trains_on_or_nothing_is_refused(fold):
    train, test = (np.array(part, dtype=int) for part in fold)
    with pytest.raises(ValueError, match="rows to train on and other rows to test"):
        lay_out(RUNS, EVERY, [(train, test)], (0,))


def test_gaps_of_block_folds_belong_to_no_fold_but_are_atoms():
    layout = lay_out(np.zeros(18), EVERY, contiguous_blocks(18, 3, 2), (0, 1))
    assert layout.left_out.sum(axis=1).min() >= 2
    assert sum(map(len, layout.atoms)) == 18


@pytest.mark.parametrize("train", [[0, 1, 1], [0, 1, 5]], ids=["twice", "tested"])
def test_a_fold_takes_each_row_once(train):
    folds = [(np.array(train), np.array([4, 5]))]
    with pytest.raises(ValueError, match="each row once"):
        lay_out(np.zeros(6), np.arange(6), folds, (0,))
