"""The bootstrap ridge of HuthLab: penalties chosen on random chunks, again and again.

With the singular values S of the training rows, weights shrink by S / (S^2 + alpha^2): what its
users call alpha is the root of the penalty. (LeBel et al. 2023; HuthLab/deep-fMRI-dataset,
`encoding/ridge_utils/ridge.py`, whose numbers these functions give.)

Two things to know of the scheme: chunks are cut without regard to runs, and a chunk held out lies
between training rows, so that slow noise and delayed features leak into the choice.
"""

from collections.abc import Iterator, Sequence
from random import Random
from types import MappingProxyType
from typing import Literal

import numpy as np
from jaxtyping import Float, Shaped

from braid.fitting.columns import BLOCK, as_rows
from braid.fitting.delays import Edges, design_matrix
from braid.fitting.engine.fitted import RidgeFit
from braid.fitting.engine.readahead import Columns
from braid.fitting.folds import Folds
from braid.fitting.inputs import require_aligned, usable


def bootstrap_ridge(
    X: Float[np.ndarray, "tr feature"],
    Y: Columns,
    *,
    runs: Shaped[np.ndarray, " tr"],
    alphas: Sequence[float] | Float[np.ndarray, " alpha"],
    n_boots: int,
    chunk: int,
    n_held: int,
    seed: int = 0,
    delays: Sequence[int] = (0,),
    edges: Edges = "stack",
    alpha: Literal["voxel", "shared"] = "voxel",
    score: Literal["r", "root_r2"] = "r",
    cutoff: float = 1e-10,
) -> RidgeFit:
    """Fit a ridge per voxel whose penalty does best on average over random hold-outs.

    Parameters
    ----------
    X
        Features of the training TRs, standardised.
    Y
        Responses (tr, voxel), standardised: an array, or anything with `.shape` and `[:, a:b]`,
        which is read once for every bootstrap. Voxels that are constant or not finite anywhere are
        not fitted (HuthLab's code takes NaN for 0).
    runs
        Run label of each TR.
    alphas
        Roots of the penalties to try.
    n_boots, chunk, n_held, seed
        See `chunked_hold_outs`.
    delays, edges
        As in `ridge_cv`; HuthLab delays after stacking, across the edges of runs.
    alpha
        "voxel" chooses a penalty for each voxel, "shared" the best on average over voxels.
    score
        "r" is Pearson's (`use_corr=True` there), "root_r2" sign(R2) sqrt(|R2|), where R2 takes the
        mean of 1 and the variance of the held-out response for its variance (`use_corr=False`).
    cutoff
        Singular values up to this are left out while penalties are chosen; the final fit keeps
        them, as in HuthLab's code.

    Returns
    -------
    RidgeFit
        `best_alphas` are penalties, squares of `alphas`; `cv_scores` means over bootstraps, where
        a voxel that is constant in the held-out rows counts as 0.

    Raises
    ------
    ValueError
        When `X` is not finite, lengths disagree, or the chunks held out leave no training rows.
    """
    require_aligned(X, Y[:, :0], runs)
    columns = design_matrix(X, runs, delays, edges).astype(np.float64)
    penalties = np.asarray(alphas, dtype=np.float64) ** 2
    kept = np.concatenate([usable(Y[:, i : i + BLOCK]) for i in range(0, Y.shape[1], BLOCK)])
    folds = chunked_hold_outs(len(columns), n_boots, chunk, n_held, seed)
    scores = np.zeros((len(penalties), len(kept)))
    for fold in folds:
        scores += _scores(columns, Y, kept, fold, penalties, score, cutoff) / n_boots
    best = np.where(alpha == "voxel", scores, scores[:, kept].mean(axis=1, keepdims=True)).argmax(0)
    fitted = {
        "best_alphas": penalties[best],
        "best_scores": scores[best, np.arange(len(best))],
        "cv_scores": scores,
        "coef": _coef(columns, Y, kept, penalties[best]),
    }
    arrays = {name: np.where(kept, x, np.nan).astype(X.dtype) for name, x in fitted.items()}
    return RidgeFit(**arrays, delays=tuple(delays), edges=edges)


