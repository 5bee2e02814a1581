"""Responses as every fit wants them: float32, z-scored per run, bad voxels masked."""

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float, Num, Shaped
from scipy import signal

# What is left of a voxel's variation, relative to its size, below which it is only rounding.
_ROUNDING = 1e-6


def standardise(data: xr.Dataset, detrend: bool) -> xr.Dataset:
    """Z-score each voxel within each run, and mask the voxels where that has no meaning.

    Parameters
    ----------
    data
        `bold` (tr, voxel) of any number type, coordinate `run`; optionally `repeats`
        (repeat, tr, voxel).
    detrend
        Whether to remove each run's linear trend first.

    Returns
    -------
    xarray.Dataset
        The same, in float32. A voxel that is not finite anywhere, or is constant in any run, is
        NaN throughout; the attributes `masked_nan` and `masked_constant` count them.
    """
    names = [name for name in ("bold", "repeats") if name in data]
    runs = data["run"].to_numpy()
    scaled, broken, flat = zip(
        *(_scaled(data[name].to_numpy(), runs, detrend) for name in names), strict=True
    )
    lost, still = np.any(broken, axis=0), np.any(flat, axis=0)
    for array in scaled:
        array[..., lost | still] = np.nan
    arrays = {name: data[name].copy(data=a) for name, a in zip(names, scaled, strict=True)}
    counts = {"masked_nan": int(lost.sum()), "masked_constant": int((still & ~lost).sum())}
    return data.assign(arrays).assign_attrs(counts)


def _scaled(
    values: Num[np.ndarray, "*repeat tr voxel"], runs: Shaped[np.ndarray, " tr"], detrend: bool
) -> tuple[
    Float[np.ndarray, "*repeat tr voxel"], Bool[np.ndarray, " voxel"], Bool[np.ndarray, " voxel"]
]:
    """Z-scores; voxels that are not finite somewhere; voxels that are constant in some run."""
    scaled = np.empty(values.shape, np.float32)
    broken, flat = np.zeros((2, values.shape[-1]), dtype=bool)
    for run in np.unique(runs):
        rows = runs == run
        block = values[..., rows, :].astype(float)
        broken |= _anywhere(~np.isfinite(block))
        np.nan_to_num(block, copy=False, posinf=0, neginf=0)
        moving = _without_level(block, detrend)
        spread = moving.std(axis=-2, keepdims=True)
        still = spread <= _ROUNDING * np.abs(block).max(axis=-2, keepdims=True)
        flat |= _anywhere(still)
        scaled[..., rows, :] = moving / np.where(still, 1, spread)
    return scaled, broken, flat


def _without_level(
    block: Float[np.ndarray, "*repeat tr voxel"], detrend: bool
) -> Float[np.ndarray, "*repeat tr voxel"]:
    return signal.detrend(block, axis=-2, type="linear" if detrend else "constant")


def _anywhere(mask: Bool[np.ndarray, "*any voxel"]) -> Bool[np.ndarray, " voxel"]:
    return np.any(mask.reshape(-1, mask.shape[-1]), axis=0)
