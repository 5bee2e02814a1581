"""Columns of many files, read a block at a time and ahead of the work."""

from threading import Event

import numpy as np
import pytest
import xarray as xr

from braid.errors import BadInput
from braid.fitting import read_ahead
from braid.store import Columns, holds, load, save


@pytest.fixture
def files(tmp_path):
    """Two recordings of 2,500 voxels, the second with three repeats."""
    random = np.random.default_rng(0)
    arrays = [random.standard_normal((rows, 2500)).astype(np.float32) for rows in (4, 6)]
    repeats = random.standard_normal((3, 6, 2500)).astype(np.float32)
    paths = [tmp_path / "a.nc", tmp_path / "b.nc"]
    save(paths[0], xr.Dataset({"bold": (("tr", "voxel"), arrays[0])}))
    second = {"bold": (("tr", "voxel"), arrays[1]), "repeats": (("repeat", "tr", "voxel"), repeats)}
    save(paths[1], xr.Dataset(second, coords={"time": ("tr", np.arange(6.0))}))
    return paths, np.vstack(arrays), repeats


def test_rows_of_all_files_lie_below_one_another(files):
    paths, bold, repeats = files
    twice = [paths[1], paths[1]]
    with Columns(paths, "bold") as columns, Columns(twice, "repeats") as single:
        assert columns.shape == (10, 2500)
        np.testing.assert_array_equal(columns[:, 1000:2100], bold[:, 1000:2100])
        assert single.shape == (3, 12, 2500)
        both = np.concatenate([repeats, repeats], axis=1)
        np.testing.assert_array_equal(single[..., 2400:2500], both[..., 2400:2500])


def test_files_of_other_voxels_are_refused(files, tmp_path):
    paths, *_ = files
    save(tmp_path / "c.nc", xr.Dataset({"bold": (("tr", "voxel"), np.zeros((2, 9)))}))
    with pytest.raises(BadInput, match=r"c\.nc: voxel: 9 voxels, 2500 in the first file"):
        Columns([*paths, tmp_path / "c.nc"], "bold")


def test_it_is_known_which_file_holds_a_variable(files):
    paths, *_ = files
    assert [holds(path, "repeats") for path in paths] == [False, True]


def test_large_variables_can_stay_on_disk(files):
    paths, *_ = files
    head = load(paths[1], {"bold": ("tr", "voxel")}, without=("bold", "repeats", "absent"))
    assert list(head.variables) == ["time"]


def test_the_next_block_is_read_while_one_is_worked_on():
    blocks = [slice(0, 2), slice(2, 4), slice(4, 5)]
    read = {block.start: Event() for block in blocks}

    def reader(block):
        read[block.start].set()
        return block.start

    found = read_ahead(reader, blocks)
    assert next(found) == (blocks[0], 0)
    assert read[2].wait(timeout=10)
    assert not read[4].wait(timeout=0.05)
    assert list(found) == [(blocks[1], 2), (blocks[2], 4)]


def test_an_error_of_the_reader_reaches_the_work():
    def reader(block):
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        list(read_ahead(reader, [slice(0, 1)]))


def test_nothing_is_read_of_no_blocks():
    assert list(read_ahead(lambda block: block, [])) == []
