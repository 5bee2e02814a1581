"""Voxelwise ridge regression whose penalty is chosen by cross-validation."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Int, Shaped

from braid.fitting.columns import BLOCK
from braid.fitting.delays import Edges
from braid.fitting.engine.backends import Backend
from braid.fitting.engine.core import RidgeEngine
from braid.fitting.engine.fitted import RidgeFit
from braid.fitting.engine.readahead import Columns
from braid.fitting.folds import Folds
from braid.fitting.scores import Score


def ridge_cv(
    X: Float[np.ndarray, "tr feature"],
    Y: Columns,
    *,
    runs: Shaped[np.ndarray, " tr"],
    alphas: Sequence[float] | Float[np.ndarray, " alpha"],
    alpha: Literal["voxel", "shared"] = "voxel",
    folds: Folds | None = None,
    delays: Sequence[int] = (0,),
    edges: Edges = "run",
    rows: Int[np.ndarray, " row"] | None = None,
    score: Score = "r",
    tolerance: float = 0.0,
    backend: Backend = "numpy",
    block: int = BLOCK,
) -> RidgeFit:
    """Fit argmin_B ||Y - X B||^2 + alpha ||B||^2 for each voxel, alpha by cross-validation.

    The penalty is alpha; code that shrinks by S / (S^2 + alpha^2) (HuthLab's `ridge.py`) uses its
    square. There is no intercept. Splits of the voxels at multiples of `block` give the same
    numbers to the bit; with numpy on one thread, any split does.

    Parameters
    ----------
    X
        Features of the TRs, float32 or float64, centred.
    Y
        Responses (row, voxel) of any real type, centred; cast to the type of `X`. An array, or
        anything that gives blocks of columns: each block is read once, while the one before it is
        fitted. Voxels that are constant or not finite anywhere are not fitted.
    runs
        Run label of each TR.
    alphas
        Penalties to try.
    alpha
        "voxel" chooses a penalty for each voxel, "shared" the one with the best mean over voxels
        (which takes a second pass over `Y`).
    folds
        (train, validation) indices into `rows`; leave one run out by default.
    delays, edges
        Delays of the features in TRs, and what happens at run edges: see `design_matrix`.
    rows
        TRs of X that `Y` holds, all by default; the others only lend what delays reach.
    score
        "r" (Pearson) or "r2" over the validation TRs, mean over folds, chooses the penalty.
    tolerance
        Bound on the error of any score from sharing predictions between penalties. 0 stays within
        the rounding of the data's type: 1e-6 in float32, 1e-12 in float64.
    backend
        "numpy", "torch" (on the CPU) or "torch_cuda".
    block
        Voxels at a time.

    Raises
    ------
    ValueError
        When `X` is not finite, lengths disagree, or no voxel can be fitted.
    """
    settings: dict[str, Any] = {
        "folds": folds, "delays": delays, "edges": edges, "rows": rows, "score": score,
        "tolerance": tolerance, "backend": backend, "block": block,
    }  # fmt: skip
    engine = RidgeEngine(X, runs=runs, alphas=alphas, **settings)
    if alpha == "shared":
        fit = engine.fit(Y, alpha=int(np.nansum(engine.scores(Y), axis=1).argmax()))
    else:
        fit = engine.fit(Y)
    if np.isnan(fit.best_alphas).all():
        raise ValueError(f"none of the {Y.shape[1]} voxels of Y is finite and varies")
    return fit
