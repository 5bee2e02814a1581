"""What features are decoded from at test: responses to the picture, or what should hold nothing."""

import numpy as np
from jaxtyping import Float
from sklearn.preprocessing import StandardScaler

from braid.errors import BadInput
from braid.evaluation.recordings import Recordings
from braid.evaluation.regression.sides import Sides, name_of, split
from braid.study.names import Source
from braid.study.pictures import Regress


def responses(
    own: Sides, others: Recordings | None, spec: Regress, source: Source, seed: int
) -> Float[np.ndarray, "image voxel"]:
    """Give the responses of the test pictures, or those of a control in their place.

    Parameters
    ----------
    own
        Both sides of the subject.
    others
        Recordings of another subject, for the control `other`.
    spec
        Which responses (`braid.study.pictures.Regress.responses`).
    source
        Whose number of sessions.
    seed
        Of noise and order.

    Raises
    ------
    BadInput
        When the other subject is missing, or did not see all test pictures.
    """
    random = np.random.default_rng(seed)
    match spec.responses:
        case "own":
            return own.test.patterns
        case "noise":
            return noise(own.test.patterns, random)
        case "shuffled":
            return shuffled(own.test.patterns, random)
        case "other":
            return borrowed(own, _of_other(others, own, spec, source))


def noise(
    patterns: Float[np.ndarray, "image voxel"], random: np.random.Generator
) -> Float[np.ndarray, "image voxel"]:
    """Gaussian noise with the mean and spread of each voxel, independent of all others."""
    drawn = random.standard_normal(patterns.shape, np.float32)
    return patterns.mean(axis=0) + patterns.std(axis=0) * drawn


def shuffled(
    patterns: Float[np.ndarray, "image voxel"], random: np.random.Generator
) -> Float[np.ndarray, "image voxel"]:
    """The same rows in a random order that leaves none where it was."""
    circle = random.permutation(len(patterns))
    moved = np.empty_like(patterns)
    moved[circle] = patterns[np.roll(circle, 1)]
    return moved


def borrowed(own: Sides, other: Sides) -> Float[np.ndarray, "image voxel"]:
    """Responses of another subject to the test pictures, as if voxels were the same by order.

    They are standardised by the training of that subject and brought to the mean and spread of the
    training of this one. Where one has more voxels, each of this subject's takes the nearest.
    """
    images = np.searchsorted(other.test.images, own.test.images)
    theirs = StandardScaler().fit(other.training.patterns)
    standard = np.asarray(theirs.transform(other.test.patterns[images]))
    voxels = own.test.patterns.shape[1]
    nearest = np.rint(np.linspace(0, standard.shape[1] - 1, voxels)).astype(int)
    ours = StandardScaler().fit(own.training.patterns)
    return np.asarray(ours.inverse_transform(standard[:, nearest]))


def _of_other(others: Recordings | None, own: Sides, spec: Regress, source: Source) -> Sides:
    if others is None:
        problem = "responses of another subject, none given"
        raise BadInput(
            "config/studies", f"responses of “{spec.label}”", problem, "study two subjects or more"
        )
    found = split(others, spec, source)
    missing = np.setdiff1d(own.test.images, found.test.images)
    if missing.size:
        problem = f"{missing.size} test pictures were not seen, first {missing[0]}"
        raise BadInput(name_of(others), "image", problem, "take a subject who saw all of them")
    return found
