"""What an encoder of a study makes of the responses of a subject: one brain vector per TR."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.datasets.rest.parcels import a424_cortex, parcellate
from braid.evaluation.recordings import Recordings
from braid.networks import autoencoder
from braid.networks.brainlm import inputs
from braid.networks.brainlm.states import load, states, trained_on
from braid.networks.vectors import of_voxels, predicted, repeatable, vectors
from braid.study.encoders import BrainLM, Encoder, EncodingSelected, ExplainableVariance
from braid.study.names import Source


class Given(NamedTuple):
    """What encoders read beside responses; each is empty where an encoder needs none."""

    scores: Sequence[xr.Dataset]
    """Of the fit that chooses voxels."""
    network: Sequence[Path]
    """Folder of a trained network."""
    places: Float[np.ndarray, "voxel 3"] | None
    """Where the voxels lie, in mm of the template."""


def compress(encoder: Encoder, recordings: Recordings, given: Given, source: Source) -> xr.Dataset:
    """Make the brain vectors of a subject.

    Parameters
    ----------
    encoder
        Which kind.
    recordings
        The responses; all that networks may be trained on, and nothing of the test.
    given
        What this kind needs.
    source
        Which numbers of the study hold.

    Returns
    -------
    xarray.Dataset
        `brain` (tr, feature) with the coordinates `run` and `time` of the rows.

    Raises
    ------
    BadInput
        When voxels cannot be chosen, or a network does not fit.
    """
    if isinstance(encoder, ExplainableVariance):
        n = encoder.voxels[source]
        return of_voxels(recordings, repeatable(recordings, n, encoder.corrected))
    if isinstance(encoder, EncodingSelected):
        chosen = predicted(given.scores[0], encoder.voxels[source], recordings)
        return of_voxels(recordings, chosen)
    if isinstance(encoder, BrainLM):
        return _states(recordings, given)
    codes = [autoencoder.compress(given.network[0], bold) for bold in recordings.bold.files()]
    return vectors(np.concatenate(codes), recordings.head)


def _states(recordings: Recordings, given: Given) -> xr.Dataset:
    """States of the parcels of cortex, and whether these are like what was trained on."""
    (folder,), centres = given.network, a424_cortex()
    places, encoder = cast(np.ndarray, given.places), load(folder)
    runs = [parcellate(bold, places, centres) for bold in recordings.bold.files()]
    found = [states(encoder, run.bold, centres[run.kept]) for run in runs]
    seconds = float(np.median(np.diff(recordings.head["time"].values)))
    likeness = inputs.compare(
        inputs.describe([run.bold for run in runs], [seconds] * len(runs)), trained_on(folder)
    )
    return vectors(np.concatenate(found), recordings.head).assign_attrs(likeness.attributes())
