"""Banded ridge: one penalty per band of features, and what each band adds to the prediction.

Solved by himalaya (Dupre la Tour et al. 2022, "Feature-space selection with banded ridge").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from himalaya.kernel_ridge import (
    generate_dirichlet_samples,
    solve_multiple_kernel_ridge_random_search,
)
from himalaya.ridge import solve_group_ridge_random_search
from jaxtyping import Float, Real, Shaped

from braid.fitting.delays import Edges, design_matrix
from braid.fitting.folds import Folds, leave_one_run_out
from braid.fitting.inputs import require_aligned, require_usable, unmask, usable
from braid.fitting.ridge import VOXEL_BATCH
from braid.fitting.scores import Score, fold_scorer

# himalaya divides features by the square root of a band's weight: it must not underflow to 0.
# A band at 1e-6 of another is switched off for any practical purpose.
SMALLEST_WEIGHT = 1e-6


@dataclass(frozen=True)
class BandedFit:
    """A fitted banded ridge. Voxels that could not be fitted are NaN in every array.

    Attributes
    ----------
    names
        Bands, in the order in which they first appear among the features.
    best_alphas
        The overall penalty of each voxel.
    weights
        Each band's share of the prior variance; sums to 1 over bands. The penalty of a band is
        `best_alphas / weights`.
    best_scores
        The cross-validated score at these.
    coef
        Weights of the delayed features, columns in the order of `braid.fitting.delay`.
    bands
        The band of each feature, before delays.
    delays, edges
        How the features are delayed.
    """

    names: tuple[str, ...]
    best_alphas: Float[np.ndarray, " voxel"]
    weights: Float[np.ndarray, "band voxel"]
    best_scores: Float[np.ndarray, " voxel"]
    coef: Float[np.ndarray, "column voxel"]
    bands: Shaped[np.ndarray, " feature"]
    delays: tuple[int, ...]
    edges: Edges

    def predict(
        self, X: Float[np.ndarray, "tr feature"], runs: Shaped[np.ndarray, " tr"]
    ) -> Float[np.ndarray, "tr voxel"]:
        """Responses that all bands together predict; see `RidgeFit.predict`."""
        return design_matrix(X, runs, self.delays, self.edges) @ self.coef

    def split_predict(
        self, X: Float[np.ndarray, "tr feature"], runs: Shaped[np.ndarray, " tr"]
    ) -> Float[np.ndarray, "band tr voxel"]:
        """Responses that each band predicts, in the order of `names`; they sum to `predict`."""
        columns = design_matrix(X, runs, self.delays, self.edges)
        members = [np.tile(self.bands == name, len(self.delays)) for name in self.names]
        return np.stack([columns[:, member] @ self.coef[member] for member in members])


def banded_ridge_cv(
    X: Float[np.ndarray, "tr feature"],
    bands: Shaped[np.ndarray, " feature"],
    Y: Real[np.ndarray, "tr voxel"],
    *,
    runs: Shaped[np.ndarray, " tr"],
    alphas: Sequence[float] | Float[np.ndarray, " alpha"],
    folds: Folds | None = None,
    delays: Sequence[int] = (0,),
    edges: Edges = "run",
    score: Score = "r2",
    n_draws: int = 50,
    seed: int = 0,
) -> BandedFit:
    """Fit a ridge with a penalty per band, searching the shares of the bands at random.

    Each draw gives every band a share of the prior variance; every voxel keeps the draw and the
    alpha that predict its held-out TRs best.

    Parameters
    ----------
    X, Y, runs, alphas, folds, delays, edges, score
        As in `ridge_cv`.
    bands
        The band of each feature.
    n_draws
        The first draw is equal shares, the others are Dirichlet of concentration 0.1 and 1 in turn.
        Of 100 draws, the first 50 leave on average .0024 of the score to gain.
    seed
        Of the draws.

    Raises
    ------
    ValueError
        When two bands hold the same column; and as `ridge_cv` does.
    """
    require_aligned(X, Y, runs)
    _require_disjoint(X, bands)
    columns, kept = design_matrix(X, runs, delays, edges), require_usable(Y)
    names = tuple(dict.fromkeys(bands.tolist()))
    members = [np.flatnonzero(np.tile(bands == name, len(delays))) for name in names]
    best_alphas, weights, best_scores, coef = _search(
        columns,
        members,
        Y[:, kept],
        n_iter=_draw_weights(n_draws, len(names), seed),
        alphas=np.asarray(alphas, dtype=X.dtype),
        cv=folds or leave_one_run_out(runs),
        score_func=fold_scorer(score),
    )
    return BandedFit(
        names=names,
        best_alphas=unmask(best_alphas, kept),
        weights=unmask(weights, kept),
        best_scores=unmask(best_scores, kept),
        coef=unmask(coef, kept),
        bands=bands,
        delays=tuple(delays),
        edges=edges,
    )


def product_measure(
    Y: Real[np.ndarray, "tr voxel"], split_predictions: Float[np.ndarray, "band tr voxel"]
) -> Float[np.ndarray, "band voxel"]:
    """Share of R2 that belongs to each band: sum over t of P_b (2 Y - P) / sum over t of Y^2.

    P is the sum of the bands' predictions P_b and Y is centred first, so the shares add up to
    R2(Y, P) of the centred responses. A share is negative where a band makes the prediction worse.

    Parameters
    ----------
    Y
        Responses.
    split_predictions
        What each band predicts.

    Returns
    -------
    Float[np.ndarray, "band voxel"]
        NaN where the response is constant or not finite.

    References
    ----------
    Pratt 1987; Dupre la Tour et al. 2022 (`himalaya.scoring.r2_score_split`).
    """
    kept = usable(Y)
    y = Y[:, kept] - Y[:, kept].mean(axis=0, dtype=np.float64)
    parts = split_predictions[..., kept]
    shares = np.einsum("btv,tv->bv", parts, 2 * y - parts.sum(axis=0)) / (y**2).sum(axis=0)
    return unmask(shares, kept)


def _require_disjoint(X: np.ndarray, bands: np.ndarray) -> None:
    owner: dict[bytes, str] = {}
    for index, (column, band) in enumerate(zip(X.T, bands.tolist(), strict=True)):
        if np.ptp(column) and owner.setdefault(column.tobytes(), band) != band:
            other = owner[column.tobytes()]
            raise ValueError(f"column {index} of band {band!r} is also a column of band {other!r}")


def _draw_weights(n_draws: int, n_bands: int, seed: int) -> Float[np.ndarray, "draw band"]:
    draws = generate_dirichlet_samples(n_draws, n_bands, [0.1, 1.0], random_state=seed)
    draws[0] = 1 / n_bands
    draws = draws.clip(min=SMALLEST_WEIGHT)
    return draws / draws.sum(axis=1, keepdims=True)


def _search(
    X: np.ndarray, members: list[np.ndarray], Y: np.ndarray, **settings: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each voxel: alpha, share of each band, score at these, coefficients of the columns."""
    settings |= {"n_alphas_batch": 1, "n_targets_batch": VOXEL_BATCH, "progress_bar": False}
    solver = _solve_primal if X.shape[1] < len(X) else _solve_dual
    found = solver([X[:, member] for member in members], Y, **settings)
    deltas, stacked, scores = (np.asarray(array, dtype=X.dtype) for array in found[:3])
    coef = np.empty_like(stacked)
    coef[np.concatenate(members)] = stacked
    inverse_penalties = np.exp(deltas)
    total = inverse_penalties.sum(axis=0)
    return 1 / total, inverse_penalties / total, scores.max(axis=0), coef


def _solve_primal(Xs: list[np.ndarray], Y: np.ndarray, **settings: Any) -> Sequence[np.ndarray]:
    return solve_group_ridge_random_search(Xs, Y, return_weights=True, **settings)


def _solve_dual(Xs: list[np.ndarray], Y: np.ndarray, **settings: Any) -> Sequence[np.ndarray]:
    # As in `ridge`: a kernel in float32 loses small penalties.
    Xs = [X.astype(np.float64) for X in Xs]
    kernels = np.stack([X @ X.T for X in Xs])
    return solve_multiple_kernel_ridge_random_search(
        kernels, Y, Xs=Xs, return_weights="primal", **settings
    )
