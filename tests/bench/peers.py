"""Published algorithms of other projects, written anew from their description: no code of theirs.

They are here to be measured against, so they keep what decides cost and result: the order of the
operations, the precision, the loops - and, where one is known, the defect.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import pearsonr

from braid.fitting.folds import Folds

# HuthLab drops singular values below this.
SINGULAR_CUTOFF = 1e-10


def huthlab_ridge(
    X: np.ndarray, Y: np.ndarray, folds: Folds, alphas: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Reproduce HuthLab's voxelwise ridge: float64 numpy, an SVD per fold and one for the refit.

    Per fold X = U S V', UR = U'Y; per penalty the prediction (X_test V) diag(S / (S^2 + a^2)) UR,
    correlated with the z-scored responses. Its own a is the square root of ours. Our own writing
    of the algorithm in encoding-model-scaling-laws and deep-fMRI-dataset, on our folds instead of
    their bootstraps.

    Returns
    -------
    tuple
        Scores (alpha, voxel), mean over folds, and weights (column, voxel) at each voxel's best.
    """
    X, Y = X.astype(np.float64), Y.astype(np.float64)
    scores = [_huthlab_fold(X[fit], Y[fit], X[held], Y[held], alphas) for fit, held in folds]
    mean = np.mean(scores, axis=0)
    U, S, Vt = _cut_svd(X)
    UR, best = U.T @ Y, mean.argmax(axis=0)
    weights = np.empty((X.shape[1], Y.shape[1]))
    for index in np.unique(best):
        chosen = best == index
        weights[:, chosen] = (Vt.T * _shrink(S, alphas[index])) @ UR[:, chosen]
    return mean, weights


def _huthlab_fold(
    X: np.ndarray, Y: np.ndarray, held_X: np.ndarray, held_Y: np.ndarray, alphas: Sequence[float]
) -> np.ndarray:
    U, S, Vt = _cut_svd(X)
    UR, turned = U.T @ Y, held_X @ Vt.T
    wanted = _zscore(held_Y)
    scores = [(wanted * _zscore((turned * _shrink(S, a)) @ UR)).mean(axis=0) for a in alphas]
    return np.array(scores)


def _cut_svd(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    U, S, Vt = np.linalg.svd(X, full_matrices=False)
    kept = S > SINGULAR_CUTOFF
    return U[:, kept], S[kept], Vt[kept]


def _shrink(S: np.ndarray, alpha: float) -> np.ndarray:
    return S / (S**2 + alpha)


def _zscore(Y: np.ndarray) -> np.ndarray:
    return (Y - Y.mean(axis=0)) / Y.std(axis=0)


def huthlab_lanczos(
    values: np.ndarray, times_in: np.ndarray, times_out: np.ndarray, lobes: int = 3
) -> np.ndarray:
    """Reproduce HuthLab's `lanczosinterp2D`: a dense matrix, a row per TR in a Python loop.

    The kernel sin(pi x) sin(pi x / lobes) lobes / (pi x)^2 is evaluated for every word of the
    story at every TR, and the product taken with the dense matrix. Our own writing of it.
    """
    cutoff = 1 / np.diff(times_out).mean()
    weights = np.zeros((len(times_out), len(times_in)))
    for row, time in enumerate(times_out):
        weights[row] = _lanczos_kernel((time - times_in) * cutoff, lobes)
    return weights @ values


def _lanczos_kernel(x: np.ndarray, lobes: int) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        kernel = lobes * np.sin(np.pi * x) * np.sin(np.pi * x / lobes) / (np.pi * x) ** 2
    kernel[x == 0] = 1
    kernel[np.abs(x) > lobes] = 0
    return kernel


def huthlab_permutation(
    Y: np.ndarray, P: np.ndarray, block: int, n_draws: int, seed: int
) -> np.ndarray:
    """Reproduce HuthLab's block permutation: blocks stacked and z-scored anew for every draw.

    Blocks of both sides are drawn with replacement. Our own writing of the published test.

    Returns
    -------
    numpy.ndarray
        p of each voxel: the share of draws whose r is at least the observed one.
    """
    return _permutation(Y, P, block, n_draws, seed, lambda y, p: (_zscore(y) * _zscore(p)).mean(0))


def scipy_permutation(
    Y: np.ndarray, P: np.ndarray, block: int, n_draws: int, seed: int
) -> np.ndarray:
    """Do the same with `scipy.stats.pearsonr`, voxel by voxel: what many analysis scripts do."""
    return _permutation(Y, P, block, n_draws, seed, _pearson_each)


def _pearson_each(Y: np.ndarray, P: np.ndarray) -> np.ndarray:
    return np.array([pearsonr(y, p).statistic for y, p in zip(Y.T, P.T, strict=True)])


def _permutation(
    Y: np.ndarray,
    P: np.ndarray,
    block: int,
    n_draws: int,
    seed: int,
    correlate: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    rng = np.random.default_rng(seed)
    starts = np.arange(0, len(Y) - block + 1, block)
    blocks = [[columns[s : s + block] for s in starts] for columns in (Y, P)]
    observed = correlate(Y, P)
    reached = np.zeros(Y.shape[1])
    for _ in range(n_draws):
        drawn = (rng.integers(len(starts), size=len(starts)) for _ in blocks)
        y, p = (np.vstack([b[i] for i in d]) for b, d in zip(blocks, drawn, strict=True))
        reached += correlate(y, p) >= observed
    return reached / n_draws
