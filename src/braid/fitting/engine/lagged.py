"""Features at several delays, as shifted views of one array: no delayed copy is ever made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braid.fitting.engine.backends import Backend, namespace, to_backend


@dataclass(frozen=True)
class Lagged:
    """Delayed features; their columns are in the order of `braid.fitting.delay`.

    Attributes
    ----------
    base
        Features in their places (place, feature), with zeros in the room between runs.
    delays
        In TRs.
    """

    base: Any
    delays: tuple[int, ...]

    @classmethod
    def place(
        cls,
        X: Float[np.ndarray, "tr feature"],
        places: Int[np.ndarray, " tr"],
        length: int,
        delays: Sequence[int],
        backend: Backend = "numpy",
    ) -> "Lagged":
        """Copy features to their places among `length`."""
        base = np.zeros((length, X.shape[1]), X.dtype)
        base[places] = X
        return cls(to_backend(base, backend), tuple(delays))

    @property
    def columns(self) -> int:
        """Features times delays."""
        return self.base.shape[1] * len(self.delays)

    @property
    def is_double(self) -> bool:
        """Whether the features are in float64."""
        return self.base.dtype == namespace(self.base).float64

    def doubled(self) -> "Lagged":
        """The same in float64."""
        xp = namespace(self.base)
        return replace(self, base=xp.astype(self.base, xp.float64))

    def rows(self, places: Int[np.ndarray, " row"]) -> Any:
        """Rows with all their columns, in float64 (row, column)."""
        xp = namespace(self.base)
        delayed = xp.concat([self.base[places - lag, :] for lag in self.delays], axis=1)
        return xp.astype(delayed, xp.float64)

    def project(self, places: Int[np.ndarray, " row"], axes: Any) -> Any:
        """Product of the rows at `places` with `axes` (column, axis): (row, axis)."""
        width = self.base.shape[1]
        starts = range(0, self.columns, width)
        parts = zip(self.delays, starts, strict=True)
        return reduce(
            add, (self.base[places - lag, :] @ axes[at : at + width, :] for lag, at in parts)
        )

    def cross(self, Yt: Any, stretches: Sequence[slice]) -> Any:
        """Product of responses (voxel, place) with the columns, over some rows: (voxel, column)."""
        products = [
            reduce(add, (Yt[:, s] @ _shifted(self.base, s, lag) for s in stretches))
            for lag in self.delays
        ]
        return namespace(Yt).concat(products, axis=1)

    def gram(self, places: Int[np.ndarray, " row"], stretches: Sequence[slice]) -> Any:
        """Products of all pairs of columns over some rows, in float64: (column, column).

        Columns of delays i and j have the same product as those of any other delays that are as far
        apart, but for the rows at the edges of each run of consecutive rows.
        """
        xp, width = namespace(self.base), self.base.shape[1]
        lags = {abs(j - i) for i in self.delays for j in self.delays}
        inner = {lag: self._lagged_product(stretches, lag) for lag in lags}
        gram = xp.zeros((self.columns, self.columns), dtype=xp.float64, device=self.base.device)
        for i, near in enumerate(self.delays):
            for j, far in enumerate(self.delays):
                if near <= far:
                    block = inner[far - near] + self._edges(places, near, far - near)
                    at, to = slice(i * width, (i + 1) * width), slice(j * width, (j + 1) * width)
                    gram[at, to], gram[to, at] = block, block.T
        return gram

    def kernel(self, places: Int[np.ndarray, " row"]) -> Any:
        """Products of all pairs of rows, in float64: (row, row); a sum of shifted base products."""
        xp = namespace(self.base)
        base = xp.astype(self.base, xp.float64)
        products = base @ base.T
        shifted = ((places - lag)[:, None] for lag in self.delays)
        return reduce(add, (products[at, at.T] for at in shifted))

    def _lagged_product(self, stretches: Sequence[slice], lag: int) -> Any:
        parts = [(self.base[s, :], _shifted(self.base, s, lag)) for s in stretches]
        return reduce(add, (_product(near, far if lag else near) for near, far in parts))

    def _edges(self, places: np.ndarray, near: int, lag: int) -> Any:
        """What a delay of `near` brings in at the start of each run of rows, less what it loses."""
        starts = places[np.diff(places, prepend=places[0] - 2) > 1]
        stops = places[np.diff(places, append=places[-1] + 2) > 1] + 1
        gained, lost = _between(starts - near, starts), _between(stops - near, stops)
        sign = 1 if near > 0 else -1
        return sign * (self._row_product(gained, lag) - self._row_product(lost, lag))

    def _row_product(self, rows: np.ndarray, lag: int) -> Any:
        return _product(self.base[rows, :], self.base[rows - lag, :])


def _shifted(base: Any, rows: slice, lag: int) -> Any:
    return base[rows.start - lag : rows.stop - lag, :]


def _product(A: Any, B: Any) -> Any:
    xp = namespace(A)
    a = xp.astype(A, xp.float64)
    # Twice the very same array: numpy computes one triangle only.
    return a.T @ (a if A is B else xp.astype(B, xp.float64))


def _between(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """All places from the smaller to the larger of each pair, the larger left out."""
    low, high = np.minimum(first, last), np.maximum(first, last)
    return np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)])
