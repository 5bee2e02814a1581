"""What is scored of the rows left out: each as it is, or the mean over the trials of a picture.

Trials of one picture have one prediction, and a response to the picture in common that the features
may know nothing of. Only pictures are independent, so folds of pictures are scored on their means,
as the test set of Takagi & Nishimoto 2023 is.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float, Int, Shaped

from braid.evaluation.plan import Plan
from braid.evaluation.splits import Rows


class Tested(NamedTuple):
    """What the rows that folds leave out are, for a noise ceiling."""

    runs: frozenset[str]
    """Runs of which any row is left out."""
    trials: float
    """How many trials a row that is scored is the mean of; their harmonic mean over rows, since
    noise is divided by it."""


def tested(folds: Sequence[Rows], labels: xr.Dataset, plan: Plan) -> Tested:
    """Describe what is scored of all folds together."""
    rows = np.concatenate([test for _, test in folds])
    runs = frozenset(map(str, labels["run"].values[rows]))
    if not plan.of_pictures:
        return Tested(runs, 1.0)
    _, trials = np.unique(labels["image"].values[rows], return_counts=True)
    return Tested(runs, float(1 / np.mean(1 / trials)))


def scored(
    values: Float[np.ndarray, "test voxel"],
    test: Int[np.ndarray, " test"],
    labels: xr.Dataset,
    plan: Plan,
) -> Float[np.ndarray, "scored voxel"]:
    """Bring responses or predictions to the rows that are scored.

    Parameters
    ----------
    values
        Of the rows left out by one fold.
    test
        Their numbers.
    labels
        Coordinates of all rows.
    plan
        Whose folds these are: those of pictures are averaged, in ascending order of the pictures.
    """
    return _means(values, labels["image"].values[test]) if plan.of_pictures else values


def scored_runs(
    test: Int[np.ndarray, " test"], labels: xr.Dataset, plan: Plan
) -> Shaped[np.ndarray, " scored"]:
    """Run of each row that is scored; pictures, which have no order in time, are one run."""
    if not plan.of_pictures:
        return labels["run"].values[test]
    return np.full(len(np.unique(labels["image"].values[test])), plan.split.kind)


def _means(
    values: Float[np.ndarray, "trial voxel"], images: Int[np.ndarray, " trial"]
) -> Float[np.ndarray, "image voxel"]:
    order = np.argsort(images, kind="stable")
    _, first, trials = np.unique(images[order], return_index=True, return_counts=True)
    return np.add.reduceat(values[order], first, axis=0) / trials[:, None].astype(values.dtype)
