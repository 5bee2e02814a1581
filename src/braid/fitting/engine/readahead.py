"""Responses that come from disk, a block of voxels at a time, each read once."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np

Block = TypeVar("Block")


@runtime_checkable
class Columns(Protocol):
    """An array (row, voxel), or anything that gives blocks of its columns: `[:, first:last]`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and voxels."""
        ...

    def __getitem__(self, key: Any, /) -> Any:
        """Columns of a pair of slices, as an array."""
        ...


def read_ahead(
    read: Callable[[slice], Block], blocks: Iterable[slice]
) -> Iterator[tuple[slice, Block]]:
    """Read blocks one by one; while one is worked on, a thread reads the next.

    Parameters
    ----------
    read
        What reads a block of voxels.
    blocks
        Which, in order.

    Yields
    ------
    tuple
        Each block, and what was read.
    """
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming: tuple[slice, Future[Block]] | None = None
        for block in blocks:
            due, coming = coming, (block, reader.submit(read, block))
            if due:
                yield due[0], due[1].result()
        if coming:
            yield coming[0], coming[1].result()


def blocks_of(Y: Columns, width: int) -> Iterator[np.ndarray]:
    """Blocks of columns, read ahead."""
    blocks = (slice(i, i + width) for i in range(0, Y.shape[1], width))
    return (columns for _, columns in read_ahead(lambda block: Y[:, block], blocks))
