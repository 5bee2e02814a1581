"""Blocks as long as the memory of each voxel asks for."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int, Real, Shaped
from numpy.fft import irfft, rfft

from braid.fitting.nulls.batches import over_batches, rows_of
from braid.fitting.nulls.blocks import block_permutation_test

# Blocks of b TRs miss a share m / b of the variance of r under chance, where m is the mean lag of
# the product of both autocorrelations: at b = 15 m the test of .05 reports about .054.
LAGS = 15
# At least this many blocks are left to permute; more than the other are not worth their cost.
FEWEST, MOST = 8, 200


def matched_block_test(
    Y: Real[np.ndarray, "tr voxel"],
    P: Real[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    *,
    n_draws: int,
    seed: int,
    spread: float = 1.0,
) -> Float[np.ndarray, " voxel"]:
    """Block permutation with blocks of each voxel's own length.

    Parameters, errors and p are those of `block_permutation_test`, the length those of
    `matched_blocks`. Voxels of one length are tested together, against the same draws.
    """
    lengths = matched_blocks(Y, P, runs)
    p = np.full(lengths.shape, np.nan)
    for block in np.unique(lengths[lengths > 0]).tolist():
        same = lengths == block
        p[same] = block_permutation_test(
            Y[:, same], P[:, same], runs, block=block, n_draws=n_draws, seed=seed, spread=spread
        )
    return p


def matched_blocks(
    Y: Real[np.ndarray, "tr voxel"],
    P: Real[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
) -> Int[np.ndarray, " voxel"]:
    """Length of block that each voxel's autocorrelation asks for, in TRs.

    The variance of r between independent series is the sum over lags of the product of their
    autocorrelations, over T (Bartlett 1935). Permuted blocks of b TRs weigh lag k by 1 - |k| / b,
    so a block must be long against the mean |k| under that product; a fast response or a fast
    prediction makes short blocks enough. The sum ends at the first lag whose product is not
    positive (as Geyer 1992), beyond which an estimate is noise.

    Parameters
    ----------
    Y, P
        Responses and predictions.
    runs
        Run label of each TR; autocorrelations do not reach across.

    Returns
    -------
    Int[np.ndarray, "voxel"]
        15 mean lags, rounded up to the next power of sqrt(2) (few lengths, so that voxels share
        draws), between 1/200 and 1/8 of all rows; 0 where a column is constant or not finite.
    """
    rows = rows_of(runs)

    def wanted(y: np.ndarray, p: np.ndarray) -> np.ndarray:
        product = autocovariance(y, rows) * autocovariance(p, rows)
        return LAGS * _mean_lag(product / product[:, :1])

    steps = np.ceil(2 * np.log2(np.maximum(over_batches(wanted, Y, P, runs), 1)))
    rounded = np.ceil(2 ** (steps / 2))
    shortest, longest = max(len(runs) // MOST, 1), max(len(runs) // FEWEST, 1)
    return np.nan_to_num(rounded.clip(shortest, longest)).astype(int)


def autocovariance(
    values: Float[np.ndarray, "voxel tr"], rows: Sequence[Int[np.ndarray, " _"]]
) -> Float[np.ndarray, "voxel lag"]:
    """Sum products at each lag over all runs, each run about its own mean.

    Parameters
    ----------
    values
        Time courses.
    rows
        Columns of `values` that each run holds.

    Returns
    -------
    Float[np.ndarray, "voxel lag"]
        From lag 0 to the last that fits in the longest run.
    """
    longest = max(map(len, rows))
    total = np.zeros((len(values), longest))
    for run in rows:
        centred = values[:, run] - values[:, run].mean(axis=1, keepdims=True)
        spectrum = rfft(centred, n=2 * longest)
        total += irfft(np.abs(spectrum) ** 2, n=2 * longest)[:, :longest]
    return total


def _mean_lag(weights: Float[np.ndarray, "voxel lag"]) -> Float[np.ndarray, " voxel"]:
    """Mean absolute lag under symmetric weights, up to the first that is not positive."""
    positive = np.where(np.logical_and.accumulate(weights > 0, axis=1), weights, 0)
    doubled = 2 * positive[:, 1:]
    return (doubled * np.arange(1, weights.shape[1])).sum(axis=1) / (1 + doubled.sum(axis=1))
