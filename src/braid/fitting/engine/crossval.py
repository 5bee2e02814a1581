"""Scores of all penalties on the rows that one fold leaves out, for a block of voxels."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from braid.fitting.columns import GRAIN
from braid.fitting.engine.alphas import Compression, compress
from braid.fitting.engine.backends import namespace, to_numpy
from braid.fitting.engine.spectra import Fold
from braid.fitting.scores import Score

STRIP = 4 * GRAIN
"""Voxels whose pieces are in memory at a time."""
PIECES = 2**24
"""Values of the pieces of a strip: where they are many or long, the strip is narrower."""
CAUTION = 5
"""How much better than the tolerance pieces are made: axes may add up, and responses be unusual."""


class Moments(NamedTuple):
    """Sums over the rows left out, of predictions P and centred responses y (alpha, voxel)."""

    py: Any
    pp: Any
    rounding: Any = 0.0
    """Of pp, relative."""


class Scan:
    """One fold, ready to score responses at every penalty.

    Parameters
    ----------
    fold
        Decomposed training rows, and the rows left out.
    alphas
        Penalties.
    score
        "r" or "r2".
    tolerance
        Largest error of a score that compressing the penalties may cause. A voxel for which that is
        not certain is scored penalty by penalty.
    """

    def __init__(
        self, fold: Fold, alphas: Float[np.ndarray, " alpha"], score: Score, tolerance: float
    ) -> None:
        xp = namespace(fold.left_out)
        self.score, self.tolerance, self.axes = score, tolerance, fold.axes
        self.rounding = float(xp.finfo(fold.left_out.dtype).eps) / 2
        self.means = xp.mean(fold.left_out, axis=0)
        # Predictions are compared without their means, which are linear in Z and come apart.
        self.left_out = fold.left_out - self.means
        spread = xp.sum(self.left_out**2, axis=0)
        squares, dense = to_numpy(fold.squares), to_numpy(spread).astype(np.float64)
        varies = dense.any()
        compression = compress(squares, dense, alphas, tolerance / CAUTION) if varies else None
        self.shrinkage = self._like(1 / (squares + alphas[:, None]))
        self.width = STRIP
        if compression:
            self._prepare(compression, dense)
        self.compression = compression

    def _prepare(self, compression: Compression, spread: np.ndarray) -> None:
        self.functions = [(band.axes, self._like(band.functions)) for band in compression.bands]
        mix, self.expand = compression.mix, compression.expand
        # A long grid goes by way of a basis, whose inner products are less exact.
        self.by_basis = len(self.expand) > 2 * len(mix) and self.tolerance > 100 * self.rounding
        if not self.by_basis:
            mix = self.expand @ mix
            self.expand = np.linalg.norm(mix, axis=1, keepdims=True)
            mix /= self.expand
        self.mix = self._like(mix)
        # Axes are not quite orthogonal on rows left out: their errors may add up.
        lengths = np.sqrt(np.where(spread > 0, spread, 1))
        room = _largest_square(self.left_out / self._like(lengths))
        rounded = (self.rounding * compression.terms) ** 2
        self.error = self._like(spread * (room * compression.residual**2 + rounded))
        pieces = self.mix.shape[1] * self.left_out.shape[0]
        self.width = _halved(STRIP, PIECES // pieces)

    @property
    def operations(self) -> int:
        """Floating-point operations of the scores of one voxel, without its rotation."""
        rows, axes = self.left_out.shape
        if not self.compression:
            return 2 * rows * axes * self.shrinkage.shape[0]
        mixed, pieces = self.mix.shape
        sums = mixed if self.by_basis else 2
        return 2 * rows * (self.compression.products + mixed * (pieces + sums))

    def scores(self, Zt: Any, Yt: Any) -> Any:
        """Score at every penalty: (alpha, voxel), float64.

        Parameters
        ----------
        Zt
            Rotated statistics of the training rows (voxel, axis).
        Yt
            Responses of the rows left out (voxel, row).
        """
        xp = namespace(Zt)
        Zt, Yt = (xp.astype(values, self.left_out.dtype, copy=False) for values in (Zt, Yt))
        y = Yt - xp.mean(Yt, axis=1, keepdims=True)
        offsets = (Yt - y)[:, 0]
        strips = [slice(i, i + self.width) for i in range(0, Zt.shape[0], self.width)]
        parts = [self._strip(Zt[s, :], y[s, :], offsets[s]) for s in strips]
        scores = xp.concat([part[0] for part in parts], axis=1)
        if self.compression:
            self._mend(scores, xp.concat([part[1] for part in parts]), Zt, y, offsets)
        return scores

    def _strip(self, Zt: Any, y: Any, offsets: Any) -> tuple[Any, Any]:
        """Scores, and which voxels they are not certain of."""
        if not self.compression:
            return self._score(self._one_by_one(Zt, y), Zt, y, offsets), None
        moments = self._from_pieces(Zt, y)
        scores = self._score(moments, Zt, y, offsets)
        return scores, self._uncertain(moments, scores, Zt, y)

    def _mend(self, scores: Any, uncertain: Any, Zt: Any, y: Any, offsets: Any) -> None:
        """Score again, penalty by penalty, what the pieces cannot vouch for."""
        voxels = np.flatnonzero(to_numpy(uncertain))
        for i in range(0, len(voxels), STRIP):
            # Filled up to a whole strip: the width of a product must not change its bits.
            some = np.resize(voxels[i : i + STRIP], STRIP)
            moments = self._one_by_one(Zt[some, :], y[some, :])
            scores[:, some] = self._score(moments, Zt[some, :], y[some, :], offsets[some])

    def _one_by_one(self, Zt: Any, y: Any) -> Moments:
        xp = namespace(Zt)
        sums = []
        for row in range(self.shrinkage.shape[0]):
            P = (Zt * self.shrinkage[row, :]) @ self.left_out.T
            sums.append((xp.vecdot(P, y), xp.vecdot(P, P)))
        py, pp = (xp.stack(list(values)) for values in zip(*sums, strict=True))
        return Moments(_double(py), _double(pp))

    def _from_pieces(self, Zt: Any, y: Any) -> Moments:
        xp = namespace(Zt)
        mixed = (self.mix @ self._pieces(Zt)).reshape(-1, *y.shape)
        expand = xp.asarray(self.expand, device=y.device)
        if self.by_basis:
            return self._from_basis(xp.permute_dims(mixed, (1, 0, 2)), expand, y)
        py, pp = _double(xp.vecdot(mixed, y)), _double(xp.vecdot(mixed, mixed))
        return Moments(expand * py, expand**2 * pp, self.rounding)

    def _from_basis(self, basis: Any, expand: Any, y: Any) -> Moments:
        """Moments from those of the basis (voxel, basis, row)."""
        xp = namespace(y)
        by = _double(basis @ y[:, :, None])[:, :, 0]
        bb = _double(basis @ xp.permute_dims(basis, (0, 2, 1)))
        pp = xp.sum((expand @ bb) * expand, axis=2).T
        terms = (xp.abs(expand) @ xp.sqrt(xp.linalg.diagonal(bb)).T) ** 2
        # What cancels, below zero even, is not known any better than this.
        pp = xp.maximum(pp, self.rounding * terms)
        return Moments(expand @ by.T, pp, self.rounding * _ratio(terms, pp))

    def _pieces(self, Zt: Any) -> Any:
        """Predictions of each piece (piece, voxel and row)."""
        xp = namespace(Zt)
        voxels, rows = Zt.shape[0], self.left_out.shape[0]
        shape = (self.mix.shape[1] * voxels, rows)
        pieces, first = xp.empty(shape, dtype=Zt.dtype, device=Zt.device), 0
        for axes, functions in self.functions:
            inputs = Zt[None, :, axes] * functions[:, None, :]
            last = first + len(functions) * voxels
            matrix = inputs.reshape(-1, inputs.shape[2])
            xp.matmul(matrix, self.left_out[:, axes].T, out=pieces[first:last, :])
            first = last
        return pieces.reshape(self.mix.shape[1], -1)

    def _score(self, moments: Moments, Zt: Any, y: Any, offsets: Any) -> Any:
        xp = namespace(Zt)
        total = xp.sum(_double(y) ** 2, axis=1)
        if self.score == "r":
            return _ratio(moments.py, xp.sqrt(moments.pp * total))
        means = _double((self.shrinkage * self.means) @ Zt.T)
        errors = total - 2 * moments.py + moments.pp + y.shape[1] * (offsets - means) ** 2
        return _ratio(total - errors, total)

    def _uncertain(self, moments: Moments, scores: Any, Zt: Any, y: Any) -> Any:
        """Voxels whose scores might be further off than the tolerance.

        Predictions that are off by d turn by an angle of arcsin(d / |P|) at most, and r, a cosine,
        changes by no more; the squared error changes by 2 |y - P| d + d^2 at most.
        """
        xp = namespace(Zt)
        off = xp.sqrt(_double(self.error @ (Zt**2).T))
        if self.score == "r":
            turned = xp.asin(xp.clip(_ratio(off, xp.sqrt(moments.pp)), max=1.0))
            bound = turned + moments.rounding / 2
        else:
            total = xp.sum(_double(y) ** 2, axis=1)
            errors = xp.sqrt(xp.clip((1 - scores) * total, min=0.0))
            bound = _ratio(2 * errors * off + off**2 + moments.rounding * moments.pp, total)
        return xp.any(bound > self.tolerance, axis=0)

    def _like(self, values: np.ndarray) -> Any:
        base = self.left_out
        return namespace(base).asarray(values, dtype=base.dtype, device=base.device)


def _largest_square(matrix: Any) -> float:
    """Square of the largest singular value, by power iteration, with a fifth to spare."""
    xp = namespace(matrix)
    vector = xp.ones(matrix.shape[1], dtype=matrix.dtype, device=matrix.device)
    for _ in range(30):
        vector = (matrix @ (vector / xp.sqrt(xp.sum(vector**2)))) @ matrix
    return 1.2 * float(xp.sqrt(xp.sum(vector**2)))


def _halved(width: int, limit: int) -> int:
    while width > max(limit, GRAIN):
        width //= 2
    return width


def _double(values: Any) -> Any:
    xp = namespace(values)
    return xp.astype(values, xp.float64)


def _ratio(above: Any, below: Any) -> Any:
    """Quotient, zero where nothing varies."""
    xp = namespace(above)
    return xp.where(below > 0, above / xp.where(below > 0, below, 1.0), 0.0)
