"""What the voxels of the twin respond to, before there is noise.

Voxels of the language region respond to the meaning of the words in two ways. "Own": each voxel
mixes many directions of the word vectors in its own way, so that voxels tell little of each other.
"Shared", the extra part: the whole population spans a few directions only, as semantic maps of real
subjects do (Huth et al. 2016, fig. 2). Both are linear in the word vectors and no direction is in
both. A fit voxel by voxel cannot know which few of its hundreds of features matter to all voxels; a
model that learns from all of them at once can. The region passes from one code to the other from
its back to its front. Voxels of the auditory region respond to loudness.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.stats import zscore

from braid.features import static_vectors
from braid.twins.ds003020.surfaces import Subject
from braid.twins.textgrids import Interval

SHARED, OWN = 8, 56  # leading directions of the word vectors, and those that follow


class Heard(NamedTuple):
    """A story as neurons tell it, already filtered by the haemodynamics."""

    shared: Float[np.ndarray, "tr shared"]
    own: Float[np.ndarray, "tr own"]
    loudness: Float[np.ndarray, "tr 1"]


class Plant(NamedTuple):
    """What was planted in a subject; weights are of the voxels of the language region."""

    region: np.ndarray
    ceiling: Float[np.ndarray, " voxel"]
    share: Float[np.ndarray, " voxel"]
    """Of the variance of a voxel's signal that is the shared part."""
    shared: Float[np.ndarray, "shared language"]
    own: Float[np.ndarray, "own language"]

    @property
    def ceiling_extra(self) -> Float[np.ndarray, " voxel"]:
        """Expected correlation of the shared part alone with one measurement."""
        return self.ceiling * np.sqrt(self.share)


def meanings(
    stories: Sequence[list[Interval]], vectors: Path
) -> list[Float[np.ndarray, "word direction"]]:
    """Leading principal directions of the words' vectors, of unit variance, per story.

    Parameters
    ----------
    stories
        The words of each.
    vectors
        Folder of static word vectors.
    """
    labels = [word.label for words in stories for word in words]
    embedded = static_vectors.embed(labels, vectors).astype(float)
    left, _, _ = np.linalg.svd(embedded - embedded.mean(axis=0), full_matrices=False)
    ends = np.cumsum([len(words) for words in stories])
    return np.split(np.asarray(zscore(left[:, : SHARED + OWN], axis=0)), ends[:-1])


def plant(anatomy: Subject, rng: np.random.Generator, *, signal: bool, extra: bool) -> Plant:
    """Draw what the voxels of a subject respond to.

    Parameters
    ----------
    anatomy
        With the planted regions and their ceilings.
    rng
        Of the weights.
    signal
        Without it the ceiling is zero everywhere.
    extra
        Without it the language region has the code of its back everywhere: no shared part.
    """
    language = anatomy.region == "language"
    share = np.zeros(len(language))
    if extra:
        share[language] = _frontness(np.nonzero(anatomy.mask)[1][language])
    shared, own = (rng.standard_normal((n, language.sum())) for n in (SHARED, OWN))
    return Plant(anatomy.region, anatomy.ceiling * signal, share * signal, shared, own)


def _frontness(places: np.ndarray) -> Float[np.ndarray, " voxel"]:
    """0 at the back of a region to 1 at its front."""
    return (places - places.min()) / np.ptp(places)


def respond(planted: Plant, heard: Heard) -> Float[np.ndarray, "tr voxel"]:
    """Noiseless responses to a story, z-scored in time; zero where nothing is planted."""
    language = planted.region == "language"
    share = planted.share[language]
    own, shared = (
        zscore(directions @ weights, axis=0)
        for directions, weights in ((heard.own, planted.own), (heard.shared, planted.shared))
    )
    signal = np.zeros((len(heard.loudness), len(language)))
    signal[:, language] = zscore(np.sqrt(1 - share) * own + np.sqrt(share) * shared, axis=0)
    signal[:, planted.region == "auditory"] = zscore(heard.loudness, axis=0)
    return signal
