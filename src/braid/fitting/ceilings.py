"""How well predictions could match responses: noise ceilings from repeats of one stimulus."""

from functools import partial
from itertools import combinations

import numpy as np
from jaxtyping import Float, Real

from braid.fitting.columns import as_rows, blockwise, correlation, unit_columns
from braid.fitting.inputs import unmask, usable

Splits = list[tuple[list[int], list[int]]]


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
    _require_repeats(repeats)
    biased = blockwise(_common_variance, repeats)
    return biased, biased - (1 - biased) / (len(repeats) - 1)


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
    return _ceiling(explainable_variance(repeats)[1].clip(min=0), averaged)


def ceiling_floor(n_repeats: int, n_samples: float, averaged: int) -> float:
    """Noise ceiling below which nothing but noise may be measured: for `normalise`.

    The corrected explainable variance is the mean correlation of all pairs of repeats. Noise alone
    gives it a standard error of sqrt(2 / (n (n - 1) (T - 1))); the floor is the ceiling of a voxel
    three of these above zero, which at most 1 of 100 voxels of noise exceeds.

    Parameters
    ----------
    n_repeats, averaged
        n, and m of `noise_ceiling`.
    n_samples
        T, independent samples of a repeat: TRs, divided by (1 + a^2) / (1 - a^2) where noise has
        the autocorrelation a from one TR to the next (Bartlett 1946).
    """
    share = 3 * np.sqrt(2 / (n_repeats * (n_repeats - 1) * (n_samples - 1)))
    return float(_ceiling(np.minimum(share, [1.0]), averaged)[0])


def split_half(
    repeats: Real[np.ndarray, "repeat tr voxel"],
    averaged: int,
    n_splits: int | None = None,
    seed: int = 0,
) -> Float[np.ndarray, " voxel"]:
    """Noise ceiling from the correlation between means of two halves of the repeats.

    Repeats are z-scored over time. With r the correlation of means of h repeats each, mean over
    splits, the mean of m repeats has the reliability k r / (1 + (k - 1) r), k = m / h
    (Spearman-Brown), and the ceiling is its square root.

    Parameters
    ----------
    repeats
        Responses to the same stimulus, two repeats or more. Of an odd number one is left out, in
        each split another.
    averaged
        m, as in `noise_ceiling`.
    n_splits
        Random splits; None takes all there are (126 of 10 repeats, 92,378 of 20).
    seed
        Of the random splits.

    Returns
    -------
    Float[np.ndarray, "voxel"]
        In 0..1; 0 where halves correlate negatively; NaN where a repeat or a half's mean is
        constant or not finite.

    Raises
    ------
    ValueError
        When there are fewer than two repeats.

    References
    ----------
    Spearman 1910; Brown 1910.
    """
    _require_repeats(repeats)
    n = len(repeats)
    splits = _all_splits(n) if n_splits is None else _random_splits(n, n_splits, seed)
    r = blockwise(partial(_halves_agree, splits=splits), repeats).clip(min=0)
    k = averaged / (n // 2)
    return np.sqrt(k * r / (1 + (k - 1) * r))


def _require_repeats(repeats: np.ndarray) -> None:
    if len(repeats) < 2:
        raise ValueError(f"noise ceilings need two repeats or more, got {len(repeats)}")


def _ceiling(share: np.ndarray, averaged: int) -> np.ndarray:
    return np.sqrt(share / (share + (1 - share) / averaged))


def _common_variance(repeats: np.ndarray) -> np.ndarray:
    kept = _usable_throughout(repeats)
    # Unit columns have the same variance in every repeat, so z-scoring would cancel out.
    mean = np.mean([unit_columns(repeat[:, kept]) for repeat in repeats], axis=0)
    return unmask((as_rows(mean) ** 2).sum(axis=1), kept)


def _halves_agree(repeats: np.ndarray, splits: Splits) -> np.ndarray:
    """Correlation between the means of two halves, mean over splits."""
    kept = _usable_throughout(repeats)
    z = np.stack([unit_columns(repeat[:, kept]) for repeat in repeats])
    r = [correlation(z[one].mean(axis=0), z[other].mean(axis=0)) for one, other in splits]
    return unmask(np.mean(r, axis=0), kept)


def _usable_throughout(repeats: np.ndarray) -> np.ndarray:
    return np.all([usable(repeat) for repeat in repeats], axis=0)


def _all_splits(n: int) -> Splits:
    half, splits = n // 2, []
    for members in combinations(range(n), 2 * half):
        for others in combinations(members[1:], half - 1):
            one = [members[0], *others]
            splits.append((one, [i for i in members if i not in one]))
    return splits


def _random_splits(n: int, n_splits: int, seed: int) -> Splits:
    random, half = np.random.default_rng(seed), n // 2
    orders = [random.permutation(n).tolist() for _ in range(n_splits)]
    return [(order[:half], order[half : 2 * half]) for order in orders]
