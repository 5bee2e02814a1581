"""How the sources of BRAID's studies scaled and delayed features before they fitted a ridge.

Each function takes the rows of one part, training or test, with their run labels.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Shaped

from braid.fitting.delays import delay


def zscore_runs(
    X: Float[np.ndarray, "tr feature"], runs: Shaped[np.ndarray, " tr"]
) -> Float[np.ndarray, "tr feature"]:
    """Scale features to mean 0 and variance 1 in each run; those that are constant there are 0."""
    scaled = np.zeros_like(X)
    for run in np.unique(runs):
        rows = runs == run
        centred = X[rows] - X[rows].mean(axis=0)
        spread = centred.std(axis=0)
        scaled[rows] = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return scaled


def zscore_then_delay(
    X: Float[np.ndarray, "tr feature"], runs: Shaped[np.ndarray, " tr"], delays: Sequence[int]
) -> Float[np.ndarray, "tr column"]:
    """Z-score runs, stack them, delay over the stack: the end of a run leaks into the next."""
    return delay(zscore_runs(X, runs), delays)


def roll(
    X: Float[np.ndarray, "tr feature"], runs: Shaped[np.ndarray, " tr"], delays: Sequence[int]
) -> Float[np.ndarray, "tr column"]:
    """Scale all features together to 0..1, then delay by `np.roll`: the end leads the beginning."""
    scaled = minmax(X)
    return np.hstack([np.roll(scaled, steps, axis=0) for steps in delays])


def mean_of_delays(
    X: Float[np.ndarray, "tr feature"], runs: Shaped[np.ndarray, " tr"], delays: Sequence[int]
) -> Float[np.ndarray, "tr feature"]:
    """Mean of the features at all delays, zeros where a delay reaches before the run."""
    return delay(X, delays, runs).reshape(len(X), len(delays), -1).mean(axis=1)


def minmax(values: Float[np.ndarray, "tr column"]) -> Float[np.ndarray, "tr column"]:
    """Scale so that the smallest value of the whole array is 0 and the largest 1."""
    return (values - values.min()) / (values.max() - values.min())
