"""The ridge engine: what X alone decides is prepared once, then voxels pass through in blocks.

Beside himalaya's solver (Dupre la Tour et al. 2022, NeuroImage 264), which forms a matrix of rows
by rows for every penalty and fold, folds here share one product X'Y, penalties share predictions
(`braid.fitting.engine.alphas`), and the final fit forms the weights of one penalty a voxel.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Shaped

from braid.fitting.columns import BLOCK, require_grain
from braid.fitting.delays import Edges, run_labels
from braid.fitting.engine.backends import Backend, is_out_of_memory, namespace, to_backend, to_numpy
from braid.fitting.engine.crossval import STRIP, Scan
from braid.fitting.engine.fitted import RidgeFit
from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import lay_out
from braid.fitting.engine.readahead import Columns, blocks_of
from braid.fitting.engine.spectra import Dual, Primal, to_precision
from braid.fitting.engine.statistics import Products, Rows
from braid.fitting.folds import Folds, leave_one_run_out
from braid.fitting.inputs import require_aligned, require_finite, usable
from braid.fitting.scores import Score

ROUNDING = {np.dtype(np.float32): 1e-6, np.dtype(np.float64): 1e-12}
"""Error of a score that the precision of the data implies: an exact fit asks for no better."""


class RidgeEngine:
    """Ridge fits of any number of voxels to one design.

    Attributes
    ----------
    alphas
        Penalties.
    block
        Voxels at a time; halved when a GPU runs out of memory.
    events
        What a record of the fit should hold: the blocks that were halved.
    """

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
        require_finite(X)
        require_aligned(X, runs, runs)
        require_grain(block)
        X = X.astype(np.promote_types(X.dtype, np.float32), copy=False)
        rows = np.arange(len(X)) if rows is None else rows
        folds = folds or leave_one_run_out(runs[rows])
        self.layout = lay_out(run_labels(runs, edges), rows, folds, delays)
        self.alphas, self.delays = np.asarray(alphas, X.dtype), tuple(delays)
        self.edges: Edges = edges
        self.backend: Backend = backend
        self.block = block
        self.events: list[str] = []
        placed = Lagged.place(X, self.layout.places, self.layout.length, delays, backend)
        penalties = self.alphas.astype(np.float64)
        primal = placed.columns <= len(rows)
        # The smaller matrix: its eigenvectors, and the rotation of each voxel, cost less.
        form = (Primal if primal else Dual)(placed, self.layout)
        accuracy = max(tolerance, ROUNDING[X.dtype])
        folded = (form.fold(k, penalties) for k in range(len(folds)))
        self.scans = [Scan(fold, penalties, score, accuracy) for fold in folded]
        self.whole = form.whole(penalties)
        self.precision = to_numpy(form.lagged.base[:0, :]).dtype
        for scan in self.scans:
            scan.axes = to_precision(scan.axes, form.lagged.base.dtype)
        self.statistics = Products(form.lagged, self.layout) if primal else Rows(self.layout)

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
        return np.hstack(list(self._each_block(Y, self._scores)))

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
        parts = list(self._each_block(Y, partial(self._fit, alpha=alpha)))
        alphas, scores, cv_scores, coef = (
            np.concatenate(p, axis=-1) for p in zip(*parts, strict=True)
        )
        return RidgeFit(alphas, scores, cv_scores, coef, self.delays, self.edges)

    def _each_block(self, Y: Columns, work: Callable[[np.ndarray], Any]) -> Iterator[Any]:
        if Y.shape[0] != len(self.layout.rows):
            raise ValueError(f"X has {len(self.layout.rows)} TRs to fit, Y {Y.shape[0]}")
        for columns in blocks_of(Y, self.block):
            yield from self._within_memory(columns, work)

    def _within_memory(
        self, columns: np.ndarray, work: Callable[[np.ndarray], Any]
    ) -> Iterator[Any]:
        first = 0
        while first < columns.shape[1]:
            size = self.block
            try:
                done = work(columns[:, first : first + size])
            except RuntimeError as error:
                self._halve_block(error)
                continue
            first += size
            yield done

    def _halve_block(self, error: RuntimeError) -> None:
        """Go on with half the voxels at a time where that may help."""
        if not is_out_of_memory(error) or self.block <= STRIP:
            raise error
        self.block //= 2
        self.events.append(f"out of memory: on with blocks of {self.block} voxels")

    def _scores(self, Y: np.ndarray) -> np.ndarray:
        kept = usable(Y)
        return self._finished(self._scan(self._statistics(Y, kept)), kept)

    def _fit(self, Y: np.ndarray, alpha: int | None) -> tuple[np.ndarray, ...]:
        """Penalty, score at it, scores at all, weights."""
        kept = usable(Y)
        placed, statistics = self._statistics(Y, kept)
        cv_scores = self._scan((placed, statistics))
        best = cv_scores.argmax(axis=0) if alpha is None else np.full(self.block, alpha)
        parts = self.alphas[best], cv_scores[best, range(self.block)], cv_scores
        weights = self._weights(statistics, best)
        return tuple(self._finished(part, kept) for part in (*parts, weights))

    def _statistics(self, Y: np.ndarray, kept: np.ndarray) -> tuple[Any, Any]:
        """Responses in their places, in a block that is always full, and what fits need of them."""
        placed = np.zeros((self.block, self.layout.length), self.precision)
        placed[: len(kept), self.layout.rows] = np.where(kept, Y, 0).T
        Yt = to_backend(placed, self.backend)
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

    def _finished(self, values: np.ndarray, kept: np.ndarray) -> np.ndarray:
        """Without the filling; NaN where nothing was fitted."""
        return np.where(kept, values[..., : len(kept)], np.nan)
