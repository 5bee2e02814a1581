"""How well predictions match responses, voxel by voxel."""

from typing import Literal

import numpy as np
from jaxtyping import Float, Real

from braid.fitting.columns import as_rows, blockwise, correlation
from braid.fitting.inputs import unmask, usable

Score = Literal["r", "r2"]


def pearson(
    Y: Real[np.ndarray, "tr voxel"], P: Real[np.ndarray, "tr voxel"]
) -> Float[np.ndarray, " voxel"]:
    """Pearson correlation of responses and predictions over time.

    Parameters
    ----------
    Y, P
        Responses and predictions.

    Returns
    -------
    Float[np.ndarray, "voxel"]
        NaN where either column is constant or not finite. No voxel depends on any other.
    """
    return blockwise(correlation, Y, P)


def r2(
    Y: Real[np.ndarray, "tr voxel"], P: Real[np.ndarray, "tr voxel"]
) -> Float[np.ndarray, " voxel"]:
    """Coefficient of determination, 1 - sum((Y - P)^2) / sum((Y - mean Y)^2).

    Parameters
    ----------
    Y, P
        Responses and predictions.

    Returns
    -------
    Float[np.ndarray, "voxel"]
        NaN where the response is constant or not finite, or the prediction not finite. A constant
        prediction has an R2 (0 for the mean of `Y`, less for any other).
    """
    return blockwise(_r2, Y, P)


def normalise(
    r: Float[np.ndarray, " voxel"], ceiling: Float[np.ndarray, " voxel"], floor: float
) -> Float[np.ndarray, " voxel"]:
    """Correlation as a share of what a perfect model would reach.

    The relative error of a ceiling is that of the quotient, and has no bound near zero.

    Parameters
    ----------
    r
        Correlations.
    ceiling
        Their noise ceilings, such as `noise_ceiling` gives.
    floor
        Voxels of a lower ceiling have no quotient: see `ceiling_floor`.

    Returns
    -------
    Float[np.ndarray, "voxel"]
        r / ceiling, above 1 where noise lifts r over its ceiling; NaN where the ceiling is below
        the floor, or where r or the ceiling is NaN.
    """
    return np.divide(r, ceiling, out=np.full_like(r, np.nan), where=ceiling >= floor)


def unscored(scores: Float[np.ndarray, " voxel"]) -> int:
    """Count the voxels that have no score: masked ones, and constant or non-finite predictions."""
    return int(np.isnan(scores).sum())


def _r2(Y: np.ndarray, P: np.ndarray) -> np.ndarray:
    kept = usable(Y) & np.isfinite(P).all(axis=0)
    y, p = as_rows(Y[:, kept]), as_rows(P[:, kept])
    error = ((y - p) ** 2).sum(axis=1)
    return unmask(1 - error / ((y - y.mean(axis=1, keepdims=True)) ** 2).sum(axis=1), kept)
