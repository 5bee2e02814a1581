"""The grid of penalties, compressed: predictions at all of them from a few pieces.

Predictions at penalty a are U diag(R[a]) Z with R[a, d] = 1 / (l_d + a). Over a band of eigenvalues
near each other the rows of R are nearly multiples of few functions, so that

    R[a, d] = sum over j of C[a, j] F[j, d] + E[a, d],

with each F[j] in one band of d only. Products with U are needed for the pieces, not the penalties;
how many depends on the spectrum and the accuracy, hardly on the length of the grid.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

CANDIDATE_BANDS = 24
NARROWEST = 32
"""Axes for each candidate on average: narrower bands would save less than their pieces cost."""
PIECE = 80
"""What a piece costs besides its products, in columns of U: it is written, read and combined."""


class Band(NamedTuple):
    """Neighbouring axes, and the functions over them."""

    axes: slice
    functions: Float[np.ndarray, "piece _"]


@dataclass(frozen=True)
class Compression:
    """A low-rank form of R.

    Attributes
    ----------
    bands
        Bands in order, with their functions F.
    mix
        Pieces to a basis of as many functions as the whole grid needs (basis, piece).
    expand
        Basis to penalties (alpha, basis); expand @ mix = C.
    residual
        E (alpha, axis).
    terms
        Sum over pieces of |C| |F| (alpha, axis): what rounding is relative to.
    """

    bands: list[Band]
    mix: Float[np.ndarray, "basis piece"]
    expand: Float[np.ndarray, "alpha basis"]
    residual: Float[np.ndarray, "alpha axis"]
    terms: Float[np.ndarray, "alpha axis"]

    @property
    def products(self) -> int:
        """Columns of U that enter a product with each voxel."""
        return sum(band.functions.size for band in self.bands)


def compress(
    squares: Float[np.ndarray, " axis"],
    spread: Float[np.ndarray, " axis"],
    alphas: Float[np.ndarray, " alpha"],
    accuracy: float,
) -> Compression | None:
    """Find the cheapest bands and pieces that leave no penalty a larger error than asked.

    Parameters
    ----------
    squares
        Eigenvalues l of the training rows, ascending.
    spread
        Squared length of each axis in the rows left out, diag(U'U).
    alphas
        Penalties.
    accuracy
        Of the predictions at each penalty, relative to their length, for responses that are half
        noise (Z^2 goes with l) and half signal (with l^2). Other responses may fare worse, which
        the residual tells.

    Returns
    -------
    Compression or None
        None where the pieces would cost as much as the penalties themselves.
    """
    weights = np.sqrt(spread * (squares / squares.sum() + squares**2 / (squares**2).sum()))
    weights = np.maximum(weights, np.finfo(np.float64).eps * weights.max())
    R = 1 / (squares + alphas[:, None])
    lengths = np.linalg.norm(R * weights, axis=1, keepdims=True)
    rows, columns = _leading(R * weights / lengths, accuracy)
    bands = _cheapest_bands(rows, columns, _edges(squares), accuracy)
    pieces = sum(len(factors.T) * (PIECE + axes.stop - axes.start) for axes, factors, _ in bands)
    if pieces >= len(alphas) * (PIECE + len(squares)):
        return None
    mix, expand = _basis(np.hstack([factors for _, factors, _ in bands]), accuracy)
    kept = [Band(axes, functions / weights[axes]) for axes, _, functions in bands]
    C = lengths * expand @ mix
    restored, terms = _over_axes(C, kept), _over_axes(np.abs(C), kept, np.abs)
    return Compression(kept, mix, lengths * expand, R - restored, terms)


def _leading(N: np.ndarray, accuracy: float) -> tuple[np.ndarray, np.ndarray]:
    """Factors of N, of no higher rank than asked: long grids cost no more than short ones."""
    left, singular, right = np.linalg.svd(N, full_matrices=False)
    rank = _rank(singular[None], accuracy / 10)
    return left[:, :rank], singular[:rank, None] * right[:rank]


def _edges(squares: np.ndarray) -> list[int]:
    """Where bands may begin: eigenvalues a constant factor apart."""
    low = max(squares[len(squares) // 50], squares[-1] * 1e-12)
    bands = min(CANDIDATE_BANDS, 2 + len(squares) // NARROWEST)
    steps = np.searchsorted(squares, np.geomspace(low, squares[-1], bands)[1:-1])
    return np.unique([0, *steps, len(squares)]).tolist()


def _cheapest_bands(
    rows: np.ndarray, columns: np.ndarray, edges: Sequence[int], accuracy: float
) -> list[tuple[slice, np.ndarray, np.ndarray]]:
    """Bands that together cost least, each with its factors; by dynamic programming over edges."""
    best: list[tuple[float, list]] = [(0.0, [])]
    for j, stop in enumerate(edges[1:], start=1):
        options = []
        for i, start in enumerate(edges[:j]):
            band = _factored(rows, columns, slice(start, stop), accuracy)
            cost = best[i][0] + len(band[2]) * (stop - start + PIECE)
            options.append((cost, [*best[i][1], band]))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


def _factored(
    rows: np.ndarray, columns: np.ndarray, axes: slice, accuracy: float
) -> tuple[slice, np.ndarray, np.ndarray]:
    """Factors of one band: (alpha, piece) and (piece, axis)."""
    left, singular, right = np.linalg.svd(columns[:, axes], full_matrices=False)
    factors = rows @ (left * singular)
    # Errors of the bands add up in squares; some ten bands share the accuracy.
    rank = _rank(factors, accuracy / 3)
    return axes, factors[:, :rank], right[:rank]


def _basis(factors: np.ndarray, accuracy: float) -> tuple[np.ndarray, np.ndarray]:
    """Functions that all penalties share: (basis, piece) and (alpha, basis)."""
    left, singular, right = np.linalg.svd(factors, full_matrices=False)
    expand = left * singular
    rank = _rank(expand, accuracy / 3)
    return right[:rank], expand[:, :rank]


def _rank(factors: np.ndarray, accuracy: float) -> int:
    """Fewest leading columns that leave no row a remainder above the accuracy."""
    squares = np.cumsum(factors[:, ::-1] ** 2, axis=1)[:, ::-1].max(axis=0)
    return int((squares > accuracy**2).sum())


def _over_axes(
    C: np.ndarray, bands: Sequence[Band], form: Callable[[np.ndarray], np.ndarray] = np.asarray
) -> np.ndarray:
    """C F, band by band."""
    edges = np.cumsum([len(band.functions) for band in bands])[:-1]
    parts = zip(np.split(C, edges, axis=1), bands, strict=True)
    return np.hstack([part @ form(band.functions) for part, band in parts])
