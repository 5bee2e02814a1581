from threading import Event

import numpy as np
import pytest

from braid.fitting.engine.readahead import Columns, blocks_of

Y = np.arange(30.0).reshape(3, 10)


class Disk:
    """Responses that tell when they are read."""

    def __init__(self, broken_at=None):
        self.shape, self.broken_at = Y.shape, broken_at
        self.read = []
        self.second = Event()

    def __getitem__(self, key):
        first = key[1].start
        if first == self.broken_at:
            raise OSError("input/output error")
        self.read.append(first)
        if first > 0:
            self.second.set()
        return Y[key]


def test_blocks_are_all_columns_in_order():
    blocks = list(blocks_of(Y, 4))
    assert [block.shape[1] for block in blocks] == [4, 4, 2]
    np.testing.assert_array_equal(np.hstack(blocks), Y)


@pytest.mark.parametrize("width", [1, 4, 10, 99])
def test_each_column_is_read_once(width):
    disk = Disk()
    assert sum(block.shape[1] for block in blocks_of(disk, width)) == 10
    assert disk.read == list(range(0, 10, width))


def test_the_next_block_is_read_while_the_present_one_is_worked_on():
    disk = Disk()
    blocks = blocks_of(disk, 5)
    next(blocks)
    assert disk.second.wait(timeout=10)


def test_no_more_than_one_block_is_blocks_of():
    disk = Disk()
    blocks = blocks_of(disk, 2)
    next(blocks)
    assert disk.second.wait(timeout=10)
    assert disk.read == [0, 2]
    blocks.close()


@pytest.mark.parametrize("broken_at", [0, 4, 8])
def test_a_disk_error_surfaces_after_the_blocks_before_it(broken_at):
    blocks = blocks_of(Disk(broken_at), 4)
    for _ in range(broken_at // 4):
        next(blocks)
    with pytest.raises(OSError, match="input/output error"):
        next(blocks)


def test_what_has_a_shape_and_columns_will_do():
    assert isinstance(Disk(), Columns)
    assert isinstance(Y, Columns)
