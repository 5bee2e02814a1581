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

import numpy as np
from jaxtyping import Float, Int, Shaped

from braid.fitting.banded.fit import BandedFit, joined
from braid.fitting.banded.forms import FormName, GroupForm, KernelForm
from braid.fitting.banded.search import Block, Search
from braid.fitting.banded.shares import draw_shares, number_bands
from braid.fitting.columns import BLOCK, require_grain
from braid.fitting.delays import Edges, run_labels
from braid.fitting.engine.backends import Backend, to_backend
from braid.fitting.engine.core import ROUNDING
from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import lay_out
from braid.fitting.engine.readahead import Columns, blocks_of
from braid.fitting.folds import Folds, leave_one_run_out
from braid.fitting.inputs import require_aligned, require_finite, usable
from braid.fitting.scores import Score

HELD = 16_384
"""Voxels of a pass."""


class BandedEngine:
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
        require_finite(X)
        require_aligned(X, runs, runs)
        require_grain(block)
        self.names, numbers = number_bands(X, bands)
        self.n_draws, self.seed = n_draws, seed
        self.draws = draw_shares(n_draws, len(self.names), seed)
        rows = np.arange(len(X)) if rows is None else rows
        folds = folds or leave_one_run_out(runs[rows])
        self.layout = lay_out(run_labels(runs, edges), rows, folds, delays)
        self.bands, self.delays = bands, tuple(delays)
        self.edges: Edges = edges
        self.backend: Backend = backend
        self.alphas, self.block, self.held = np.asarray(alphas, X.dtype), block, held
        lagged = Lagged.place(X, self.layout.places, self.layout.length, delays, backend)
        fewer = "primal" if lagged.columns <= len(rows) else "dual"
        make = GroupForm if (form or fewer) == "primal" else KernelForm
        penalties = self.alphas.astype(np.float64)
        self.form = make(lagged, self.layout, np.tile(numbers, len(delays)), penalties)
        accuracy = max(tolerance, ROUNDING[X.dtype])
        self.search = Search(self.form, self.layout, penalties, score, accuracy)

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
        if Y.shape[0] != len(self.layout.rows):
            raise ValueError(f"X has {len(self.layout.rows)} TRs to fit, Y {Y.shape[0]}")
        passes = []
        for columns in blocks_of(Y, self.held):
            kept, blocks = usable(columns), self._blocks(columns)
            passes.append([self._found(blocks, draws, kept) for draws in searches])
        return [joined(parts) for parts in zip(*passes, strict=True)]

    def _blocks(self, Y: np.ndarray) -> list[Block]:
        return [self._block(Y[:, i : i + self.block]) for i in range(0, Y.shape[1], self.block)]

    def _block(self, Y: np.ndarray) -> Block:
        """Voxels in a block that is always full: none depends on how many there are beside it."""
        kept = usable(Y)
        placed = np.zeros((self.block, self.layout.length), self.alphas.dtype)
        placed[: len(kept), self.layout.rows] = np.where(kept, Y, 0).T
        Yt = to_backend(placed, self.backend)
        return Yt, self.form.statistics(Yt)

    def _found(self, blocks: list[Block], draws: np.ndarray, kept: np.ndarray) -> BandedFit:
        found = self.search.run(blocks, draws)
        parts = {
            "best_alphas": self.alphas[found.penalty],
            "weights": draws[found.draw].T,
            "best_scores": found.scores.max(axis=0),
            "cv_scores": found.scores,
            "coef": self.search.weights(blocks, found).T,
        }
        finished = {name: self._finished(values, kept) for name, values in parts.items()}
        return BandedFit(
            names=self.names, **finished, bands=self.bands, delays=self.delays, edges=self.edges
        )

    def _finished(self, values: np.ndarray, kept: np.ndarray) -> np.ndarray:
        """Without the filling; NaN where nothing was fitted."""
        values = values[..., : len(kept)].astype(self.alphas.dtype)
        return np.where(kept, values, np.nan)
