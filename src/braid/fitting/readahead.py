"""Responses that come from disk, a block of voxels at a time, each read once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, runtime_checkable

import numpy as np


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


def read_ahead(Y: Columns, width: int) -> Iterator[np.ndarray]:
    """Blocks of columns, the next one read while the present one is worked on."""
    blocks = [slice(i, i + width) for i in range(0, Y.shape[1], width)]
    with ThreadPoolExecutor(max_workers=1) as reader:
        ahead = reader.submit(Y.__getitem__, (slice(None), blocks[0]))
        for block in blocks[1:]:
            ready, ahead = ahead.result(), reader.submit(Y.__getitem__, (slice(None), block))
            yield ready
        yield ahead.result()
