"""Variables over voxels that are not loaded whole: columns of many files, a block at a time."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import EllipsisType
from typing import cast

import h5py
import numpy as np

from braid.errors import BadInput


class Columns(ExitStack[None]):
    """One variable of several artefacts, the rows of all files below one another.

    Slices are read when they are asked for: `columns[:, a:b]` gives all rows of some voxels. Blocks
    that begin at multiples of `VOXEL_BLOCK` are contiguous on disk.

    Parameters
    ----------
    paths
        Artefacts that `save` wrote, with the same voxels.
    name
        The variable, dimensions (..., row, voxel).

    Raises
    ------
    BadInput
        When two files have different voxels.
    """

    def __init__(self, paths: Sequence[str | Path], name: str) -> None:
        super().__init__()
        files = [self.enter_context(h5py.File(path)) for path in paths]
        self._arrays = [cast(h5py.Dataset, file[name]) for file in files]
        *leading, _, voxels = self._arrays[0].shape
        for path, array in zip(paths, self._arrays, strict=True):
            _require_voxels(path, array, voxels)
        rows = sum(array.shape[-2] for array in self._arrays)
        self.shape = (*leading, rows, voxels)

    def __getitem__(self, key: tuple[slice | EllipsisType, slice]) -> np.ndarray:
        """Read all rows of some voxels."""
        return np.concatenate([array[key] for array in self._arrays], axis=-2)

    def files(self) -> Iterator[np.ndarray]:
        """Read the rows of one file after the other, all their voxels."""
        return (array[...] for array in self._arrays)


def holds(path: str | Path, name: str) -> bool:
    """Whether an artefact has a variable."""
    with h5py.File(path) as file:
        return name in file


def _require_voxels(path: str | Path, array: h5py.Dataset, voxels: int) -> None:
    if array.shape[-1] != voxels:
        raise BadInput(
            path,
            "voxel",
            f"{array.shape[-1]} voxels, {voxels} in the first file",
            "use recordings of one subject in one space",
        )
