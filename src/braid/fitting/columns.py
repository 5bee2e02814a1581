"""Arithmetic over time that treats each column as if it were alone.

numpy adds up a single column pairwise but many columns row by row, and takes memory order as it
finds it, so that the last bit of a plain `Y.mean(axis=0)` depends on the columns beside it. Turned
into contiguous rows, every column is added up pairwise by itself: a voxel scores the same, to the
bit, in whichever shard of the voxels it is.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Real

from braid.fitting.inputs import unmask, usable

GRAIN = 24
"""In products whose width is a multiple of this, the bits of a column do not depend on its place
(measured with numpy's OpenBLAS on one thread, float32 and float64)."""
BLOCK = 32 * GRAIN
"""Voxels at a time: 9,000 TRs of them are 28 MB in float32."""


def require_grain(block: int) -> None:
    """Refuse blocks in which bits would depend on the split of the voxels.

    Raises
    ------
    ValueError
        When `block` is no multiple of `GRAIN`.
    """
    if block % GRAIN:
        raise ValueError(f"a block of {block} voxels: take a multiple of {GRAIN}")


def blockwise(function: Callable[..., np.ndarray], *arrays: np.ndarray) -> np.ndarray:
    """Apply a function to blocks of the last axis and put the results together along it.

    Parameters
    ----------
    function
        Takes one block of each array; its result has the same last axis.
    arrays
        Of the same last axis.
    """
    starts = range(0, max(arrays[0].shape[-1], 1), BLOCK)
    parts = [function(*(array[..., i : i + BLOCK] for array in arrays)) for i in starts]
    return np.concatenate(parts, axis=-1)


def as_rows(Y: Real[np.ndarray, "tr voxel"]) -> Float[np.ndarray, "voxel tr"]:
    """Columns as contiguous rows of double precision."""
    return np.ascontiguousarray(Y.T, dtype=np.float64)


def unit_rows(values: Float[np.ndarray, "voxel tr"]) -> Float[np.ndarray, "voxel tr"]:
    """Rows centred and scaled to norm 1, so that a sum of products is a correlation.

    The rows must vary: `braid.fitting.usable`.
    """
    centred = values - values.mean(axis=1, keepdims=True)
    return centred / np.sqrt((centred**2).sum(axis=1, keepdims=True))


def unit_columns(Y: Real[np.ndarray, "tr voxel"]) -> Float[np.ndarray, "tr voxel"]:
    """Columns centred and scaled to norm 1: see `unit_rows`."""
    return unit_rows(as_rows(Y)).T


def correlation(
    Y: Real[np.ndarray, "tr voxel"], P: Real[np.ndarray, "tr voxel"]
) -> Float[np.ndarray, " voxel"]:
    """Pearson correlation of two columns; NaN where either is constant or not finite."""
    kept = usable(Y) & usable(P)
    products = unit_columns(Y[:, kept]) * unit_columns(P[:, kept])
    return unmask(products.T.sum(axis=1).clip(-1, 1), kept)
