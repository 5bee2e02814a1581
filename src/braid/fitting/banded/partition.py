"""How much of the prediction belongs to each band: per voxel, and as means over regions."""

import numpy as np
from jaxtyping import Bool, Float, Real

from braid.fitting.columns import as_rows, blockwise
from braid.fitting.inputs import unmask, usable
from braid.fitting.scores import Score, pearson, r2

_SCORES = {"r": pearson, "r2": r2}


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
    return blockwise(_product, Y, split_predictions)


def unique_variance(
    Y: Real[np.ndarray, "tr voxel"],
    P: Float[np.ndarray, "tr voxel"],
    without: Float[np.ndarray, "band tr voxel"],
    score: Score = "r2",
) -> Float[np.ndarray, "band voxel"]:
    """What the score loses when a band is left out and the others are fitted again.

    Parameters
    ----------
    Y
        Responses.
    P
        What all bands together predict.
    without
        What the fit without each band predicts: see `BandedEngine.fit_without`.
    score
        "r2", or "r" as Nakagi et al. 2024 have it.

    Returns
    -------
    Float[np.ndarray, "band voxel"]
        NaN where a score is.
    """
    scorer = _SCORES[score]
    return scorer(Y, P) - np.stack([scorer(Y, reduced) for reduced in without])


def region_means(
    values: Float[np.ndarray, "*rest voxel"], regions: Bool[np.ndarray, "region voxel"]
) -> Float[np.ndarray, "*rest region"]:
    """Mean over the voxels of each region that have a value; NaN where none has.

    Parameters
    ----------
    values
        Of each voxel.
    regions
        Which voxels each region holds; they may overlap.
    """
    totals, counts = region_totals(values, regions)
    return np.divide(totals, counts, out=np.full_like(totals, np.nan), where=counts > 0)


def region_totals(
    values: Float[np.ndarray, "*rest voxel"], regions: Bool[np.ndarray, "region voxel"]
) -> tuple[Float[np.ndarray, "*rest region"], Float[np.ndarray, "*rest region"]]:
    """Sum of the values of each region, and how many voxels have one."""
    members, known = regions.T.astype(np.float64), np.isfinite(values)
    return np.where(known, values, 0.0) @ members, known.astype(np.float64) @ members


def _product(Y: np.ndarray, split: np.ndarray) -> np.ndarray:
    kept = usable(Y)
    y = as_rows(Y[:, kept])
    y -= y.mean(axis=1, keepdims=True)
    parts = np.stack([as_rows(part[:, kept]) for part in split])
    shares = (parts * (2 * y - parts.sum(axis=0))).sum(axis=2) / (y**2).sum(axis=1)
    return unmask(shares, kept)
