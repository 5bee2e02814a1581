"""Shared statistics of a banded ridge, which every draw of shares merely scales.

A ridge whose bands have shares g of the prior variance is an ordinary one on columns scaled by
sqrt(g). Its Gram is D G D and its X'Y is D X'Y with D = diag(sqrt(g)) (group form), its kernel the
sum of g_b K_b over bands (kernel form): neither X nor Y is touched again after the first draw. What
remains of a draw is one float64 decomposition for each fold.

Eigenvalues below the rounding of float64 are lost, as they are to himalaya's kernels: only
penalties below 1e-10 of the largest can notice, in draws that make a band smaller than that.
"""

from collections.abc import Iterator
from functools import reduce
from operator import add
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Int

from braid.fitting.engine.backends import namespace, to_numpy
from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import Layout
from braid.fitting.engine.spectra import Fold, decompose, precise, to_precision

FormName = Literal["primal", "dual"]


class GroupForm:
    """X'X of all bands, for fewer columns than rows: himalaya calls this group ridge.

    Parameters
    ----------
    lagged, layout
        Features and where their rows stand.
    band_of
        Band of each column.
    alphas
        Penalties.

    Attributes
    ----------
    power
        Sum of squares of each band.
    """

    def __init__(
        self,
        lagged: Lagged,
        layout: Layout,
        band_of: Int[np.ndarray, " column"],
        alphas: Float[np.ndarray, " alpha"],
    ) -> None:
        self.lagged, self.doubled, self.layout = lagged, lagged.doubled(), layout
        self.band_of, self.alphas = band_of, alphas
        grams = map(lagged.gram, layout.atoms, layout.stretches)
        *self.training, self.total = _by_fold(list(grams), layout)
        self.power = np.bincount(band_of, to_numpy(self.total).diagonal())

    def folds(self, shares: Float[np.ndarray, " band"]) -> Iterator[Fold]:
        """Decompose the training rows of each fold."""
        for gram, test in zip(self.training, self.layout.test, strict=True):
            squares, axes = self._decomposed(gram, shares)
            left_out = self._left_out(self.lagged, test, axes)
            lagged = precise(self.lagged, squares, left_out, self.alphas)
            if lagged is not self.lagged:
                left_out = self._left_out(lagged, test, axes)
            axes = to_precision(axes, lagged.base.dtype)
            yield Fold(squares, axes, to_precision(left_out, self.lagged.base.dtype))

    def whole(self, shares: Float[np.ndarray, " band"]) -> tuple[Any, Any]:
        """Eigenvalues and axes of all rows, float64."""
        return self._decomposed(self.total, shares)

    def statistics(self, Yt: Any) -> list[Any]:
        """X'Y of the training rows of each fold, then of all rows, float64 (voxel, column)."""
        doubled = to_precision(Yt, namespace(Yt).float64)
        return _by_fold([self.doubled.cross(doubled, rows) for rows in self.layout.stretches],
                        self.layout)  # fmt: skip

    def of_fold(self, statistics: list[Any], k: int) -> Any:
        """Statistics of the training rows of a fold."""
        return statistics[k]

    def of_all(self, statistics: list[Any], voxels: Int[np.ndarray, " _"]) -> Any:
        """Statistics of all rows, for some voxels."""
        return statistics[-1][voxels, :]

    def weights(self, solution: Any, shares: Float[np.ndarray, " band"]) -> Any:
        """Weights of the columns (voxel, column): axes are scaled by the shares already."""
        return solution

    def _decomposed(self, gram: Any, shares: np.ndarray) -> tuple[Any, Any]:
        """Eigenvalues, and eigenvectors times D: rows of bands that do not matter are zero."""
        xp = namespace(gram)
        kept = np.flatnonzero(matters(shares, self.power)[self.band_of])
        roots = xp.asarray(np.sqrt(shares[self.band_of[kept]]), device=gram.device)
        squares, axes = decompose(gram[kept[:, None], kept] * roots * roots[:, None])
        full = xp.zeros((len(gram), len(squares)), dtype=axes.dtype, device=gram.device)
        full[kept, :] = axes * roots[:, None]
        return squares, full

    def _left_out(self, lagged: Lagged, test: np.ndarray, axes: Any) -> Any:
        return lagged.project(test, to_precision(axes, lagged.base.dtype))


