"""The lock of ds003020 against the layout that the readers expect: sizes are arithmetic."""

import csv
from pathlib import Path

import pytest

from braid.datasets import ds003020

LOCK = Path(ds003020.__file__).parents[3] / "resources" / "locks" / "ds003020.tsv"
VOXELS = {"UTS01": 81126, "UTS02": 94251, "UTS03": 95556}
HEADER = 2048  # what HDF5 writes before one contiguous data set


@pytest.fixture(scope="module")
def lock():
    with LOCK.open(newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file, delimiter="\t")}


@pytest.fixture(scope="module")
def size(lock):
    return {path: int(row["bytes"]) for path, row in lock.items()}


@pytest.fixture(scope="module")
def trs():
    lengths = Path(ds003020.__file__).parents[3] / "resources" / "ds003020" / "public.tsv"
    with lengths.open(newline="") as file:
        return {row["story"]: int(row["trs"]) for row in csv.DictReader(file, delimiter="\t")}


def test_the_lock_is_the_431_files_of_three_subjects(size):
    assert len(size) == 431
    assert round(sum(size.values()) / 1e9, 2) == 68.09
    one = sum(n for path, n in size.items() if "UTS02" not in path and "UTS03" not in path)
    assert round(one / 1e9, 2) == 20.50


def test_every_file_has_a_digest(lock):
    assert {row["algorithm"] for row in lock.values()} == {"md5"}
    assert {len(row["digest"]) for row in lock.values()} == {32}


def test_84_stories_of_29768_trs(trs):
    assert (len(trs), sum(trs.values())) == (84, 29_768)


@pytest.mark.parametrize("subject", VOXELS)
def test_responses_are_float64_of_the_trimmed_story_by_the_voxels(size, trs, subject):
    for story in set(ds003020.recordings("public", subject)) - {"wheretheressmoke"}:
        rows = trs[story] - sum(ds003020.TRIM) - ds003020.PADDING
        path = ds003020.response_files(subject, story)["bold"]
        assert size[path] == HEADER + 8 * rows * VOXELS[subject], path


@pytest.mark.parametrize("subject", VOXELS)
def test_the_repeated_story_holds_its_mean_and_ten_repeats(size, trs, subject):
    rows = trs["wheretheressmoke"] - 20
    path = ds003020.response_files(subject, "wheretheressmoke")["bold"]
    assert 0 < size[path] - 8 * 11 * rows * VOXELS[subject] < 2 * HEADER


@pytest.mark.parametrize("subject", VOXELS)
def test_every_file_that_the_readers_name_is_locked(size, subject):
    stories = ds003020.recordings("public", subject)
    named = {
        *ds003020.anatomy_files(subject).values(),
        *ds003020.stimulus_files(stories).values(),
        *(p for story in stories for p in ds003020.response_files(subject, story).values()),
    }
    assert not named - set(size)


def test_the_twins_stories_are_real_ones_and_short():
    heard = ds003020.recordings("twin", "UTS01")
    assert set(heard) <= set(ds003020.recordings("public", "UTS01"))
    assert len(heard) == 9
