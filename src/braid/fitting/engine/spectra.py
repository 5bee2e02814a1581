"""Eigenvectors of training rows: what a ridge needs to know of X, at every penalty.

With the Gram of the training rows G = Q diag(l) Q' (primal), the rows left out are predicted as

    P(alpha) = X Q diag(1 / (l + alpha)) Q' X'Y = U diag(1 / (l + alpha)) Z.

Where columns outnumber rows the kernel takes the place of the Gram (dual): K = V diag(l) V', and
with Q = X' V / sqrt(l) the same U and Z follow from K. Both are decomposed in float64. That halves
the digits of small eigenvalues; where a penalty is small enough to show, X itself is decomposed.
"""

from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int

from braid.fitting.engine.backends import eigh, namespace, to_numpy
from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import Layout

AMPLIFIED = 10.0
"""Up to here statistics in float32 keep scores within 4e-7 of float64 (measured: white features, as
many as training rows, and power spectra, at signals from a tenth to ten times the noise)."""

THIN = 1e9
"""Largest eigenvalue over smallest, penalty added, from which on X itself is decomposed: a Gram
leaves the smallest 7 digits at that."""


class Fold(NamedTuple):
    """One set of training rows and the rows that it predicts."""

    squares: Any
    """Eigenvalues l, ascending, float64 (axis,)."""
    axes: Any
    """What turns statistics of the responses into Z (statistic, axis)."""
    left_out: Any
    """U: rows left out (row, axis)."""


class Whole(NamedTuple):
    """All rows, for the final fit."""

    squares: Any
    axes: Any
    back: Any
    """Q': what turns Z / (l + alpha) into weights (axis, column)."""


class Primal:
    """X'X, of which folds add and subtract what they share.

    Attributes
    ----------
    lagged
        Features in the precision of the statistics and their rotation.
    dtype
        Precision of the predictions, that of X.
    """

    def __init__(self, lagged: Lagged, layout: Layout) -> None:
        self.lagged, self.layout, self.dtype = lagged, layout, lagged.base.dtype
        self.total = self._gram(np.arange(len(layout.atoms)))

    def whole(self, alphas: np.ndarray) -> Whole:
        """Decompose all rows."""
        squares, axes = self._decomposed(self.total, self.layout.rows, alphas)
        axes = to_precision(axes, self.lagged.base.dtype)
        return Whole(squares, axes, axes.T)

    def fold(self, k: int, alphas: np.ndarray) -> Fold:
        """Decompose the training rows of a fold; from here on in the precision that it needs."""
        gram = self.total - self._gram(np.flatnonzero(self.layout.left_out[k]))
        squares, axes = self._decomposed(gram, self.layout.train[k], alphas)
        left_out = self._left_out(k, axes)
        lagged, self.lagged = self.lagged, precise(self.lagged, squares, left_out, alphas)
        if self.lagged is not lagged:
            left_out = self._left_out(k, axes)
        axes = to_precision(axes, self.lagged.base.dtype)
        return Fold(squares, axes, to_precision(left_out, self.dtype))

    def _decomposed(self, gram: Any, places: np.ndarray, alphas: np.ndarray) -> tuple[Any, Any]:
        squares, axes = decompose(gram)
        if not is_thin(squares, alphas):
            return squares, axes
        squares, _, axes = decompose_rows(self.lagged.rows(places))
        return squares, axes

    def _left_out(self, k: int, axes: Any) -> Any:
        axes = to_precision(axes, self.lagged.base.dtype)
        return self.lagged.project(self.layout.test[k], axes)

    def _gram(self, atoms: Int[np.ndarray, " _"]) -> Any:
        layout = self.layout
        return reduce(add, (self.lagged.gram(layout.atoms[i], layout.stretches[i]) for i in atoms))