class KernelForm:
    """One kernel a band, for fewer rows than columns: himalaya calls this multiple-kernel ridge.

    Parameters and attributes are those of `GroupForm`.
    """

    def __init__(
        self,
        lagged: Lagged,
        layout: Layout,
        band_of: Int[np.ndarray, " column"],
        alphas: Float[np.ndarray, " alpha"],
    ) -> None:
        self.lagged, self.layout, self.band_of, self.alphas = lagged, layout, band_of, alphas
        features = band_of[: lagged.base.shape[1]]
        bands = (np.flatnonzero(features == band) for band in range(band_of.max() + 1))
        parts = (Lagged(lagged.base[:, members], lagged.delays) for members in bands)
        self.kernels = [part.kernel(layout.rows) for part in parts]
        self.power = np.array([to_numpy(kernel).trace() for kernel in self.kernels])
        self.index = np.empty(layout.length, dtype=np.int64)
        self.index[layout.rows] = np.arange(len(layout.rows))

    def folds(self, shares: Float[np.ndarray, " band"]) -> Iterator[Fold]:
        """Decompose the training rows of each fold."""
        kernel = self._kernel(shares)
        for rows in zip(self.layout.train, self.layout.test, strict=True):
            train, test = (self.index[places] for places in rows)
            squares, axes = decompose(kernel[train[:, None], train])
            lengths = squares**0.5
            left_out = kernel[test[:, None], train] @ (axes / lengths)
            lagged = precise(self.lagged, squares, left_out, self.alphas)
            axes = to_precision(axes * lengths, lagged.base.dtype)
            yield Fold(squares, axes, to_precision(left_out, self.lagged.base.dtype))

    def whole(self, shares: Float[np.ndarray, " band"]) -> tuple[Any, Any]:
        """Eigenvalues and axes of all rows, float64."""
        return decompose(self._kernel(shares))

    def statistics(self, Yt: Any) -> Any:
        """The responses themselves (voxel, place)."""
        return Yt

    def of_fold(self, statistics: Any, k: int) -> Any:
        """Statistics of the training rows of a fold."""
        return statistics[:, self.layout.train[k]]

    def of_all(self, statistics: Any, voxels: Int[np.ndarray, " _"]) -> Any:
        """Statistics of all rows, for some voxels."""
        return statistics[voxels, :][:, self.layout.rows]

    def weights(self, solution: Any, shares: Float[np.ndarray, " band"]) -> Any:
        """Weights of the columns (voxel, column) from those of the rows (voxel, row)."""
        xp = namespace(solution)
        shape = (len(solution), self.layout.length)
        placed = xp.zeros(shape, dtype=self.lagged.base.dtype, device=solution.device)
        placed[:, self.layout.rows] = to_precision(solution, placed.dtype)
        scale = xp.asarray(shares[self.band_of], dtype=placed.dtype, device=placed.device)
        everywhere = [rows for atom in self.layout.stretches for rows in atom]
        return self.lagged.cross(placed, everywhere) * scale

    def _kernel(self, shares: np.ndarray) -> Any:
        parts = zip(shares.tolist(), self.kernels, strict=True)
        return reduce(add, (share * kernel for share, kernel in parts))


Form = GroupForm | KernelForm


def matters(shares: Float[np.ndarray, " band"], power: Float[np.ndarray, " band"]) -> np.ndarray:
    """Bands that the rounding of a float64 decomposition leaves anything of."""
    scaled = shares * power
    return scaled > np.finfo(np.float64).eps * scaled.sum()


def _by_fold(parts: list[Any], layout: Layout) -> list[Any]:
    """Sums over the atoms that each fold trains on, then over all."""
    total = reduce(add, parts)
    outside = (np.flatnonzero(left_out) for left_out in layout.left_out)
    return [*(total - reduce(add, (parts[i] for i in atoms)) for atoms in outside), total]
