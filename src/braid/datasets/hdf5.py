"""Arrays of numbers in an HDF5 file, of which only what is asked for is read."""

from pathlib import Path

import numpy as np
import xarray as xr

from braid.errors import BadInput
from braid.store.pointers import refuse_pointer

_REFETCH = "fetch it again and check its digest against the lock"


def open_arrays(path: Path) -> xr.Dataset:
    """Open the arrays in the root group of a file, without reading them.

    Raises
    ------
    BadInput
        When the file was not fetched, or is not HDF5.
    """
    refuse_pointer(path)
    try:
        return xr.open_dataset(
            path, engine="h5netcdf", phony_dims="access", decode_cf=False, cache=False
        )
    except OSError as error:
        raise BadInput(path, "file", f"not readable as HDF5 ({error})", _REFETCH) from error


def numbers(path: Path, opened: xr.Dataset, key: str, *dims: tuple[str, ...]) -> xr.DataArray:
    """Name the dimensions of one array of an open file.

    Parameters
    ----------
    path
        The file.
    opened
        What `open_arrays` gave for it.
    key
        Name of the array in the file.
    dims
        The dimensions that it may have, one tuple for each number of them.

    Raises
    ------
    BadInput
        When there is no such array, or it holds no numbers, or has other dimensions.
    """
    if key not in opened:
        found = f"absent; found {sorted(map(str, opened.variables))}"
        raise BadInput(path, f"data set {key!r}", found, _REFETCH)
    array = opened[key]
    names = {len(group): group for group in dims}.get(array.ndim)
    if names is None or not np.issubdtype(array.dtype, np.number):
        expected = " or ".join(f"({', '.join(group)})" for group in dims)
        problem = f"{array.dtype} {array.shape}, expected numbers {expected}"
        raise BadInput(path, f"data set {key!r}", problem, _REFETCH)
    return array.rename(dict(zip(array.dims, names, strict=True)))
