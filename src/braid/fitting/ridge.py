"""Voxelwise ridge regression whose penalty is chosen by cross-validation.

Solved by himalaya (Dupre la Tour et al. 2022, NeuroImage 264).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from himalaya.ridge import solve_ridge_cv_svd
from jaxtyping import Float, Real, Shaped

from braid.fitting.delays import Edges, design_matrix
from braid.fitting.folds import Folds, leave_one_run_out
from braid.fitting.inputs import require_aligned, require_usable, unmask
from braid.fitting.scores import Score, fold_scorer

# With one penalty at a time, a batch bounds the predictions in memory to (tr, 1024) floats.
VOXEL_BATCH = 1024


@dataclass(frozen=True)
class RidgeFit:
    """A fitted ridge. Voxels that could not be fitted are NaN in every array.

    Attributes
    ----------
    best_alphas
        The penalty that each voxel was fitted with.
    best_scores
        The cross-validated score at that penalty.
    cv_scores
        The score at every penalty, mean over folds.
    coef
        Weights of the delayed features, columns in the order of `braid.fitting.delay`.
    delays, edges
        How the features are delayed.
    """

    best_alphas: Float[np.ndarray, " voxel"]
    best_scores: Float[np.ndarray, " voxel"]
    cv_scores: Float[np.ndarray, "alpha voxel"]
    coef: Float[np.ndarray, "column voxel"]
    delays: tuple[int, ...]
    edges: Edges

    def predict(
        self, X: Float[np.ndarray, "tr feature"], runs: Shaped[np.ndarray, " tr"]
    ) -> Float[np.ndarray, "tr voxel"]:
        """Responses that the features predict.

        Parameters
        ----------
        X
            Features, standardised as those of the fit were.
        runs
            Run label of each TR.

        Raises
        ------
        ValueError
            When `X` is not finite.
        """
        return design_matrix(X, runs, self.delays, self.edges) @ self.coef


def ridge_cv(
    X: Float[np.ndarray, "tr feature"],
    Y: Real[np.ndarray, "tr voxel"],
    *,
    runs: Shaped[np.ndarray, " tr"],
    alphas: Sequence[float] | Float[np.ndarray, " alpha"],
    folds: Folds | None = None,
    delays: Sequence[int] = (0,),
    edges: Edges = "run",
    alpha: Literal["voxel", "shared"] = "voxel",
    score: Score = "r",
) -> RidgeFit:
    """Fit argmin_B ||Y - X B||^2 + alpha ||B||^2 for each voxel, alpha by cross-validation.

    The penalty is alpha; code that shrinks by S / (S^2 + alpha^2) (HuthLab's `ridge.py`) uses its
    square. There is no intercept.

    Parameters
    ----------
    X
        Features of the training TRs, float32 or float64, centred.
    Y
        Responses of any real type, centred; cast to the type of `X`. Voxels that are constant or
        not finite anywhere are not fitted.
    runs
        Run label of each TR.
    alphas
        Penalties to try.
    folds
        (train, validation) indices; leave one run out by default.
    delays, edges
        Delays of the features in TRs, and what happens at run edges: see `design_matrix`.
    alpha
        "voxel" chooses a penalty for each voxel, "shared" the one with the best mean over voxels.
    score
        "r" (Pearson) or "r2" over the validation TRs, mean over folds, chooses the penalty.

    Raises
    ------
    ValueError
        When `X` is not finite, lengths disagree, or no voxel can be fitted.
    """
    require_aligned(X, Y, runs)
    columns, kept = design_matrix(X, runs, delays, edges), require_usable(Y)
    best, cv_scores, coef = _solve(
        columns,
        Y[:, kept],
        np.asarray(alphas, dtype=X.dtype),
        folds or leave_one_run_out(runs),
        alpha == "voxel",
        score,
    )
    return RidgeFit(
        best_alphas=unmask(np.asarray(alphas, dtype=X.dtype)[best], kept),
        best_scores=unmask(np.take_along_axis(cv_scores, best[None], axis=0)[0], kept),
        cv_scores=unmask(cv_scores, kept),
        coef=unmask(coef, kept),
        delays=tuple(delays),
        edges=edges,
    )


def _solve(
    X: np.ndarray, Y: np.ndarray, alphas: np.ndarray, folds: Folds, per_voxel: bool, score: Score
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Index of the best penalty, scores of all penalties, weights."""
    recorded: list[np.ndarray] = []
    scorer = fold_scorer(score)

    def recording_scorer(y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        # himalaya returns the scores of the best penalty only.
        recorded.append(scorer(y, prediction))
        return recorded[-1]

    solver = _solve_primal if X.shape[1] < len(X) else _solve_dual
    chosen, coef = solver(
        X,
        Y,
        alphas=alphas,
        cv=folds,
        local_alpha=per_voxel,
        score_func=recording_scorer,
        n_alphas_batch=1,
        n_targets_batch=VOXEL_BATCH,
    )
    # himalaya returns exp(log(alpha)): take the penalty of the grid that it stands for.
    best = np.abs(np.log(alphas)[:, None] - np.log(chosen)).argmin(axis=0)
    cv_scores = _mean_over_folds(recorded, len(folds), len(alphas))
    return best, cv_scores.astype(X.dtype), coef.astype(X.dtype)


def _solve_primal(X: np.ndarray, Y: np.ndarray, **settings: Any) -> tuple[np.ndarray, np.ndarray]:
    chosen, coef = solve_ridge_cv_svd(X, Y, **settings)[:2]
    return chosen, coef


def _solve_dual(X: np.ndarray, Y: np.ndarray, **settings: Any) -> tuple[np.ndarray, np.ndarray]:
    """Solve among the directions that the TRs span: fewer columns, the same predictions."""
    rotated, back = _span(X)
    chosen, coef = _solve_primal(rotated.astype(X.dtype), Y, **settings)
    return chosen, back @ coef


def _span(
    X: Float[np.ndarray, "tr feature"],
) -> tuple[Float[np.ndarray, "tr axis"], Float[np.ndarray, "feature axis"]]:
    """Rotate the features onto the axes of their kernel; return the rotation, too.

    The kernel squares the condition number, hence float64; axes below its rounding are dropped.
    """
    X = X.astype(np.float64)
    squares, axes = np.linalg.eigh(X @ X.T)
    kept = squares > squares[-1] * len(X) * np.finfo(np.float64).eps
    lengths = np.sqrt(squares[kept])
    return axes[:, kept] * lengths, X.T @ (axes[:, kept] / lengths)


def _mean_over_folds(recorded: list[np.ndarray], n_folds: int, n_alphas: int) -> np.ndarray:
    """Scores came fold by fold, then penalty by penalty, then in batches of voxels."""
    n_batches = len(recorded) // (n_folds * n_alphas)
    rows = [np.hstack(recorded[i : i + n_batches]) for i in range(0, len(recorded), n_batches)]
    return np.reshape(rows, (n_folds, n_alphas, -1)).mean(axis=0)
