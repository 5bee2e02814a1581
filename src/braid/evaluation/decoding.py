"""From responses to features: many targets from few voxels, a block of targets at a time.

The engine of the encoding fits, turned round. Where time matters, as with films, the caller delays
the responses first (`braid.fitting.delay`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int, Real, Shaped
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from braid.fitting.columns import BLOCK, as_rows
from braid.fitting.engine.core import RidgeEngine
from braid.fitting.engine.readahead import Columns, blocks_of
from braid.fitting.folds import Folds
from braid.fitting.inputs import usable


class Decoded(NamedTuple):
    """A block of targets, predicted."""

    targets: slice
    prediction: Float[np.ndarray, "new target"]
    alphas: Float[np.ndarray, " target"]
    cv_scores: Float[np.ndarray, " target"]


@dataclass(frozen=True)
class PerTrial:
    """Targets of images, repeated for each trial that showed them; never held as a whole.

    Attributes
    ----------
    images
        Targets (image, target): an array, or anything that gives blocks of columns.
    shown
        Row of `images` that each trial showed.
    """

    images: Columns
    shown: Int[np.ndarray, " trial"]

    @property
    def shape(self) -> tuple[int, ...]:
        """Trials and targets."""
        return len(self.shown), self.images.shape[1]

    def __getitem__(self, key: tuple[slice, slice]) -> np.ndarray:
        """Columns of all trials."""
        return self.images[key][self.shown]


def decode(
    patterns: Float[np.ndarray, "trial voxel"],
    targets: Columns,
    new: Float[np.ndarray, "new voxel"],
    *,
    folds: Folds,
    alphas: Sequence[float] | Float[np.ndarray, " alpha"],
    **settings: Any,
) -> Iterator[Decoded]:
    """Predict targets of new responses with one ridge for each, its penalty chosen on the training.

    Responses are standardised and targets centred by the training trials. Masked voxels, constant
    or not finite in these, are left out. Memory goes with trials times `BLOCK` targets, whatever
    the number of targets.

    Parameters
    ----------
    patterns
        Responses of the training: single trials, or means of repeats (`average_repeats`).
    targets
        Of the training (trial, target); read once, the next block while this one is fitted.
    new
        Responses left out, such as means of repeats of test images.
    folds
        Folds of the training trials: `grouped_folds` keeps trials of an image together.
    alphas
        Penalties to try.
    settings
        `score`, `tolerance`, `backend` of `ridge_cv`.

    Yields
    ------
    Decoded
        Blocks in order. A target that is constant in the training is predicted as this constant,
        without penalty and score; one that is not finite is NaN.
    """
    kept = usable(patterns)
    scaler = StandardScaler().fit(patterns[:, kept])
    X, new_X = (np.asarray(scaler.transform(rows[:, kept])) for rows in (patterns, new))
    once = np.zeros(len(X))
    engine = RidgeEngine(X, runs=once, alphas=alphas, folds=folds, **settings)
    first = 0
    for columns in blocks_of(targets, BLOCK):
        Y = np.where(np.isfinite(columns).all(axis=0), columns, np.nan)
        mean = as_rows(Y).mean(axis=1)
        fit = engine.fit(Y - mean)
        prediction = np.nan_to_num(fit.predict(new_X, np.zeros(len(new)))) + mean
        where = slice(first, first + len(mean))
        yield Decoded(where, prediction.astype(X.dtype), fit.best_alphas, fit.best_scores)
        first = where.stop


def average_repeats(
    patterns: Real[np.ndarray, "trial voxel"], images: Shaped[np.ndarray, " trial"]
) -> tuple[Float[np.ndarray, "image voxel"], Shaped[np.ndarray, " image"]]:
    """Mean response to each image, and the images in sorted order.

    Parameters
    ----------
    patterns
        Single-trial responses.
    images
        Image of each trial.
    """
    order = np.argsort(images, kind="stable")
    names, starts, counts = np.unique(images[order], return_index=True, return_counts=True)
    sums = np.add.reduceat(patterns[order], starts, axis=0)
    return sums / counts[:, None].astype(sums.dtype), names


def grouped_folds(groups: Shaped[np.ndarray, " trial"], k: int) -> Folds:
    """Leave out a k-th of the trials in turn, never tearing a group apart.

    Parameters
    ----------
    groups
        What belongs together, such as the image of each trial: a validation fold that shares images
        with its training rewards penalties that are too small.
    k
        Folds.
    """
    return list(GroupKFold(n_splits=k).split(groups, groups=groups))
