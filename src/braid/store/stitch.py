"""Files of neighbouring voxels made one, without holding them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import h5netcdf
import numpy as np

from braid.store.arrays import VOXEL_BLOCK, load
from braid.store.files import atomic


def stitch(path: str | Path, parts: Sequence[str | Path], name: str, mode: int = 0o644) -> None:
    """Set a variable of several artefacts side by side, a block of voxels in memory at a time.

    Written atomically, read back and compared, as `save` does.

    Parameters
    ----------
    path
        Where to write; parents are made.
    parts
        Artefacts that `save` wrote, in the order of their voxels.
    name
        The one variable with a dimension `voxel`, its second. All else is of the first part.
    mode
        Permissions of the file.

    Raises
    ------
    OSError
        When what was read back differs from what was written.
    BadInput
        When the disk has no room for it.
    """
    with atomic(path, mode, sum(Path(part).stat().st_size for part in parts)) as partial:
        load(parts[0], without=(name,)).to_netcdf(partial, engine="h5netcdf")
        _append(partial, parts, name)
        _check(partial, parts, name)


def _append(path: Path, parts: Sequence[str | Path], name: str) -> None:
    with h5netcdf.File(parts[0], "r") as first:
        model = first.variables[name]
        (row, rows), dtype = (model.dimensions[0], model.shape[0]), model.dtype
    voxels = sum(_voxels(part) for part in parts)
    with h5netcdf.File(path, "r+") as whole:
        whole.dimensions["voxel"] = voxels
        chunks = (rows, min(voxels, VOXEL_BLOCK))
        made = whole.create_variable(name, (row, "voxel"), dtype, chunks=chunks)
        for where, values in _pieces(parts, name):
            made[:, where] = values


def _check(path: Path, parts: Sequence[str | Path], name: str) -> None:
    with h5netcdf.File(path, "r") as whole:
        for where, values in _pieces(parts, name):
            if not np.array_equal(whole.variables[name][:, where], values, equal_nan=True):
                raise OSError(f"{path}: {name!r} was read back different from what was written")


def _voxels(part: str | Path) -> int:
    with h5netcdf.File(part, "r") as file:
        return file.dimensions["voxel"].size


def _pieces(parts: Sequence[str | Path], name: str) -> Iterator[tuple[slice, np.ndarray]]:
    """Blocks of all parts, each with its place in the whole."""
    offset = 0
    for part in parts:
        with h5netcdf.File(part, "r") as file:
            variable, voxels = file.variables[name], file.dimensions["voxel"].size
            for start in range(0, voxels, VOXEL_BLOCK):
                values = variable[:, start : start + VOXEL_BLOCK]
                yield slice(offset + start, offset + start + values.shape[1]), values
        offset += voxels
