"""LITcoder's ridge, written anew as `bench.peers` are; apart, since torch takes memory and time."""

from collections.abc import Sequence

import numpy as np
import torch

from braid.fitting.folds import Folds


def litcoder_ridge(
    X: np.ndarray, Y: np.ndarray, folds: Folds, alphas: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Reproduce LITcoder's voxelwise ridge: HuthLab's algorithm on float32 torch tensors.

    Its defect is kept: torch divides by n - 1 in a standard deviation, so every r comes out too
    small by the factor 1 - 1 / n. Our own writing of the algorithm in litcoder_core.

    Returns
    -------
    tuple
        As `bench.peers.huthlab_ridge`.
    """
    tensors = torch.from_numpy(X), torch.from_numpy(Y)
    scores = [
        _litcoder_fold(*(t[i] for i in (fit, held) for t in tensors), alphas) for fit, held in folds
    ]
    mean = torch.stack(scores).mean(dim=0)
    U, S, Vt = torch.linalg.svd(tensors[0], full_matrices=False)
    UR, best = U.T @ tensors[1], mean.argmax(dim=0)
    weights = torch.empty((X.shape[1], Y.shape[1]))
    for index in torch.unique(best).tolist():
        chosen = best == index
        weights[:, chosen] = (Vt.T * (S / (S**2 + alphas[index]))) @ UR[:, chosen]
    return mean.numpy(), weights.numpy()


def _litcoder_fold(
    X: torch.Tensor,
    Y: torch.Tensor,
    held_X: torch.Tensor,
    held_Y: torch.Tensor,
    alphas: Sequence[float],
) -> torch.Tensor:
    U, S, Vt = torch.linalg.svd(X, full_matrices=False)
    UR, turned = U.T @ Y, held_X @ Vt.T
    wanted = _torch_zscore(held_Y)
    predictions = ((turned * (S / (S**2 + alpha))) @ UR for alpha in alphas)
    return torch.stack([(wanted * _torch_zscore(p)).mean(dim=0) for p in predictions])


def _torch_zscore(Y: torch.Tensor) -> torch.Tensor:
    return (Y - Y.mean(dim=0)) / Y.std(dim=0)
