"""The ridge engine: what X alone decides is prepared once, then voxels pass through in blocks.

Beside himalaya's solver (Dupre la Tour et al. 2022, NeuroImage 264), which forms a matrix of rows
by rows for every penalty and fold, folds here share one product X'Y, penalties share predictions
(`braid.fitting.engine.alphas`), and the final fit forms the weights of one penalty a voxel.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Shaped

from braid.fitting.columns import BLOCK
from braid.fitting.delays import Edges
from braid.fitting.engine.backends import Backend, namespace, to_numpy
from braid.fitting.engine.blocks import BlockEngine
from braid.fitting.engine.crossval import Scan
from braid.fitting.engine.fitted import RidgeFit
from braid.fitting.engine.readahead import Columns
from braid.fitting.engine.spectra import Dual, Primal, to_precision
from braid.fitting.engine.statistics import Products, Rows
from braid.fitting.folds import Folds
from braid.fitting.inputs import usable
from braid.fitting.scores import Score


class RidgeEngine(BlockEngine):
    """Ridge fits of any number of voxels to one design; the arguments are those of `ridge_cv`."""

    def __init__(
        self,
        X: Float[np.ndarray, "tr feature"],
        *,
        runs: Shaped[np.ndarray, " tr"],
        alphas: Sequence[float] | Float[np.ndarray, " alpha"],
        folds: Folds | None = None,
        delays: Sequence[int] = (0,),
        edges: Edges = "run",
        rows: Int[np.ndarray, " row"] | None = None,
        score: Score = "r",
        tolerance: float = 0.0,
        backend: Backend = "numpy",
        block: int = BLOCK,
    ) -> None:
        super().__init__(
            X, runs=runs, alphas=alphas, folds=folds, delays=delays, edges=edges, rows=rows,
            tolerance=tolerance, backend=backend, block=block,
        )  # fmt: skip
        penalties = self.alphas.astype(np.float64)
        form = (Primal if self.is_primal else Dual)(self.lag(X), self.layout)
        folded = (form.fold(k, penalties) for k in range(len(self.layout.test)))
        self.scans = [Scan(fold, penalties, score, self.accuracy) for fold in folded]
        self.whole = form.whole(penalties)
        self.precision = to_numpy(form.lagged.base[:0, :]).dtype
        for scan in self.scans:
            scan.axes = to_precision(scan.axes, form.lagged.base.dtype)
        self.statistics = (
            Products(form.lagged, self.layout) if self.is_primal else Rows(self.layout)
        )

    def operations(self, voxels: int) -> int:
        """Floating-point operations of a fit, without what X alone takes."""
        rotations = sum(2 * scan.axes.shape[0] * scan.axes.shape[1] for scan in self.scans)
        products = 2 * len(self.layout.rows) * self.whole.back.shape[1]
        final = 2 * self.whole.axes.shape[0] ** 2 + 2 * self.whole.back.size
        shared = products if isinstance(self.statistics, Products) else 0
        scans = sum(scan.operations for scan in self.scans)
        return voxels * (shared + rotations + scans + final)

    def scores(self, Y: Columns) -> Float[np.ndarray, "alpha voxel"]:
        """Cross-validated score of each voxel at each penalty; NaN where it cannot be fitted."""
        return np.hstack(list(self.each_block(Y, self._scores)))

    def fit(self, Y: Columns, alpha: int | None = None) -> RidgeFit:
        """Fit each voxel at its best penalty, or all at a given one.

        Parameters
        ----------
        Y
            Responses (row, voxel) of any real type, cast to the type of X. Voxels that are constant
            or not finite anywhere are not fitted.
        alpha
            Index of the penalty to take in every voxel.
        """
        parts = list(self.each_block(Y, partial(self._fit, alpha=alpha)))
        alphas, scores, cv_scores, coef = (
            np.concatenate(p, axis=-1) for p in zip(*parts, strict=True)
        )
        return RidgeFit(alphas, scores, cv_scores, coef, self.delays, self.edges)

    def _scores(self, Y: np.ndarray) -> np.ndarray:
        kept = usable(Y)
        return self.finish(self._scan(self._statistics(Y, kept)), kept)

    def _fit(self, Y: np.ndarray, alpha: int | None) -> tuple[np.ndarray, ...]:
        """Penalty, score at it, scores at all, weights."""
        kept = usable(Y)
        placed, statistics = self._statistics(Y, kept)
        cv_scores = self._scan((placed, statistics))
        best = cv_scores.argmax(axis=0) if alpha is None else np.full(self.block, alpha)
        parts = self.alphas[best], cv_scores[best, range(self.block)], cv_scores
        weights = self._weights(statistics, best)
        return tuple(self.finish(part, kept) for part in (*parts, weights))

    def _statistics(self, Y: np.ndarray, kept: np.ndarray) -> tuple[Any, Any]:
        """Responses in their places, and what fits need of them."""
        Yt = self.place(Y, kept, self.precision)
        return Yt, self.statistics.of(Yt)

    def _scan(self, given: tuple[Any, Any]) -> np.ndarray:
        Yt, statistics = given
        scores = 0.0
        for k, scan in enumerate(self.scans):
            Zt = self.statistics.of_fold(statistics, k) @ scan.axes
            scores = scores + scan.scores(Zt, Yt[:, self.layout.test[k]])
        return to_numpy(scores / len(self.scans)).astype(self.alphas.dtype)

    def _weights(self, statistics: Any, best: np.ndarray) -> np.ndarray:
        xp = namespace(self.whole.axes)
        Zt = self.statistics.of_all(statistics) @ self.whole.axes
        penalties = xp.asarray(self.alphas[best].astype(np.float64), device=Zt.device)
        shrinkage = 1 / (self.whole.squares + penalties[:, None])
        weights = to_numpy((Zt * xp.astype(shrinkage, Zt.dtype)) @ self.whole.back)
        return weights.astype(self.alphas.dtype, copy=False).T
