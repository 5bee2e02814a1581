"""Responses as every fit wants them: float32, cleaned per run, bad voxels masked."""

from collections.abc import Iterator, Sequence

import numpy as np
import scipy
import xarray as xr
from jaxtyping import Bool, Float, Num, Shaped

# What is left of a voxel's variation, relative to its size, below which it is only rounding.
_ROUNDING = 1e-6
# Held in float64 at a time. 3,201 rows, the most that a recording of ds003020 has, take 52 MB;
# rows of a file are read in stretches of 16 kB.
_BLOCK = 2048


def standardise(data: xr.Dataset, cleaning: Sequence[str]) -> xr.Dataset:
    """Clean each voxel within each run, and mask the voxels where that has no meaning.

    Arrays that are not in memory yet are read a block of voxels at a time.

    Parameters
    ----------
    data
        `bold` (tr, voxel) of any number type, coordinate `run` of its rows; optionally `repeats`
        (repeat, tr, voxel).
    cleaning
        `detrend` removes each run's mean and linear trend, `zscore` its mean and scale. Without
        either, values stay as they are.

    Returns
    -------
    xarray.Dataset
        The same, in float32. A voxel that is not finite anywhere, or is constant in any run, is
        NaN throughout; the attributes `masked_nan` and `masked_constant` count them.
    """
    names = [name for name in ("bold", "repeats") if name in data]
    runs = data["run"].to_numpy()
    clean = {name: np.empty(data[name].shape, np.float32) for name in names}
    lost, still = np.zeros((2, data.sizes["voxel"]), dtype=bool)
    for block in blocks(data.sizes["voxel"]):
        for name, array in clean.items():
            values = data[name][..., block].to_numpy()
            array[..., block], broken, flat = _cleaned(values, runs, cleaning)
            lost[block] |= broken
            still[block] |= flat
    for array in clean.values():
        array[..., lost | still] = np.nan
    arrays = {name: data[name].copy(data=array) for name, array in clean.items()}
    counts = {"masked_nan": int(lost.sum()), "masked_constant": int((still & ~lost).sum())}
    return data.assign(arrays).assign_attrs(counts)


def blocks(voxels: int) -> Iterator[slice]:
    """Cut the voxels into blocks that fit into memory in float64."""
    return (slice(start, start + _BLOCK) for start in range(0, voxels, _BLOCK))


def _cleaned(
    values: Num[np.ndarray, "*repeat row voxel"],
    runs: Shaped[np.ndarray, " row"],
    cleaning: Sequence[str],
) -> tuple[
    Float[np.ndarray, "*repeat row voxel"], Bool[np.ndarray, " voxel"], Bool[np.ndarray, " voxel"]
]:
    """Clean values; voxels that are not finite somewhere; voxels that are constant in some run."""
    clean = np.empty(values.shape, np.float32)
    broken, flat = np.zeros((2, values.shape[-1]), dtype=bool)
    for run in np.unique(runs):
        rows = runs == run
        block = values[..., rows, :].astype(float)
        broken |= _anywhere(~np.isfinite(block))
        np.nan_to_num(block, copy=False, posinf=0, neginf=0)
        moving = _without_level(block, cleaning)
        spread = moving.std(axis=-2, keepdims=True)
        still = spread <= _ROUNDING * np.abs(block).max(axis=-2, keepdims=True)
        flat |= _anywhere(still)
        scale = np.where(still, 1, spread) if "zscore" in cleaning else 1
        clean[..., rows, :] = moving / scale if cleaning else block
    return clean, broken, flat


def _without_level(
    block: Float[np.ndarray, "*repeat row voxel"], cleaning: Sequence[str]
) -> Float[np.ndarray, "*repeat row voxel"]:
    kind = "linear" if "detrend" in cleaning else "constant"
    return scipy.signal.detrend(block, axis=-2, type=kind)


def _anywhere(mask: Bool[np.ndarray, "*any voxel"]) -> Bool[np.ndarray, " voxel"]:
    return np.any(mask.reshape(-1, mask.shape[-1]), axis=0)
