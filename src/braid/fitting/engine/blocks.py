"""What ridge and banded ridge have in common: rows in their places, and voxels in full blocks.

A block is filled up with zeros, so that none of its voxels depends on how many there are beside it.
Where a GPU has too little memory for it, it is halved, and the fit goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from braid.fitting.columns import require_grain
from braid.fitting.delays import Edges, run_labels
from braid.fitting.engine.backends import Backend, is_out_of_memory, to_backend
from braid.fitting.engine.crossval import STRIP
from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import lay_out
from braid.fitting.engine.readahead import Columns, blocks_of
from braid.fitting.folds import Folds, leave_one_run_out
from braid.fitting.inputs import require_aligned, require_finite

ROUNDING = {np.dtype(np.float32): 1e-6, np.dtype(np.float64): 1e-12}
"""Error of a score that the precision of the data implies: an exact fit asks for no better."""


class BlockEngine:
    """Fits of any number of voxels to one design; the arguments are those of `ridge_cv`.

    Attributes
    ----------
    alphas
        Penalties, in the precision of the fit.
    block
        Voxels at a time; halved when a GPU runs out of memory.
    at_once
        Blocks that are in memory together.
    events
        What a record of the fit should hold: the blocks that were halved.
    is_primal
        Whether there are no more columns than rows.
    """

    at_once = 1

    def __init__(
        self,
        X: Float[np.ndarray, "tr feature"],
        *,
        runs: Shaped[np.ndarray, " tr"],
        alphas: Sequence[float] | Float[np.ndarray, " alpha"],
        folds: Folds | None,
        delays: Sequence[int],
        edges: Edges,
        rows: Int[np.ndarray, " row"] | None,
        tolerance: float,
        backend: Backend,
        block: int,
    ) -> None:
        require_finite(X)
        require_aligned(X, runs, runs)
        require_grain(block)
        rows = np.arange(len(X)) if rows is None else rows
        folds = folds or leave_one_run_out(runs[rows])
        self.layout = lay_out(run_labels(runs, edges), rows, folds, delays)
        self.alphas = np.asarray(alphas, np.promote_types(X.dtype, np.float32))
        self.delays = tuple(delays)
        self.edges: Edges = edges
        self.backend: Backend = backend
        self.block = block
        self.events: list[str] = []
        self.accuracy = max(tolerance, ROUNDING[self.alphas.dtype])
        # The smaller matrix: its eigenvectors, and the rotation of each voxel, cost less.
        self.is_primal = X.shape[1] * len(self.delays) <= len(rows)

    def lag(self, X: Float[np.ndarray, "tr feature"]) -> Lagged:
        """Features in their places, in the precision of the fit."""
        X = X.astype(self.alphas.dtype, copy=False)
        places, length = self.layout.places, self.layout.length
        return Lagged.place(X, places, length, self.delays, self.backend)

    def each_block(self, Y: Columns, work: Callable[[np.ndarray], Any]) -> Iterator[Any]:
        """Do the work for as many voxels at a time as are in memory together.

        Raises
        ------
        ValueError
            When `Y` has another number of rows than the fit.
        """
        if Y.shape[0] != len(self.layout.rows):
            raise ValueError(f"X has {len(self.layout.rows)} TRs to fit, Y {Y.shape[0]}")
        for columns in blocks_of(Y, self.block * self.at_once):
            yield from self._within_memory(columns, work)

    def place(self, Y: np.ndarray, kept: Bool[np.ndarray, " voxel"], dtype: Any) -> Any:
        """Responses in their places, in a full block (voxel, place)."""
        placed = np.zeros((self.block, self.layout.length), dtype)
        placed[: len(kept), self.layout.rows] = np.where(kept, Y, 0).T
        return to_backend(placed, self.backend)

    def finish(self, values: np.ndarray, kept: Bool[np.ndarray, " voxel"]) -> np.ndarray:
        """Without the filling; NaN where nothing was fitted."""
        values = values[..., : len(kept)].astype(self.alphas.dtype, copy=False)
        return np.where(kept, values, np.nan)

    def _within_memory(
        self, columns: np.ndarray, work: Callable[[np.ndarray], Any]
    ) -> Iterator[Any]:
        first = 0
        while first < columns.shape[1]:
            size = self.block * self.at_once
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
