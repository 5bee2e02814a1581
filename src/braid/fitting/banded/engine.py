"""Banded ridge for any number of voxels: draws of shares outermost, blocks of voxels within.

A draw costs one float64 decomposition per fold, which does not depend on voxels. Kept for all
draws they would not fit (T = 9,000, D = 3,072, 5 folds, 100 draws, float32: 19 GB), so that they
are made once, in turn, and all voxels of a pass go through each. What is held is X'Y of those
voxels. In bytes, with K folds, V voxels of a pass and s bytes a value of X (here 4):

    X'Y of all folds     8 (K + 1) D V   2.4 GB  at V = 16,384; dual: none
    responses            s T V           0.6 GB
    Grams of all folds   8 (K + 1) D^2   0.5 GB; dual: 8 (bands + 1) T^2
    one draw, float64    8 K D (D + T/K) 0.6 GB; dual: 8 K T^2
    weights              s D V           0.2 GB

More voxels take further passes, each of which decomposes every draw again.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from jaxtyping import Float, Int, Shaped

from braid.fitting.banded.fit import BandedFit, joined
from braid.fitting.banded.forms import FormName, GroupForm, KernelForm
from braid.fitting.banded.search import Block, Search
from braid.fitting.banded.shares import draw_shares, number_bands
from braid.fitting.columns import BLOCK
from braid.fitting.delays import Edges
from braid.fitting.engine.backends import Backend
from braid.fitting.engine.blocks import BlockEngine
from braid.fitting.engine.readahead import Columns
from braid.fitting.folds import Folds
from braid.fitting.inputs import usable
from braid.fitting.scores import Score

HELD = 16_384
"""Voxels of a pass, in whole blocks: at least one, none that is over."""


class BandedEngine(BlockEngine):
    """Banded ridge fits to one design; the arguments are those of `banded_ridge_cv`.

    Attributes
    ----------
    names
        Bands.
    draws
        Shares that are tried (draw, band).
    """

    def __init__(
        self,
        X: Float[np.ndarray, "tr feature"],
        bands: Shaped[np.ndarray, " _"],
        *,
        runs: Shaped[np.ndarray, " tr"],
        alphas: Sequence[float] | Float[np.ndarray, " alpha"],
        folds: Folds | None = None,
        delays: Sequence[int] = (0,),
        edges: Edges = "run",
        rows: Int[np.ndarray, " row"] | None = None,
        score: Score = "r2",
        n_draws: int = 50,
        seed: int = 0,
        form: FormName | None = None,
        tolerance: float = 0.0,
        backend: Backend = "numpy",
        block: int = BLOCK,
        held: int = HELD,
    ) -> None:
        super().__init__(
            X, runs=runs, alphas=alphas, folds=folds, delays=delays, edges=edges, rows=rows,
            tolerance=tolerance, backend=backend, block=block,
        )  # fmt: skip
        self.at_once = max(held // block, 1)
        self.bands = bands
        self.names, numbers = number_bands(X, bands)
        self.n_draws, self.seed = n_draws, seed
        self.draws = draw_shares(n_draws, len(self.names), seed)
        make = GroupForm if form == "primal" or (not form and self.is_primal) else KernelForm
        penalties = self.alphas.astype(np.float64)
        self.form = make(self.lag(X), self.layout, np.tile(numbers, len(delays)), penalties)
        self.search = Search(self.form, self.layout, penalties, score, self.accuracy)

    def fit(self, Y: Columns) -> BandedFit:
        """Fit each voxel at the draw and penalty that predict its left-out rows best."""
        return self._fit(Y, [self.draws])[0]

    def fit_without(self, Y: Columns) -> list[BandedFit]:
        """Fit again without each band in turn, for `unique_variance`; nothing of X is recomputed.

        Every fit has a search of its own over the bands that remain; its draws are those that
        `banded_ridge_cv` would make for these alone.

        Returns
        -------
        list[BandedFit]
            In the order of `names`; share and weights of the band that was left out are 0.
        """
        if len(self.names) == 1:
            raise ValueError(f"without {self.names[0]!r} no band remains")
        return self._fit(Y, [self._draws_without(band) for band in range(len(self.names))])

    def _draws_without(self, band: int) -> np.ndarray:
        return np.insert(draw_shares(self.n_draws, len(self.names) - 1, self.seed), band, 0, axis=1)

    def _fit(self, Y: Columns, searches: list[np.ndarray]) -> list[BandedFit]:
        passes = self.each_block(Y, partial(self._found, searches=searches))
        return [joined(parts) for parts in zip(*passes, strict=True)]

    def _found(self, Y: np.ndarray, searches: list[np.ndarray]) -> list[BandedFit]:
        """Fits of one pass, one for each search."""
        blocks = [self._block(Y[:, i : i + self.block]) for i in range(0, Y.shape[1], self.block)]
        return [self._fitted(blocks, draws, usable(Y)) for draws in searches]

    def _block(self, Y: np.ndarray) -> Block:
        Yt = self.place(Y, usable(Y), self.alphas.dtype)
        return Yt, self.form.statistics(Yt)

    def _fitted(self, blocks: list[Block], draws: np.ndarray, kept: np.ndarray) -> BandedFit:
        found = self.search.run(blocks, draws)
        parts = {
            "best_alphas": self.alphas[found.penalty],
            "weights": draws[found.draw].T,
            "best_scores": found.scores.max(axis=0),
            "cv_scores": found.scores,
            "coef": self.search.weights(blocks, found).T,
        }
        finished = {name: self.finish(values, kept) for name, values in parts.items()}
        return BandedFit(
            names=self.names, **finished, bands=self.bands, delays=self.delays, edges=self.edges
        )
