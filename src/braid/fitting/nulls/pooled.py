"""Published tests whose p needs the correlations of all voxels, not of one."""

import numpy as np
import scipy
from jaxtyping import Float, Real

from braid.fitting.scores import pearson

BLOCK = 10


def shuffled_correlation(
    Y: Real[np.ndarray, "tr voxel"], P: Real[np.ndarray, "tr voxel"], *, seed: int
) -> Float[np.ndarray, " voxel"]:
    """Correlation of each voxel after one shuffle of blocks of 10 TRs, the same for all voxels.

    Blocks are cut from all rows, whatever their runs; the last may be shorter.
    """
    blocks = np.split(np.arange(len(Y)), range(BLOCK, len(Y), BLOCK))
    order = np.random.default_rng(seed).permutation(len(blocks))
    rows = np.concatenate([blocks[i] for i in order])
    return pearson(Y[rows], P)


def drama2brain_test(
    r: Float[np.ndarray, " voxel"], null: Float[np.ndarray, " other"]
) -> Float[np.ndarray, " voxel"]:
    """P of drama2brain: share of all voxels whose shuffled correlation is above r.

    One draw for each voxel stands for the null of all, though voxels differ in memory; a p can
    be 0. Source: `utils.py`, `gen_nulldistrib_block` (num_iterations=1) and `fdr_correction`.

    Parameters
    ----------
    r
        Observed correlations.
    null
        `shuffled_correlation` of all voxels.
    """
    pool = np.sort(null[np.isfinite(null)])
    above = len(pool) - np.searchsorted(pool, r, side="right")
    return np.where(np.isfinite(r), above / len(pool), np.nan)


def luo2025_test(
    r: Float[np.ndarray, " voxel"], null: Float[np.ndarray, " other"]
) -> Float[np.ndarray, " voxel"]:
    """P of Luo & Kobayashi 2025: two-sided t-test that takes the voxels for the samples.

    The published code hands the number of voxels to `compute_p` as n, so p depends on how many
    voxels there are, and not on how long was measured.

    Parameters
    ----------
    r
        Observed correlations.
    null
        Not looked at but for its length: the number of voxels.
    """
    free = int(np.isfinite(null).sum()) - 2
    return 2 * scipy.stats.t.sf(np.abs(r) * np.sqrt(free / (1 - r**2)), free)
