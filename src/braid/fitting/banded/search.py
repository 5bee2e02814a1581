"""Random search over the shares of bands: every draw in turn, for all voxels of a pass."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from braid.fitting.banded.forms import Form, matters
from braid.fitting.engine.backends import namespace, to_numpy
from braid.fitting.engine.crossval import STRIP, Scan
from braid.fitting.engine.layout import Layout
from braid.fitting.scores import Score

Block = tuple[Any, Any]
"""Responses in their places (voxel, place), and what fits need of them."""


class Found(NamedTuple):
    """What a search found for each voxel; the filling of the last block included."""

    draws: Float[np.ndarray, "draw band"]
    draw: Int[np.ndarray, " voxel"]
    penalty: Int[np.ndarray, " voxel"]
    scores: Float[np.ndarray, "draw voxel"]
    """Of each draw at its best penalty."""


@dataclass(frozen=True)
class Search:
    """How shares of bands are tried.

    Attributes
    ----------
    form, layout
        Features, and where their rows stand.
    alphas
        Penalties, float64.
    score
        What chooses.
    accuracy
        Largest error of a score that compressing the penalties may cause.
    """

    form: Form
    layout: Layout
    alphas: Float[np.ndarray, " alpha"]
    score: Score
    accuracy: float

    def run(self, blocks: list[Block], draws: Float[np.ndarray, "draw band"]) -> Found:
        """Find the best draw and penalty of each voxel; of equals, the first."""
        tops, penalties = [], []
        for shares in draws:
            scores = self._scores(blocks, shares)
            tops.append(scores.max(axis=0))
            penalties.append(scores.argmax(axis=0))
        scores = np.stack(tops)
        draw = scores.argmax(axis=0)
        return Found(draws, draw, np.stack(penalties)[draw, np.arange(len(draw))], scores)

    def weights(self, blocks: list[Block], found: Found) -> Float[np.ndarray, "voxel column"]:
        """Weights at what was found: one decomposition for each draw that any voxel chose."""
        coef = np.zeros((len(found.draw), len(self.form.band_of)), _precision(blocks))
        for draw in np.unique(found.draw):
            voxels = np.flatnonzero(found.draw == draw)
            if self._predicts(found.draws[draw]):
                coef[voxels] = self._solved(blocks, voxels, found.penalty, found.draws[draw])
        return coef

    def _solved(
        self, blocks: list[Block], voxels: np.ndarray, penalty: np.ndarray, shares: np.ndarray
    ) -> np.ndarray:
        squares, axes = self.form.whole(shares)
        parts = []
        for first in range(0, len(voxels), STRIP):
            some = voxels[first : first + STRIP]
            Zt = self._gathered(blocks, some, axes) @ axes
            shrunk = Zt * self._shrinkage(squares, penalty[some], Zt.dtype)
            weights = self.form.weights(shrunk @ axes.T, shares)
            parts.append(to_numpy(weights)[: len(some)])
        return np.concatenate(parts)

    def _gathered(self, blocks: list[Block], voxels: np.ndarray, axes: Any) -> Any:
        """Statistics of some voxels, filled up to a strip: no width may change their bits."""
        xp = namespace(axes)
        owner, place = np.divmod(voxels, len(blocks[0][0]))
        parts = [self.form.of_all(blocks[i][1], place[owner == i]) for i in np.unique(owner)]
        filled = xp.zeros((STRIP, len(axes)), dtype=axes.dtype, device=axes.device)
        filled[: len(voxels), :] = xp.astype(xp.concat(parts), axes.dtype, copy=False)
        return filled

    def _shrinkage(self, squares: Any, penalty: np.ndarray, dtype: Any) -> Any:
        xp = namespace(squares)
        penalties = xp.asarray(self.alphas[np.resize(penalty, STRIP)], device=squares.device)
        return xp.astype(1 / (squares + penalties[:, None]), dtype, copy=False)

    def _scores(self, blocks: list[Block], shares: np.ndarray) -> np.ndarray:
        """Scores at all penalties (alpha, voxel)."""
        folds = self.form.folds(shares) if self._predicts(shares) else ()
        scans = [Scan(fold, self.alphas, self.score, self.accuracy) for fold in folds]
        return np.hstack([self._scan(scans, *block) for block in blocks])

    def _scan(self, scans: list[Scan], Yt: Any, statistics: Any) -> np.ndarray:
        xp = namespace(Yt)
        scores = np.zeros((len(self.alphas), len(Yt)))
        for k, scan in enumerate(scans):
            given = xp.astype(self.form.of_fold(statistics, k), scan.axes.dtype, copy=False)
            scored = scan.scores(given @ scan.axes, Yt[:, self.layout.test[k]])
            scores += to_numpy(scored) / len(scans)
        return scores

    def _predicts(self, shares: np.ndarray) -> bool:
        """Without any band that matters, predictions and scores are 0."""
        return bool(matters(shares, self.form.power).any())


def _precision(blocks: list[Block]) -> np.dtype:
    return to_numpy(blocks[0][0][:0, :]).dtype
