"""Blocks of voxels read from disk: BRAID's blocked NetCDF against a row-major memmap."""

import os
from pathlib import Path

import h5py
import numpy as np
import xarray as xr
from bench.measure import Bench, Measured, stopwatch
from bench.table import Row

from braid.store import VOXEL_BLOCK, save

TITLE = f"Responses from disk, by blocks of {VOXEL_BLOCK} voxels"
# TRs, voxels.
SIZES = {"small": (100, 9_000), "full": (3000, 90_000)}
BLOCKS_READ = 8
CHUNK = 2**23  # bytes of a plain read


def rows(bench: Bench) -> list[Row]:
    """Speed of block reads, and its share of what the disk gives."""
    trs, voxels = SIZES[bench.size]
    folder = str(bench.folder)
    bench.measure(make, folder=folder, trs=trs, voxels=voxels)
    speeds = {
        work.__name__: _speed(bench.measure(work, folder=folder))
        for work in (plain, blocked, row_major)
    }
    told = {name: f"{speed / 2**20:,.0f} MiB/s" for name, speed in speeds.items()}
    share = {
        "work": f"blocked NetCDF, {voxels:,} voxels wide, {trs:,} TRs",
        "braid": told["blocked"],
        "basis": f"wall time, {BLOCKS_READ} blocks over the width, page cache dropped before each",
    }
    return [
        Row(
            against="row-major memmap",
            figure=speeds["blocked"] / speeds["row_major"],
            reach=10,
            peer=told["row_major"],
            **share,
        ),
        Row(
            against="plain sequential read",
            figure=speeds["blocked"] / speeds["plain"],
            peer=told["plain"],
            **share,
        ),
    ]


def make(folder: str, trs: int, voxels: int) -> Measured:
    """Write the same responses in both layouts."""
    Y = np.random.default_rng(0).standard_normal((trs, voxels), dtype=np.float32)
    np.save(Path(folder, "wide.npy"), Y)
    save(Path(folder, "wide.nc"), xr.Dataset({"responses": (("tr", "voxel"), Y)}))
    return {}


def plain(folder: str) -> Measured:
    """The whole blocked file, from its first byte to its last."""
    path, buffer = Path(folder, "wide.nc"), bytearray(CHUNK)
    forget(path)
    with stopwatch() as used, path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
    return used | {"bytes": path.stat().st_size}


def blocked(folder: str) -> Measured:
    """Blocks of BRAID's file."""
    path = Path(folder, "wide.nc")
    with h5py.File(path) as file:
        return _read(file["responses"], path)


def row_major(folder: str) -> Measured:
    """The same blocks of a row-major array on disk."""
    path = Path(folder, "wide.npy")
    return _read(np.load(path, mmap_mode="r"), path)


def _read(columns: h5py.Dataset | np.ndarray, path: Path) -> Measured:
    """Time blocks spread over the width, each as if its job were the first on the node."""
    starts = np.linspace(0, columns.shape[1] - VOXEL_BLOCK, BLOCKS_READ)
    starts = starts.astype(int) // VOXEL_BLOCK * VOXEL_BLOCK
    wall = cpu = size = 0
    for start in starts.tolist():
        forget(path)
        with stopwatch() as used:
            block = np.array(columns[:, start : start + VOXEL_BLOCK])
        wall, cpu, size = wall + used["wall"], cpu + used["cpu"], size + block.nbytes
    return {"wall": wall, "cpu": cpu, "bytes": size}


def forget(path: Path) -> None:
    """Drop the file from the page cache; a disk's or host's own cache stays."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _speed(run: Measured) -> float:
    return run["bytes"] / run["wall"]
