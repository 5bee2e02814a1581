"""Responses that a decoder of pictures trains on, and those that it is tested on."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from braid.errors import BadInput
from braid.evaluation.decoding import average_repeats
from braid.evaluation.recordings import Recordings
from braid.store import VOXEL_BLOCK
from braid.study.names import Source
from braid.study.pictures import Regress


class Shown(NamedTuple):
    """Responses, and the number of the picture of each."""

    patterns: Float[np.ndarray, "row voxel"]
    images: Int[np.ndarray, " row"]

    def take(self, rows: Int[np.ndarray, " _"]) -> "Shown":
        """Some of the rows."""
        return Shown(self.patterns[rows], self.images[rows])


class Sides(NamedTuple):
    """Both sides of one subject, and where its voxels were lost."""

    training: Shown
    """Trials, or pictures with their trials averaged."""
    test: Shown
    """Shared pictures, their trials averaged, in the order of their numbers."""
    masked: int
    """Voxels of the regions that are left out: not finite in some trial."""


def split(recordings: Recordings, spec: Regress, source: Source) -> Sides:
    """Read the voxels and trials of a decoder: shared pictures are the test, all others train.

    Of subject 1 of NSD, 37 sessions and the stream `ventral`, 24,980 trials of 7,604 voxels train
    and 982 pictures test (Takagi & Nishimoto 2023). Takes the responses twice: 1.7 GB.

    Parameters
    ----------
    recordings
        Sessions of a subject, in order; their head has `run`, `image`, `shared` (tr) and `roi`
        (voxel).
    spec
        Regions, sessions and what a row of training is.
    source
        Whose number of sessions.

    Raises
    ------
    BadInput
        When there are fewer sessions than asked for, or no usable voxel in the regions.
    """
    rows = _of_sessions(recordings, spec.sessions[source])
    patterns, masked = _read(recordings, rows, spec.regions)
    images, shared = (recordings.head[name].values[rows] for name in ("image", "shared"))
    training = Shown(patterns[~shared], images[~shared])
    test = Shown(*average_repeats(patterns[shared], images[shared]))
    if spec.training == "averages":
        training = Shown(*average_repeats(*training))
    return Sides(training, test, masked)


def _of_sessions(recordings: Recordings, sessions: int) -> Bool[np.ndarray, " tr"]:
    runs = recordings.head["run"].values
    names = list(dict.fromkeys(runs.tolist()))
    if len(names) < sessions:
        problem = f"{len(names)} sessions, {sessions} asked for"
        raise BadInput(name_of(recordings), "run", problem, "ask for as many as there are")
    return np.isin(runs, names[:sessions])


def _read(
    recordings: Recordings, rows: Bool[np.ndarray, " tr"], regions: tuple[str, ...]
) -> tuple[Float[np.ndarray, "row voxel"], int]:
    """Voxels that are finite in all these rows, and how many are not."""
    inside = np.isin(recordings.head["roi"].values, regions)
    blocks = [slice(i, i + VOXEL_BLOCK) for i in range(0, recordings.voxels, VOXEL_BLOCK)]
    parts = [_finite(recordings.bold[:, b][np.ix_(rows, inside[b])]) for b in blocks]
    patterns = np.hstack(parts)
    if not patterns.shape[1]:
        named = ", ".join(regions)
        problem = f"no voxel of {named} with responses to every picture"
        raise BadInput(name_of(recordings), "roi", problem, "name regions that the subject has")
    return patterns, int(inside.sum()) - patterns.shape[1]


def _finite(patterns: np.ndarray) -> np.ndarray:
    return patterns[:, np.isfinite(patterns).all(axis=0)]


def name_of(recordings: Recordings) -> str:
    """Data set and subject, for messages."""
    return "{dataset} {subject}".format(**recordings.head.attrs)
