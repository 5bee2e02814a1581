"""Banded ridge: one penalty per band of features (Nunez-Elizalde et al. 2019, NeuroImage 197).

The penalties are searched at random as himalaya does (Dupre la Tour et al. 2022, NeuroImage 264),
on the same draws and with the same outcome, but all draws share one product of the features with
themselves and one with the responses.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int, Shaped

from braid.fitting.banded.engine import HELD, BandedEngine
from braid.fitting.banded.fit import BandedFit
from braid.fitting.banded.forms import FormName
from braid.fitting.columns import BLOCK
from braid.fitting.delays import Edges
from braid.fitting.engine.backends import Backend
from braid.fitting.engine.readahead import Columns
from braid.fitting.folds import Folds
from braid.fitting.scores import Score


def banded_ridge_cv(
    X: Float[np.ndarray, "tr feature"],
    bands: Shaped[np.ndarray, " _"],
    Y: Columns,
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
) -> BandedFit:
    """Fit a ridge with a penalty per band, searching the shares of the bands at random.

    Each draw gives every band a share g_b of the prior variance: the penalty of band b is
    alpha / g_b. Every voxel keeps the draw and the alpha that predict its left-out rows best. Any
    split of the voxels gives the same numbers to the bit, as in `ridge_cv`.

    Parameters
    ----------
    X, Y, runs, alphas, folds, delays, edges, rows, score, tolerance, backend, block
        As in `ridge_cv`.
    bands
        The band of each feature.
    n_draws
        The first draw is equal shares, the others are Dirichlet of concentration 0.1 and 1 in turn.
        Of 100 draws, the first 50 leave on average .0024 of the score to gain.
    seed
        Of the draws: himalaya's `random_state`.
    form
        "primal" is group ridge, on X'X; "dual" is multiple-kernel ridge, on one kernel per band.
        Both give the same fit; by default the one with the smaller matrix is taken.
    held
        Voxels that go through the draws together: memory grows with them, see
        `braid.fitting.banded.engine`; each further pass decomposes every draw again.

    Raises
    ------
    ValueError
        When two bands hold the same column; and as `ridge_cv` does.
    """
    engine = BandedEngine(
        X, bands, runs=runs, alphas=alphas, folds=folds, delays=delays, edges=edges, rows=rows,
        score=score, n_draws=n_draws, seed=seed, form=form, tolerance=tolerance, backend=backend,
        block=block, held=held,
    )  # fmt: skip
    fit = engine.fit(Y)
    if np.isnan(fit.best_alphas).all():
        raise ValueError(f"none of the {Y.shape[1]} voxels of Y is finite and varies")
    return fit
