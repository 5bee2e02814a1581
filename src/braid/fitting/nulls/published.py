"""Tests that papers used, as they used them; p of a voxel depends on that voxel alone."""

import numpy as np
import scipy
from jaxtyping import Float, Int, Real, Shaped
from scipy.sparse import csr_array

from braid.fitting.nulls.batches import over_batches
from braid.fitting.scores import pearson

BLOCK = 10
# 120 blocks are 14,400 cross products a voxel.
VOXEL_BATCH = 64


def huthlab_test(
    Y: Real[np.ndarray, "tr voxel"],
    P: Real[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    *,
    n_draws: int,
    seed: int,
) -> Float[np.ndarray, " voxel"]:
    """P of HuthLab: blocks of 10 TRs drawn with replacement, for responses and predictions apart.

    p is the share of draws with r at or above the observed, and can be 0. Blocks are cut from all
    rows, whatever the runs; rows beyond the last whole block are left out (the source refuses
    them). Source: deep-fMRI-dataset, `significance_testing.permutation_test`.

    Parameters
    ----------
    Y, P
        Responses and predictions.
    runs
        Run label of each TR; not looked at.
    n_draws
        Random draws.
    seed
        Of the draws.
    """
    n = len(runs) // BLOCK
    drawn = np.random.default_rng(seed).integers(0, n, size=(2, n_draws, n))
    observed = np.broadcast_to(np.arange(n), (2, 1, n))
    of_y, of_p = np.concatenate([observed, drawn], axis=1)

    def p_values(y: np.ndarray, p: np.ndarray) -> np.ndarray:
        y, p = (side[:, : n * BLOCK].reshape(-1, n, BLOCK) for side in (y, p))
        r = _resampled(y, p, of_y, of_p)
        return (r[1:] >= r[0]).mean(axis=0)

    return over_batches(p_values, Y, P, runs, size=VOXEL_BATCH)


def _resampled(
    y: Float[np.ndarray, "voxel block tr"],
    p: Float[np.ndarray, "voxel block tr"],
    of_y: Int[np.ndarray, "draw block"],
    of_p: Int[np.ndarray, "draw block"],
) -> Float[np.ndarray, "draw voxel"]:
    """Correlations of drawn blocks, from sums over each block: means and norms change, too."""
    n, count = of_y.shape[1], of_y.shape[1] * y.shape[2]
    pairs = np.matmul(y, p.swapaxes(1, 2)).reshape(len(y), -1)
    products = _count(of_y * n + of_p, n * n) @ pairs.T
    (sum_y, square_y), (sum_p, square_p) = (
        [_count(drawn, n) @ moment.sum(axis=2).T for moment in (side, side**2)]
        for side, drawn in ((y, of_y), (p, of_p))
    )
    spread = (square_y - sum_y**2 / count) * (square_p - sum_p**2 / count)
    # A draw may hold none of the blocks in which a sparse prediction moves: 0 / 0, never reached.
    with np.errstate(divide="ignore", invalid="ignore"):
        return (products - sum_y * sum_p / count) / np.sqrt(spread)


def _count(drawn: Int[np.ndarray, "draw block"], of: int) -> csr_array:
    """Row: how often a draw takes each of so many things."""
    ends = np.arange(len(drawn) + 1) * drawn.shape[1]
    return csr_array((np.ones(drawn.size), drawn.ravel(), ends), shape=(len(drawn), of))


def denk2023_test(
    Y: Real[np.ndarray, "tr voxel"],
    P: Real[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    *,
    n_draws: int,
    seed: int,
) -> Float[np.ndarray, " voxel"]:
    """P of Denk et al. 2023: share of draws in which two white Gaussian vectors correlate more.

    As if all TRs were independent. Of such vectors of n values (1 + r) / 2 has the law
    Beta(n / 2 - 1, n / 2 - 1), from which the draws come. Source: arXiv 2307.11078, section 3.4.

    Parameters
    ----------
    Y, P
        Responses and predictions.
    runs
        Run label of each TR; not looked at.
    n_draws
        Random draws.
    seed
        Of the draws.
    """
    shape = len(runs) / 2 - 1
    null = np.sort(2 * np.random.default_rng(seed).beta(shape, shape, n_draws) - 1)
    r = pearson(Y, P)
    p = 1 - np.searchsorted(null, r, side="right") / n_draws
    return np.where(np.isfinite(r), p, np.nan)


def litcoder_test(
    Y: Real[np.ndarray, "tr voxel"],
    P: Real[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    *,
    n_draws: int,
    seed: int,
) -> Float[np.ndarray, " voxel"]:
    """P of LITcoder: two-sided, parametric, from `scipy.stats.pearsonr`.

    As if all TRs were independent and normal. Source: litcoder_core,
    `encoding/models/nested_cv.py`, `_calculate_correlations_pvalues`.

    Parameters
    ----------
    Y, P
        Responses and predictions.
    runs, n_draws, seed
        Not looked at: nothing is drawn.
    """

    def p_values(y: np.ndarray, p: np.ndarray) -> np.ndarray:
        return scipy.stats.pearsonr(y, p, axis=1).pvalue  # pyright: ignore[reportAttributeAccessIssue]

    return over_batches(p_values, Y, P, runs)
