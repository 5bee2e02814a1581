"""The one array format: NetCDF-4 with named dimensions, units and identity in attributes."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import h5netcdf  # noqa: F401  (the engine below; imported here so that its absence shows at once)
import numpy as np
import xarray as xr

from braid.errors import BadInput
from braid.store.files import atomic

VOXEL_BLOCK = 768
"""Voxel-wise work reads columns: all of time for a block of voxels, as many as fits take at a time.
Of a 9,000-TR subject that is 28 MB in float32, a comfortable read."""
FEATURE_BLOCK = 768
"""Features of pictures are decoded and aligned by columns too: all pictures of a shard for a block
of features. Of 1,000 pictures that is 3 MB in float32."""


def save(path: str | Path, data: xr.Dataset, mode: int = 0o644) -> None:
    """Write `data` to `path` atomically, then read it back and compare it value by value.

    Parameters
    ----------
    path
        Where to write; parents are made.
    data
        Named dimensions, coordinates and attributes. A dimension `voxel` is stored in blocks, and
        so is `feature` beside `image`.
    mode
        Permissions of the file.

    Raises
    ------
    OSError
        When what was read back differs from what was written.
    BadInput
        When the disk has no room for it.
    """
    with atomic(path, mode, data.nbytes) as partial:
        data.to_netcdf(partial, engine="h5netcdf", encoding=_chunks(data))
        _check(partial, data)


def load(
    path: str | Path,
    dims: Mapping[str, tuple[str, ...]] | None = None,
    identity: Mapping[str, str] | None = None,
    without: Collection[str] = (),
) -> xr.Dataset:
    """Read an artefact, refusing one that is not what the caller expects.

    Parameters
    ----------
    path
        A file that `save` wrote.
    dims
        Variables that must be there, each with its dimensions in order.
    identity
        Attributes that must be there with these values, such as `subject` or `space`.
    without
        Variables to leave on disk, for `braid.store.Columns` to read in blocks.

    Raises
    ------
    BadInput
        When the file is missing, truncated, or of another identity, variable or dimension.
    """
    with _readable(path), xr.open_dataset(path, engine="h5netcdf") as data:
        for name, expected in (dims or {}).items():
            _require_variable(path, data, name, expected)
        for name, expected in (identity or {}).items():
            _require_attribute(path, data, name, expected)
        return data.drop_vars(without, errors="ignore").load()


def _chunks(data: xr.Dataset) -> dict[str, dict]:
    return {
        str(name): {"chunksizes": _block(array)}
        for name, array in data.variables.items()
        if array.size and ({"voxel"} < {*array.dims} or {"image", "feature"} <= {*array.dims})
    }


def _block(array: xr.Variable) -> tuple[int, ...]:
    """All rows of a block of columns, of one layer."""
    if "voxel" in array.dims:
        blocks = {"voxel": VOXEL_BLOCK}
    else:
        blocks = {"feature": FEATURE_BLOCK, "layer": 1}
    return tuple(min(size, blocks.get(str(dim), size)) for dim, size in array.sizes.items())


def _check(path: Path, data: xr.Dataset) -> None:
    with xr.open_dataset(path, engine="h5netcdf") as stored:
        for name, array in data.variables.items():
            if not _same(stored[name].variable, array):
                raise OSError(f"{path}: {name!r} was read back different from what was written")


def _same(stored: xr.Variable, wanted: xr.Variable) -> bool:
    """Compare a stored variable with the one in memory, a block of columns at a time."""
    if stored.dims != wanted.dims or stored.shape != wanted.shape:
        return False
    if not wanted.ndim:
        return bool(_equal(stored.values, wanted.values))
    starts = range(0, wanted.shape[-1], VOXEL_BLOCK)
    return all(
        _equal(stored[..., i : i + VOXEL_BLOCK].values, wanted[..., i : i + VOXEL_BLOCK].values)
        for i in starts
    )


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b, equal_nan=np.issubdtype(b.dtype, np.floating))


@contextmanager
def _readable(path: str | Path) -> Iterator[None]:
    """Say of a file that cannot be read which one it is."""
    try:
        yield
    except BadInput:
        raise
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise BadInput(
            path,
            "file",
            f"not a readable artefact ({type(error).__name__}: {error})",
            "delete it and run the rule that makes it again",
        ) from error


def _require_variable(path: str | Path, data: xr.Dataset, name: str, dims: tuple[str, ...]) -> None:
    if name not in data:
        found = ", ".join(map(str, data.variables))
        raise BadInput(
            path, name, f"no such variable; found {found}", "rerun the rule that made it"
        )
    if data[name].dims != dims:
        raise BadInput(
            path,
            name,
            f"dimensions {data[name].dims}, expected {dims}",
            "rerun the rule that made it",
        )


def _require_attribute(path: str | Path, data: xr.Dataset, name: str, expected: str) -> None:
    found = data.attrs.get(name)
    if found != expected:
        raise BadInput(
            path, name, f"is {found!r}, expected {expected!r}", "pass the file of that identity"
        )