def chunked_hold_outs(n: int, n_boots: int, chunk: int, n_held: int, seed: int) -> Folds:
    """Hold out random chunks of consecutive rows, anew for each bootstrap.

    Parameters
    ----------
    n
        Rows. Those that are left over after the last whole chunk are never held out.
    n_boots
        How often.
    chunk
        Rows of a chunk.
    n_held
        Chunks held out at a time; HuthLab advises a fifth of all rows.
    seed
        The chunks are those of HuthLab's code after `random.seed(seed)`.

    Returns
    -------
    Folds
        (train, held) indices, one pair per bootstrap.

    Raises
    ------
    ValueError
        When nothing is left to train on.
    """
    if n_held * chunk >= n:
        raise ValueError(f"{n_held} chunks of {chunk} leave nothing of {n} rows to train on")
    random, owner, folds = Random(seed), np.arange(n) // chunk, []  # noqa: S311
    for _ in range(n_boots):
        chunks = list(range(n // chunk))
        random.shuffle(chunks)
        held = np.isin(owner, chunks[:n_held])
        folds.append((np.flatnonzero(~held), np.flatnonzero(held)))
    return folds


def _scores(
    columns: np.ndarray,
    Y: Columns,
    kept: np.ndarray,
    fold: tuple[np.ndarray, np.ndarray],
    penalties: np.ndarray,
    score: str,
    cutoff: float,
) -> Float[np.ndarray, "alpha voxel"]:
    """Scores of one bootstrap; of its decomposition nothing stays in memory."""
    train, held = fold
    U, S, Vh = np.linalg.svd(columns[train], full_matrices=False)
    large = cutoff < S
    U, S, axes = U[:, large], S[large], Vh[large] @ columns[held].T
    shrinkage = S / (S**2 + penalties[:, None])
    scores = np.empty((len(penalties), len(kept)))
    for voxels, rows in _blocks(Y, kept):
        rotated, truth = rows[:, train] @ U, rows[:, held]
        found = [_SCORES[score](truth, (rotated * factors) @ axes) for factors in shrinkage]
        scores[:, voxels] = np.array(found)[:, : len(kept[voxels])]
    return scores


def _coef(
    columns: np.ndarray, Y: Columns, kept: np.ndarray, penalties: np.ndarray
) -> Float[np.ndarray, "column voxel"]:
    """Weights at the penalty of each voxel, from all rows."""
    U, S, Vh = np.linalg.svd(columns, full_matrices=False)
    coef = np.empty((columns.shape[1], len(kept)))
    for voxels, rows in _blocks(Y, kept):
        shrinkage = np.zeros((len(rows), len(S)))
        shrinkage[: len(kept[voxels])] = S / (S**2 + penalties[voxels, None])
        coef[:, voxels] = ((rows @ U * shrinkage) @ Vh)[: len(kept[voxels])].T
    return coef


def _blocks(Y: Columns, kept: np.ndarray) -> Iterator[tuple[slice, Float[np.ndarray, "block tr"]]]:
    """Voxels as rows of a full block, zeros where they are masked or beyond the last."""
    for start in range(0, len(kept), BLOCK):
        voxels = slice(start, start + BLOCK)
        rows = np.zeros((BLOCK, Y.shape[0]))
        rows[np.flatnonzero(kept[voxels])] = as_rows(Y[:, voxels][:, kept[voxels]])
        yield voxels, rows


def _r(y: np.ndarray, p: np.ndarray) -> Float[np.ndarray, " voxel"]:
    y = y - y.mean(axis=1, keepdims=True)
    p = p - p.mean(axis=1, keepdims=True)
    norms = np.sqrt((y**2).sum(axis=1) * (p**2).sum(axis=1))
    return np.divide((y * p).sum(axis=1), norms, out=np.zeros(len(y)), where=norms > 0)


def _root_r2(y: np.ndarray, p: np.ndarray) -> Float[np.ndarray, " voxel"]:
    explained = 1 - (y - p).var(axis=1) / ((1 + y.var(axis=1)) / 2)
    return np.sign(explained) * np.sqrt(np.abs(explained))


_SCORES = MappingProxyType({"r": _r, "root_r2": _root_r2})
