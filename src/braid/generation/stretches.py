"""Generated pictures on disk, a batch at a time: all of them would not fit in memory."""

from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

import h5netcdf
import numpy as np
import xarray as xr
from jaxtyping import UInt8

from braid.store import atomic

DIMS = ("image", "sample", "row", "column", "channel")


def save(
    path: str | Path,
    frame: xr.Dataset,
    size: int,
    stretches: Iterable[UInt8[np.ndarray, "pair row column 3"]],
    mode: int = 0o644,
) -> None:
    """Write `pictures` (image, sample, row, column, channel) beside what `frame` holds.

    Written atomically, read back and compared, as `braid.store.save` does; each picture is
    compressed by itself, so that one can be read alone.

    Parameters
    ----------
    path
        Where to write; parents are made.
    frame
        `seed` (image, sample), coordinates and attributes.
    size
        Side of the pictures in pixels.
    stretches
        What `braid.generation.pictures.generate` yields.
    mode
        Permissions of the file.

    Raises
    ------
    OSError
        When what was read back differs from what was written.
    """
    with atomic(path, mode) as partial:
        frame.to_netcdf(partial, engine="h5netcdf")
        _check(partial, _append(partial, (*frame["seed"].shape, size, size, 3), stretches))


def _append(
    path: Path, shape: tuple[int, ...], stretches: Iterable[UInt8[np.ndarray, "pair row column 3"]]
) -> list[int]:
    """Write pictures one by one, and give a checksum of each."""
    with h5netcdf.File(path, "r+") as file:
        file.dimensions.update(zip(DIMS[2:], shape[2:], strict=True))
        made = file.create_variable(
            "pictures", DIMS, np.uint8, chunks=(1, 1, *shape[2:]), compression="gzip", shuffle=False
        )
        written = (picture for stretch in stretches for picture in stretch)
        return [
            _put(made, place, one)
            for place, one in zip(np.ndindex(*shape[:2]), written, strict=True)
        ]


def _put(
    variable: h5netcdf.Variable, place: tuple[int, ...], picture: UInt8[np.ndarray, "row column 3"]
) -> int:
    variable[place] = picture
    return crc32(picture.tobytes())


def _check(path: Path, sums: list[int]) -> None:
    with h5netcdf.File(path, "r") as file:
        stored = file.variables["pictures"]
        for place, wanted in zip(np.ndindex(*stored.shape[:2]), sums, strict=True):
            if crc32(stored[place].tobytes()) != wanted:
                raise OSError(
                    f"{path}: picture {place} was read back different from what was written"
                )
