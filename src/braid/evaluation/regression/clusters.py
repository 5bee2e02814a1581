"""Which training decodes which test pictures: all of it, or none that is near to them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from braid.errors import BadInput
from braid.evaluation.regression.sides import Sides
from braid.evaluation.regression.targets import Targets
from braid.store import Shards
from braid.study.pictures import Regress

COMPONENTS = 50
"""Principal components that clusters are found in, where there are more features."""
STARTS = 10
"""Random starts of k-means, of which the best is taken."""


class Part(NamedTuple):
    """Test pictures, and what the ridge that decodes them is trained on."""

    training: Int[np.ndarray, " _"]
    """Rows."""
    test: Int[np.ndarray, " _"]
    """Rows."""
    pictures: int
    """How many different ones train."""


def parts(own: Sides, shards: Shards, spec: Regress, seed: int) -> list[Part]:
    """Part the test pictures: one part, or one for each cluster that holds any of them.

    Clusters are those of the true features of training pictures; a test picture belongs to the
    nearest. Features of all pictures are in memory for it, those of training twice: 4.4 GB for
    59,136 features of 8,859 and 982.

    Parameters
    ----------
    own
        Both sides of the subject.
    shards
        The features.
    spec
        Number of clusters, if any, and of inner folds.
    seed
        Of components and clusters.

    Raises
    ------
    BadInput
        When a cluster leaves fewer training pictures than there are inner folds.
    """
    found = _apart(own, shards, spec.hold_out, seed) if spec.hold_out else [_whole(own)]
    _require_pictures(found, spec)
    return found


def cluster(
    training: Float[np.ndarray, "known feature"],
    test: Float[np.ndarray, "new feature"],
    k: int,
    seed: int,
) -> tuple[Int[np.ndarray, " known"], Int[np.ndarray, " new"]]:
    """Cluster of each picture, by k-means of the leading components of the training pictures."""
    components = PCA(min(COMPONENTS, *training.shape), random_state=seed)
    means = KMeans(k, random_state=seed).set_params(n_init=STARTS)
    labels = means.fit_predict(components.fit_transform(training))
    return np.asarray(labels), np.asarray(means.predict(components.transform(test)))


def _whole(own: Sides) -> Part:
    everything = np.arange(len(own.training.images))
    return _part(own, everything, np.arange(len(own.test.images)))


def _apart(own: Sides, shards: Shards, k: int, seed: int) -> list[Part]:
    pictures, row = np.unique(own.training.images, return_inverse=True)
    training, test = (Targets(shards, numbers)[:, :] for numbers in (pictures, own.test.images))
    known, met = cluster(training, test, k, seed)
    pairs = ((known[row] != label, met == label) for label in np.unique(met))
    return [_part(own, np.flatnonzero(away), np.flatnonzero(near)) for away, near in pairs]


def _part(own: Sides, training: np.ndarray, test: np.ndarray) -> Part:
    return Part(training, test, len(np.unique(own.training.images[training])))


def _require_pictures(found: list[Part], spec: Regress) -> None:
    fewest = min(part.pictures for part in found)
    if fewest < spec.folds:
        raise BadInput(
            "config/studies",
            f"folds and hold_out of “{spec.label}”",
            f"{fewest} pictures left to train on, {spec.folds} inner folds",
            "ask for more clusters, fewer folds or more sessions",
        )
