"""What a banded ridge leaves behind, and how it predicts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int, Shaped

from braid.fitting.delays import Edges
from braid.fitting.engine.fitted import predict

PER_VOXEL = ("best_alphas", "weights", "best_scores", "cv_scores", "coef")


@dataclass(frozen=True)
class BandedFit:
    """A fitted banded ridge. Voxels that could not be fitted are NaN in every array.

    Attributes
    ----------
    names
        Bands, in the order in which they first appear among the features.
    best_alphas
        The overall penalty of each voxel.
    weights
        Each band's share of the prior variance; sums to 1 over bands. The penalty of a band is
        `best_alphas / weights`; himalaya's deltas are `log(weights / best_alphas)`.
    best_scores
        The cross-validated score at these.
    cv_scores
        The score of each draw of shares at its best penalty, mean over folds.
    coef
        Weights of the delayed features, columns in the order of `braid.fitting.delay`.
    bands
        The band of each feature, before delays.
    delays, edges
        How the features are delayed.
    """

    names: tuple[str, ...]
    best_alphas: Float[np.ndarray, " voxel"]
    weights: Float[np.ndarray, "band voxel"]
    best_scores: Float[np.ndarray, " voxel"]
    cv_scores: Float[np.ndarray, "draw voxel"]
    coef: Float[np.ndarray, "column voxel"]
    bands: Shaped[np.ndarray, " feature"]
    delays: tuple[int, ...]
    edges: Edges

    def predict(
        self,
        X: Float[np.ndarray, "tr feature"],
        runs: Shaped[np.ndarray, " tr"],
        rows: Int[np.ndarray, " row"] | None = None,
    ) -> Float[np.ndarray, "row voxel"]:
        """Responses that all bands together predict; see `RidgeFit.predict`."""
        return predict(X, runs, self.coef, self.delays, self.edges, rows)

    def split_predict(
        self,
        X: Float[np.ndarray, "tr feature"],
        runs: Shaped[np.ndarray, " tr"],
        rows: Int[np.ndarray, " row"] | None = None,
    ) -> Float[np.ndarray, "band row voxel"]:
        """Responses that each band predicts, in the order of `names`; they sum to `predict`."""
        columns = np.tile(self.bands, len(self.delays))
        parts = [(X[:, self.bands == name], self.coef[columns == name]) for name in self.names]
        return np.stack([predict(x, runs, w, self.delays, self.edges, rows) for x, w in parts])


def joined(parts: Sequence[BandedFit]) -> BandedFit:
    """Fits of consecutive voxels as one."""
    arrays = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in PER_VOXEL
    }
    return replace(parts[0], **arrays)
