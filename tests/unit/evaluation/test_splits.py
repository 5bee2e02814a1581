"""Rows that are trained on and left out, where rows are trials of pictures."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from pydantic import TypeAdapter

from braid.datasets.nsd.design import full_split
from braid.errors import BadInput
from braid.evaluation.splits import rows
from braid.study import Folds

SESSIONS, TRIALS, PICTURES = 5, 60, 100


@pytest.fixture
def labels():
    """Five sessions of 60 trials; each of 100 pictures is seen three times, every fifth shared."""
    image = np.random.default_rng(0).permutation(np.repeat(7 * np.arange(PICTURES), 3))
    run = np.repeat([f"subj01_session{n:02d}" for n in range(1, SESSIONS + 1)], TRIALS)
    columns = {"run": run, "image": image, "shared": image % 35 == 0}
    return xr.Dataset({}, {name: ("tr", values) for name, values in columns.items()})


def split(labels, **folds):
    return rows(TypeAdapter(Folds).validate_python(folds), labels, 4 / 3, "twin")


def test_a_picture_is_left_out_with_all_its_trials_once(labels):
    image = labels["image"].values
    folds = split(labels, kind="pictures", k=4)
    assert len(folds) == 4
    assert sorted(np.concatenate([test for _, test in folds])) == [*range(len(image))]
    for train, test in folds:
        assert not set(image[train]) & set(image[test])
        assert len(train) + len(test) == len(image)
        assert len(set(image[test])) == PICTURES / 4


def test_groups_of_pictures_do_not_depend_on_the_order_of_trials(labels):
    order = np.random.default_rng(1).permutation(labels.sizes["tr"])
    groups = [
        {frozenset(part["image"].values[test]) for _, test in split(part, kind="pictures", k=3)}
        for part in (labels, labels.isel(tr=order))
    ]
    assert groups[0] == groups[1]


@pytest.mark.parametrize("sessions", [2, 4, 5])
def test_shared_pictures_are_split_as_the_reader_of_nsd_says(labels, sessions):
    ((train, test),) = split(labels, kind="shared", sessions={"twin": sessions, "public": 1})
    trials = pd.DataFrame({name: labels[name].values for name in ("run", "image", "shared")})
    expected = full_split(trials, sessions)
    np.testing.assert_array_equal(train, np.flatnonzero(expected.train))
    np.testing.assert_array_equal(test, np.flatnonzero(expected.test))
    assert len(train) + len(test) == sessions * TRIALS


def test_trials_of_no_shared_picture_have_nothing_to_test_on(labels):
    own = labels.isel(tr=np.flatnonzero(~labels["shared"].values))
    with pytest.raises(BadInput, match="no shared picture was shown in these 3 sessions"):
        split(own, kind="shared", sessions={"twin": 3})


@pytest.mark.parametrize(
    "folds", [{"kind": "pictures", "k": 2}, {"kind": "shared", "sessions": {"twin": 1}}]
)
def test_rows_that_are_no_trials_cannot_be_split_by_picture(labels, folds):
    with pytest.raises(BadInput, match="the rows are no trials of pictures"):
        split(labels[["run"]].drop_vars(["image", "shared"]), **folds)


def test_runs_blocks_and_echoes_are_split_whatever_else_rows_say(labels):
    run = labels["run"].values
    for train, test in split(labels, kind="runs"):
        assert len(set(run[test])) == 1
        assert not set(run[test]) & set(run[train])
    held = split(labels, kind="held_out", runs={"twin": ["subj01_session02"]})
    assert held[0][1].tolist() == [*range(60, 120)]
    blocks = split(labels, kind="blocks", k=3, gap=4)
    assert [test.tolist() for _, test in blocks] == [[*range(i, i + 100)] for i in (0, 100, 200)]
    assert blocks[0][0].min() == 103
    echoed = labels.assign_coords(run=("tr", np.where(np.arange(300) % 3, "a_echo-1", "a_echo-2")))
    assert split(echoed, kind="echo", test=2)[0][1].tolist() == [*range(0, 300, 3)]