class Dual:
    """XX', of which each fold takes its rows; attributes as of `Primal`."""

    def __init__(self, lagged: Lagged, layout: Layout) -> None:
        self.lagged, self.layout, self.dtype = lagged, layout, lagged.base.dtype
        self.kernel = lagged.kernel(layout.rows)
        self.index = np.empty(layout.length, dtype=np.int64)
        self.index[layout.rows] = np.arange(len(layout.rows))

    def whole(self, alphas: np.ndarray) -> Whole:
        """Decompose all rows."""
        dtype = self.lagged.base.dtype
        squares, axes = decompose(self.kernel)
        if is_thin(squares, alphas):
            squares, axes, columns = decompose_rows(self.lagged.rows(self.layout.rows))
            back = to_precision(columns.T, dtype)
        else:
            spread = self._placed(to_precision((axes / squares**0.5).T, dtype))
            back = self.lagged.cross(spread, self._everywhere())
        return Whole(squares, to_precision(axes * squares**0.5, dtype), back)

    def fold(self, k: int, alphas: np.ndarray) -> Fold:
        """Decompose the training rows of a fold; from here on in the precision that it needs."""
        train, test = self.index[self.layout.train[k]], self.index[self.layout.test[k]]
        squares, axes = decompose(self.kernel[train[:, None], train])
        if is_thin(squares, alphas):
            squares, axes, columns = decompose_rows(self.lagged.rows(self.layout.train[k]))
            left_out = self.lagged.rows(self.layout.test[k]) @ columns
        else:
            left_out = self.kernel[test[:, None], train] @ (axes / squares**0.5)
        self.lagged = precise(self.lagged, squares, left_out, alphas)
        axes = to_precision(axes * squares**0.5, self.lagged.base.dtype)
        return Fold(squares, axes, to_precision(left_out, self.dtype))

    def _placed(self, values: Any) -> Any:
        """Values (axis, row) in the places of their rows (axis, place)."""
        xp = namespace(values)
        shape = (values.shape[0], self.layout.length)
        placed = xp.zeros(shape, dtype=values.dtype, device=values.device)
        placed[:, self.layout.rows] = values
        return placed

    def _everywhere(self) -> list[slice]:
        return [rows for atom in self.layout.stretches for rows in atom]


def precise(lagged: Lagged, squares: Any, left_out: Any, alphas: np.ndarray) -> Lagged:
    """Features in float64 where rounding, in statistics or rotation, would move the scores."""
    if lagged.is_double:
        return lagged
    spread = to_numpy(namespace(left_out).var(left_out, axis=0))
    amplified = amplification(to_numpy(squares), spread, alphas)
    return lagged.doubled() if amplified > AMPLIFIED else lagged


def amplification(squares: np.ndarray, spread: np.ndarray, alphas: np.ndarray) -> float:
    """How much larger the rounding of X'Y gets, relative to predictions, at the worst penalty.

    An error e of each entry of X'Y, which is as long as a column of X, moves the predictions of the
    rows left out along axis d by u_d e / (l_d + alpha), where noise alone moves them by
    u_d sqrt(l_d) / (l_d + alpha); u_d^2 is the spread of those rows.
    """
    moved = spread / (squares + alphas[:, None]) ** 2
    by_noise = np.maximum(moved @ squares, np.finfo(np.float64).tiny)
    return float(np.sqrt(squares.mean() * moved.sum(axis=1) / by_noise).max())


def is_thin(squares: Any, alphas: np.ndarray) -> bool:
    """Say whether a penalty shows eigenvalues that a Gram or kernel does not hold well enough."""
    return float(squares[-1]) > THIN * (float(squares[0]) + float(alphas.min()))


def decompose_rows(rows: Any) -> tuple[Any, Any, Any]:
    """Decompose X itself: squared singular values, ascending, left and right singular vectors.

    Parameters
    ----------
    rows
        Training rows with all their columns, float64 (row, column).

    Returns
    -------
    tuple
        (axis,), (row, axis) and (column, axis), null directions left out.
    """
    xp = namespace(rows)
    tall = rows.shape[0] >= rows.shape[1]
    base, triangle = xp.linalg.qr(rows if tall else rows.T)
    inner, singular, outer = xp.linalg.svd(triangle, full_matrices=False)
    long, short = base @ inner, outer.T
    floor = singular[0] * max(rows.shape) * np.finfo(np.float64).eps
    kept = xp.flip(xp.nonzero(singular > floor)[0])
    left, right = (long, short) if tall else (short, long)
    return singular[kept] ** 2, left[:, kept], right[:, kept]


def decompose(matrix: Any) -> tuple[Any, Any]:
    """Eigenvalues and eigenvectors of a Gram or kernel, without its null directions.

    Directions below the rounding of float64 carry nothing of X: left in, a small penalty would blow
    up their noise.

    Parameters
    ----------
    matrix
        Symmetric, float64 (n, n).

    Returns
    -------
    tuple
        Eigenvalues (axis,), ascending, and eigenvectors (n, axis).
    """
    xp = namespace(matrix)
    squares, axes = eigh(matrix)
    floor = squares[-1] * len(squares) * np.finfo(np.float64).eps
    null = int(xp.sum(xp.astype(squares <= floor, xp.int64)))
    return squares[null:], axes[:, null:]


def to_precision(values: Any, dtype: Any) -> Any:
    """Cast to a type of the same kind of array, where it is not of that type already."""
    return namespace(values).astype(values, dtype, copy=False)
