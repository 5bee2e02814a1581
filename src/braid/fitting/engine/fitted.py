"""What a ridge fit leaves behind, and how it predicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float, Int, Shaped

from braid.fitting.columns import BLOCK, blockwise
from braid.fitting.delays import Edges, run_labels
from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import consecutive, place
from braid.fitting.inputs import require_finite


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
        self,
        X: Float[np.ndarray, "tr feature"],
        runs: Shaped[np.ndarray, " tr"],
        rows: Int[np.ndarray, " row"] | None = None,
    ) -> Float[np.ndarray, "row voxel"]:
        """Responses that the features predict.

        Parameters
        ----------
        X
            Features, standardised as those of the fit were.
        runs
            Run label of each TR.
        rows
            TRs to predict, all by default; the others only lend what delays reach.

        Raises
        ------
        ValueError
            When `X` is not finite.
        """
        return predict(X, runs, self.coef, self.delays, self.edges, rows)


def predict(
    X: Float[np.ndarray, "tr feature"],
    runs: Shaped[np.ndarray, " tr"],
    coef: Float[np.ndarray, "column voxel"],
    delays: Sequence[int],
    edges: Edges,
    rows: Int[np.ndarray, " row"] | None = None,
) -> Float[np.ndarray, "row voxel"]:
    """Responses that features predict with the weights of their delayed columns."""
    require_finite(X)
    places, length = place(consecutive(run_labels(runs, edges)), delays)
    lagged = Lagged.place(X, places, length, delays)
    wanted = places if rows is None else places[rows]
    return blockwise(partial(_project, lagged, wanted), coef)


def _project(lagged: Lagged, places: np.ndarray, coef: np.ndarray) -> np.ndarray:
    """Predictions of a block that is filled up: products of another width have other bits."""
    voxels = coef.shape[1]
    filled = np.pad(coef, ((0, 0), (0, BLOCK - voxels)))
    return lagged.project(places, filled)[:, :voxels]
