"""How well predictions match responses, voxel by voxel, and how well they could."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Literal

import numpy as np
from himalaya.scoring import correlation_score, r2_score
from jaxtyping import Float, Real

from braid.fitting.inputs import unmask, usable

Score = Literal["r", "r2"]
_HIMALAYA = MappingProxyType({"r": correlation_score, "r2": r2_score})


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
        NaN where either column is constant or not finite.
    """
    kept = usable(Y) & usable(P)
    r = np.einsum("tv,tv->v", unit_columns(Y[:, kept]), unit_columns(P[:, kept]))
    return unmask(r.clip(-1, 1), kept)


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
    kept = usable(Y) & np.isfinite(P).all(axis=0)
    y = Y[:, kept].astype(np.float64)
    error = ((y - P[:, kept]) ** 2).sum(axis=0)
    return unmask(1 - error / ((y - y.mean(axis=0)) ** 2).sum(axis=0), kept)


def explainable_variance(
    repeats: Real[np.ndarray, "repeat tr voxel"],
) -> tuple[Float[np.ndarray, " voxel"], Float[np.ndarray, " voxel"]]:
    """Share of the response's variance that repeats of one stimulus have in common.

    Each repeat is z-scored over time. With n repeats, EV = var(mean over repeats) / mean over
    repeats of var, and the corrected value is EV - (1 - EV) / (n - 1).

    Parameters
    ----------
    repeats
        Responses to the same stimulus, two repeats or more.

    Returns
    -------
    tuple
        EV, which is biased upwards by (1 - EV) / (n - 1), and the corrected EV, which is 0 on
        average for noise and can be negative. NaN where any repeat is constant or not finite.

    Raises
    ------
    ValueError
        When there are fewer than two repeats.

    References
    ----------
    Sahani & Linden 2003; Hsu, Borst & Theunissen 2004; form of voxelwise_tutorials
    (Dupre la Tour et al. 2025), `utils.explainable_variance`.
    """
    n = len(repeats)
    if n < 2:
        raise ValueError(f"explainable variance needs two repeats or more, got {n}")
    kept = np.all([usable(repeat) for repeat in repeats], axis=0)
    # Unit columns have the same variance in every repeat, so z-scoring would cancel out.
    mean = np.mean([unit_columns(repeat[:, kept]) for repeat in repeats], axis=0)
    biased = (mean**2).sum(axis=0)
    return unmask(biased, kept), unmask(biased - (1 - biased) / (n - 1), kept)


def noise_ceiling(
    repeats: Real[np.ndarray, "repeat tr voxel"], averaged: int
) -> Float[np.ndarray, " voxel"]:
    """Correlation that a perfect model would reach with the response that is scored.

    A z-scored repeat is signal of variance S plus independent noise of variance 1 - S; the
    corrected explainable variance estimates S. The mean of m repeats has variance S + (1 - S) / m
    and covariance S with the signal, so a model that predicts the signal exactly correlates with it
    at r = sqrt(S / (S + (1 - S) / m)). For m = 1 that is sqrt(S); for m = n, all the repeats, it is
    sqrt(corrected / biased explainable variance).

    Parameters
    ----------
    repeats
        Responses to the same stimulus, two repeats or more.
    averaged
        m: how many repeats the scored response is the mean of; 1 for a single presentation.

    Returns
    -------
    Float[np.ndarray, "voxel"]
        In 0..1; 0 where the corrected explainable variance is negative; NaN where it is NaN.

    Raises
    ------
    ValueError
        When there are fewer than two repeats.

    References
    ----------
    Schoppe et al. 2016 (CC_max); Hsu, Borst & Theunissen 2004.
    """
    signal = explainable_variance(repeats)[1].clip(min=0)
    return np.sqrt(signal / (signal + (1 - signal) / averaged))


def unit_columns(Y: Real[np.ndarray, "tr voxel"]) -> Float[np.ndarray, "tr voxel"]:
    """Columns centred and scaled to norm 1, so that a sum of products is a correlation."""
    centred = Y - Y.mean(axis=0, dtype=np.float64)
    return centred / np.linalg.norm(centred, axis=0)


def fold_scorer(score: Score) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return himalaya's score function of that name, for choosing hyperparameters over folds."""

    def scorer(Y: np.ndarray, P: np.ndarray) -> np.ndarray:
        # A voxel may be constant within one fold: himalaya divides by zero, then scores it 0.
        with np.errstate(divide="ignore", invalid="ignore"):
            return _HIMALAYA[score](Y, P)

    return scorer
