"""The responses of a subject as brain vectors, one for each TR, before any text is seen."""

import numpy as np
import xarray as xr
from jaxtyping import Float, Int

from braid.errors import BadInput
from braid.evaluation.parts import blocks
from braid.evaluation.recordings import Recordings
from braid.fitting import explainable_variance

LEVEL = 0.05


def vectors(values: Float[np.ndarray, "tr feature"], head: xr.Dataset) -> xr.Dataset:
    """Brain vectors as an artefact: `brain` (tr, feature), with the rows of the recordings."""
    rows = {name: ("tr", head[name].values) for name in ("run", "time")}
    kept = {name: head.attrs[name] for name in ("dataset", "subject")}
    return xr.Dataset({"brain": (("tr", "feature"), values.astype(np.float32))}, rows, kept)


def repeatable(recordings: Recordings, n: int, corrected: bool) -> Int[np.ndarray, " chosen"]:
    """Voxels of the highest explainable variance in the repeated run, in their own order.

    Parameters
    ----------
    recordings
        Of a subject; one run was repeated.
    n
        How many.
    corrected
        Whether explainable variance is corrected for the number of repeats.

    Raises
    ------
    BadInput
        When no run was repeated, or there are fewer voxels.
    """
    if recordings.repeats is None:
        who = f"{recordings.head.attrs['dataset']} {recordings.head.attrs['subject']}"
        cure = "choose voxels by what an encoding model predicts"
        raise BadInput(who, "repeats", "nothing was presented twice", cure)
    found = [
        explainable_variance(recordings.repeats[..., block])[corrected]
        for block in blocks(slice(0, recordings.voxels))
    ]
    return _best(np.concatenate(found), n, recordings)


def predicted(scores: xr.Dataset, n: int, recordings: Recordings) -> Int[np.ndarray, " chosen"]:
    """Voxels that an encoding model predicts best, of those that it predicts significantly.

    Parameters
    ----------
    scores
        `r` and `q` (voxel) of the fit.
    n
        How many, at most.
    recordings
        Of the same subject.

    Raises
    ------
    BadInput
        When no voxel is predicted significantly, or the voxels are others.
    """
    significant = np.where(scores["q"].values < LEVEL, scores["r"].values, np.nan)
    count = int(np.isfinite(significant).sum())
    return _best(significant, min(n, count), recordings)


def of_voxels(recordings: Recordings, chosen: Int[np.ndarray, " chosen"]) -> xr.Dataset:
    """Responses of some voxels, z-scored within runs as they are, read a block at a time.

    One that is masked in any run is 0 throughout, as jh250088 (section 5.4.1) has what is not
    finite.
    """
    found = [_block(recordings, chosen, block) for block in blocks(slice(0, recordings.voxels))]
    values = np.nan_to_num(np.concatenate(found, axis=1))
    return vectors(values, recordings.head).assign_coords(voxel=("feature", chosen))


def _block(
    recordings: Recordings, chosen: Int[np.ndarray, " chosen"], block: slice
) -> Float[np.ndarray, "tr here"]:
    here = chosen[(chosen >= block.start) & (chosen < block.stop)]
    return recordings.responses(block)[:, here - block.start]


def _best(
    values: Float[np.ndarray, " voxel"], n: int, recordings: Recordings
) -> Int[np.ndarray, " chosen"]:
    """The highest `n` values that are not NaN, in the order of the voxels."""
    usable = np.flatnonzero(np.isfinite(values))
    if len(values) != recordings.voxels or not 0 < n <= len(usable):
        who = f"{recordings.head.attrs['dataset']} {recordings.head.attrs['subject']}"
        problem = f"{n} wanted, {len(usable)} of {recordings.voxels} can be chosen"
        raise BadInput(who, "voxels of the encoder", problem, "ask for fewer, or another fit")
    order = np.argsort(-values[usable], kind="stable")
    return np.sort(usable[order[:n]])
