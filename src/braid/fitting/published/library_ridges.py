"""Ridges of scikit-learn and himalaya as those sources called them that did not choose by runs.

Both libraries tell the score of the chosen penalty only: `cv_scores` is NaN at all others.
"""

from collections.abc import Sequence

import numpy as np
from himalaya.ridge import RidgeCV as HimalayaRidgeCV
from jaxtyping import Float, Real, Shaped
from sklearn.linear_model import RidgeCV

from braid.fitting.engine.fitted import RidgeFit
from braid.fitting.inputs import require_aligned, require_usable, unmask

Alphas = Sequence[float] | Float[np.ndarray, " alpha"]


def leave_one_out_ridge(
    X: Float[np.ndarray, "tr column"],
    Y: Real[np.ndarray, "tr voxel"],
    *,
    runs: Shaped[np.ndarray, " tr"],
    alphas: Alphas,
) -> RidgeFit:
    """Fit scikit-learn's RidgeCV as it comes: one penalty for all, by leaving out single rows.

    The rows beside the one left out are in the training: on slow signals this rewards penalties
    that are too small. The intercept, the mean of `Y` for centred features, is left out.

    Parameters
    ----------
    X
        Columns, centred.
    Y
        Responses. The penalty is shared: all voxels of a fit must be given at once.
    runs
        Not asked by this rule; only compared in length.
    alphas
        Penalties to try.

    Returns
    -------
    RidgeFit
        Scores are minus the mean squared error, mean over voxels.
    """
    require_aligned(X, Y, runs)
    kept = require_usable(Y)
    model = RidgeCV(alphas=np.asarray(alphas)).fit(X, Y[:, kept])
    coef = np.asarray(model.coef_).reshape(-1, X.shape[1]).T
    chosen, scores = (np.full(coef.shape[1], x) for x in (model.alpha_, model.best_score_))
    return _ridge_fit(np.asarray(alphas), chosen, scores, coef, kept, X)


def himalaya_ridge(
    X: Float[np.ndarray, "tr column"],
    Y: Real[np.ndarray, "tr voxel"],
    *,
    runs: Shaped[np.ndarray, " tr"],
    alphas: Alphas,
) -> RidgeFit:
    """Fit himalaya's RidgeCV as it comes: a penalty for each target, by squared error on 5 blocks.

    The blocks are cut in the order of the rows, without regard to runs or repeated stimuli. There
    is no intercept: targets that are not centred are predicted about 0.

    Parameters
    ----------
    X
        Columns, centred.
    Y
        Targets.
    runs
        Not asked by this rule; only compared in length.
    alphas
        Penalties to try.

    Returns
    -------
    RidgeFit
        Scores are minus the mean squared error.
    """
    require_aligned(X, Y, runs)
    kept = require_usable(Y)
    batches = {"n_targets_batch": 1024, "n_targets_batch_refit": 1024, "n_alphas_batch": 1}
    model = HimalayaRidgeCV(alphas=np.asarray(alphas, X.dtype), solver_params=batches)
    model.fit(X, Y[:, kept].astype(X.dtype))
    return _ridge_fit(
        np.asarray(alphas), model.best_alphas_, model.cv_scores_, model.coef_, kept, X
    )


def _ridge_fit(
    alphas: np.ndarray,
    chosen: np.ndarray,
    scores: np.ndarray,
    coef: np.ndarray,
    kept: np.ndarray,
    X: np.ndarray,
) -> RidgeFit:
    # himalaya returns exp(log(alpha)): take the penalty of the grid that it stands for.
    best = np.abs(np.log(alphas)[:, None] - np.log(chosen)).argmin(axis=0)
    cv_scores = np.full((len(alphas), len(best)), np.nan, X.dtype)
    cv_scores[best, np.arange(len(best))] = scores
    return RidgeFit(
        best_alphas=unmask(alphas[best].astype(X.dtype), kept),
        best_scores=unmask(np.asarray(scores, X.dtype), kept),
        cv_scores=unmask(cv_scores, kept),
        coef=unmask(np.asarray(coef, X.dtype), kept),
        delays=(0,),
        edges="run",
    )
