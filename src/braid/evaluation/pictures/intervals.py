"""What pictures say of others that could have been shown: intervals and tests over pictures."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.stats import bootstrap, permutation_test

LEVEL = 0.95
DRAWS = 9999
# Draws at once: of 1,000 pictures they take 4 MB.
_BATCH = 500


class Interval(NamedTuple):
    """A mean over pictures, and the ends of its interval."""

    mean: float
    low: float
    high: float


class Difference(NamedTuple):
    """A mean difference over pictures, the ends of its interval, and a two-sided p."""

    mean: float
    low: float
    high: float
    p: float


def interval(values: Float[np.ndarray, " image"], seed: int) -> Interval:
    """Percentile bootstrap of the mean over pictures, 95 %.

    Parameters
    ----------
    values
        One of each picture, at least two.
    seed
        Of the 9,999 draws of pictures with replacement.
    """
    found = bootstrap(
        (values,),
        np.mean,
        n_resamples=DRAWS,
        batch=_BATCH,
        confidence_level=LEVEL,
        method="percentile",
        rng=seed,
    ).confidence_interval
    return Interval(float(values.mean()), float(found.low), float(found.high))


def paired(a: Float[np.ndarray, " image"], b: Float[np.ndarray, " image"], seed: int) -> Difference:
    """Compare two ways of generating on the same pictures.

    Parameters
    ----------
    a, b
        Values of the same pictures.
    seed
        Of the draws.

    Returns
    -------
    Difference
        Of the mean of `a` - `b`: interval as by `interval`, and p by flipping the signs of the
        differences 9,999 times, or in every way where there are fewer.
    """
    differences = a - b
    flipped = permutation_test(
        (differences,),
        np.mean,
        permutation_type="samples",
        n_resamples=DRAWS,
        batch=_BATCH,
        vectorized=True,
        rng=seed,
    )
    return Difference(*interval(differences, seed), float(flipped.pvalue))
