"""The same cross-validation solved directly in float64, and how far a side is from it.

Every penalty of every fold is a Cholesky solution of the normal equations (of the kernel, where
there are fewer TRs than columns): no decomposition is shared with any of the sides.
"""

from collections.abc import Sequence

import numpy as np
from bench.measure import Measured
from bench.synthetic import Problem, standard
from scipy.linalg import cho_factor, cho_solve


def direct(folder: str, alphas: list[float]) -> Measured:
    """Cross-validated r of some voxels at every penalty."""
    problem = Problem(folder)
    X = problem.delayed().astype(np.float64)
    Y = problem.responses[:, :][:, problem.checked()].astype(np.float64)
    scores = [
        fold_scores(X[fit], Y[fit], X[held], Y[held], alphas) for fit, held in problem.folds()
    ]
    return {"scores": np.mean(scores, axis=0).tolist()}


def fold_scores(
    X: np.ndarray, Y: np.ndarray, held_X: np.ndarray, held_Y: np.ndarray, alphas: Sequence[float]
) -> np.ndarray:
    """Pearson r (alpha, voxel) over the held-out TRs."""
    primal = X.shape[1] < len(X)
    gram = X.T @ X if primal else X @ X.T
    target, carry = (X.T @ Y, held_X) if primal else (Y, held_X @ X.T)
    wanted = standard(held_Y)
    scores = []
    for alpha in alphas:
        penalised = gram.copy()
        penalised.flat[:: len(gram) + 1] += alpha
        factor = cho_factor(penalised, overwrite_a=True, check_finite=False)
        scores.append((wanted * standard(carry @ cho_solve(factor, target))).mean(axis=0))
    return np.array(scores)


def accuracy(scores: Measured, reference: Sequence[Sequence[float]]) -> dict[str, float]:
    """Compare what a side found with the direct solution.

    Parameters
    ----------
    scores
        `best` (voxel), index of the penalty; `best_scores` (voxel); `cv_scores` (alpha, voxel) or
        none, where the side keeps those of the best only.
    reference
        Scores (alpha, voxel) of the direct solution.

    Returns
    -------
    dict
        `best`: max |dr| of the best score; `all`: of all penalties; `same`: share of voxels with
        the same penalty; `lost`: the most r that any voxel loses by another penalty.
    """
    exact = np.array(reference)
    chosen = np.take_along_axis(exact, np.array(scores["best"])[None], axis=0)[0]
    found = {
        "best": float(np.abs(np.array(scores["best_scores"]) - exact.max(axis=0)).max()),
        "same": float((np.array(scores["best"]) == exact.argmax(axis=0)).mean()),
        "lost": float((exact.max(axis=0) - chosen).max()),
    }
    if scores["cv_scores"] is not None:
        found["all"] = float(np.abs(np.array(scores["cv_scores"]) - exact).max())
    return found


def sentence(found: dict[str, float]) -> str:
    """Say it in a cell of the table."""
    every = f", all {found['all']:.1g}" if "all" in found else ""
    return (
        f"max \\|Δr\\| best {found['best']:.1g}{every}; same alpha {found['same']:.1%},"
        f" r lost ≤ {found['lost']:.1g}"
    )
