"""How well features are decoded, and how sure that is over pictures."""

from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.evaluation.regions import interval
from braid.fitting import BLOCK, Columns, pearson


class Mean(NamedTuple):
    """A mean, and its 95 % interval over test pictures."""

    value: float
    low: float
    high: float


def score(
    truth: Columns, decoded: Float[np.ndarray, "image feature"]
) -> tuple[Float[np.ndarray, " feature"], Float[np.ndarray, " image"]]:
    """Correlate decoded with true features over pictures, a block of features at a time.

    Returns
    -------
    tuple
        r of each feature, NaN where either is constant; and the influence of each picture on the
        mean of r over features: of one r it is xy - r (x^2 + y^2) / 2 of the z-scored features x
        and y (Devlin, Gnanadesikan & Kettenring 1975, Biometrika 62:531), zero on average.
    """
    features = decoded.shape[1]
    r, influence = np.empty(features), np.zeros(len(decoded))
    for start in range(0, features, BLOCK):
        block = slice(start, start + BLOCK)
        true, found = truth[:, block], decoded[:, block]
        r[block] = pearson(true, found)
        kept = start + np.flatnonzero(np.isfinite(r[block]))
        influence += _influence(true[:, kept - start], decoded[:, kept], r[kept])
    return r, influence / np.isfinite(r).sum()


def mean_r(found: xr.Dataset) -> Mean:
    """Mean of r over features that have one, with its interval over pictures.

    Features of one picture go together, pictures do not: the interval is that of a mean over
    pictures, by the influence of each. What is decoded from noise should hold zero.

    Parameters
    ----------
    found
        What `braid.evaluation.regression.decode` gave: `r` (feature), `influence` (image).
    """
    value = float(np.nanmean(found["r"].values))
    low, high = interval(value + found["influence"].values)
    return Mean(value, low, high)


def _influence(x: np.ndarray, y: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Sum over features."""
    x, y = ((v - v.mean(axis=0)) / v.std(axis=0) for v in (x.astype(float), y.astype(float)))
    return (x * y - r * (x**2 + y**2) / 2).sum(axis=1)
