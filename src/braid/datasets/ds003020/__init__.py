"""Story listening, LeBel et al. 2023 (OpenNeuro ds003020 3.1.0, CC0): responses, words, sounds.

84 stories, each one run, TR 2 s. UTS01-03 heard all of them, UTS04-09 26 to 54. Known defects:

- The folder is `derivative/`, singular. Responses are float64, z-scored and trimmed, without a TR.
- A story has `respdict[story]` TRs, its sound starts at 10 s, and 10 TRs are missing from the
  responses at both ends. The published design counts 5 fewer at the end, hence trims (10, 5).
- `wheretheressmoke` was heard ten times by UTS01-03, five times by the others. It holds the mean
  and, under a second key, the repeats. UTS09's has room for the same, but a shorter header: the
  second key may be missing, and `data` have three dimensions, with or without the mean before the
  repeats. The phone intervals of this story overlap, which only the tier of phones feels.
- Responses may hold NaN. Of UTS01 alone it is reported that they have the thick mask's voxels.
- UTS02 was scanned with another protocol, has no localizers, and its surfaces are .npz, not .gii.
- UTS09 has no FreeSurfer folder and is missing from subject_xfms.json.
- 11 of the 84 sounds have one channel, not two.
- UTS01's raw treasureisland (session 7) is reported corrupted; the preprocessed file is not raw.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float, Int

from braid.datasets import StimulusKind
from braid.datasets.ds003020.tables import (
    CLEANING,
    LOCKED,
    NAME,
    PADDING,
    SOUND_STARTS,
    STIMULI,
    TR,
    TRIM,
    anatomy_files,
    recordings,
    response_files,
    shape,
    stimulus_files,
    subjects,
)
from braid.datasets.hdf5 import numbers, open_arrays
from braid.datasets.responses import blocks
from braid.errors import BadInput
from braid.store.pointers import refuse_pointer
from braid.timing import Stimulus, check_count, read_tier
from braid.timing.stimulus import EVENT_COLUMNS

__all__ = [
    "CLEANING",
    "LOCKED",
    "NAME",
    "STIMULI",
    "TR",
    "anatomy_files",
    "read_anatomy",
    "read_responses",
    "read_stimulus",
    "recordings",
    "response_files",
    "shape",
    "stimulus_files",
    "subjects",
]

# Marks of the transcribers, not words: breaths, noises, laughter, silence.
MARKS = frozenset({"sentence_start", "sentence_end", "br", "lg", "ls", "ns", "sp", ""})

_REPEATS = "individual_repeats"
_REFETCH = "fetch it again and check its digest against the lock"


def read_responses(files: Mapping[str, Path], subject: str, recording: str) -> xr.Dataset:
    """Responses to one story.

    Parameters
    ----------
    files
        The paths of `response_files`.
    subject, recording
        Whose responses, to which story.

    Returns
    -------
    xarray.Dataset
        `bold` (tr, voxel), and `repeats` (repeat, tr, voxel) where published, not yet in memory;
        voxel indices `i`, `j`, `k` on the grid of the attributes `shape` and `affine`.

    Raises
    ------
    BadInput
        When a file was not fetched, the responses are not HDF5, lack `data`, or their shape is not
        the story's TRs by the voxels of the subject's mask, or another transform is the subject's.
    """
    _require_transform(files["transforms"], subject)
    grid = _seconds(files["respdict"], recording)
    stop = len(grid) - TRIM[1]
    image = _volume(files["mask"])
    index = _voxels(image)
    arrays = _arrays(files["bold"], recording, stop - TRIM[0], index.shape[1])
    coords = {
        "run": ("tr", np.full(stop - TRIM[0], recording)),
        "time": ("tr", grid[TRIM[0] : stop], {"units": "s"}),
        **{name: ("voxel", row) for name, row in zip("ijk", index, strict=True)},
    }
    identity = {"dataset": NAME, "subject": subject, "recording": recording, "units": "z"}
    return xr.Dataset(arrays, coords, {**identity, **_space(image, subject)})


def read_stimulus(
    files: Mapping[str, Path], recordings: tuple[str, ...], kind: StimulusKind
) -> Stimulus:
    """Words of these stories, lower-cased and without the transcribers' marks, or their sounds.

    Unlike the published code, intervals without any text are no words.

    Parameters
    ----------
    files
        The paths of `stimulus_files`.
    recordings
        Stories, each a run.
    kind
        `events` for the words, `sound` for the sounds.

    Raises
    ------
    BadInput
        When a file was not fetched, a TextGrid is malformed (`braid.timing.read_tier`), a story
        has no length, or its words go on after the scan.
    """
    times = {story: _seconds(files["respdict"], story) for story in recordings}
    if kind == "sound":
        for story in recordings:
            refuse_pointer(files[story])
        silent = pd.DataFrame(columns=pd.Index(EVENT_COLUMNS))
        return Stimulus(silent, times, TRIM, sound={story: files[story] for story in recordings})
    events = [_words(files[story], story, grid) for story, grid in times.items()]
    return Stimulus(pd.concat(events, ignore_index=True), times, TRIM)


def read_anatomy(files: Mapping[str, Path], subject: str) -> nib.Nifti1Image:
    """Functional reference volume, on the grid of the responses."""
    return _volume(files["reference"])


def _require_transform(path: Path, subject: str) -> None:
    """Refuse responses that are on another grid than that of the mask; UTS09 is not listed."""
    refuse_pointer(path)
    try:
        named = json.loads(path.read_text("utf-8")).get(subject, f"{subject}_auto")
    except (ValueError, AttributeError) as error:
        problem = f"no table of transforms ({error!r})"
        raise BadInput(path, subject, problem, _REFETCH) from error
    if named != f"{subject}_auto":
        problem = f"responses are on the grid of {named}, but the mask is of {subject}_auto"
        raise BadInput(path, subject, problem, _REFETCH)


def _seconds(respdict: Path, story: str) -> Float[np.ndarray, " tr"]:
    """Middle of each simulated TR, in seconds from the start of the sound."""
    refuse_pointer(respdict)
    try:
        scanned = int(json.loads(respdict.read_text("utf-8"))[story])
    except (ValueError, KeyError, TypeError) as error:
        problem = f"no length of this story ({error!r})"
        raise BadInput(respdict, story, problem, _REFETCH) from error
    return TR * np.arange(scanned - PADDING) - SOUND_STARTS + TR / 2


def _words(path: Path, story: str, grid: Float[np.ndarray, " tr"]) -> pd.DataFrame:
    tier = read_tier(path)
    label = tier["label"].str.lower().str.strip("{} \t\r\n")
    words = tier.assign(run=story, label=label).loc[~label.isin(MARKS)]
    _require_within_scan(path, story, words["offset"].to_numpy(float), len(grid) + PADDING)
    return words


def _require_within_scan(
    path: Path, story: str, offsets: Float[np.ndarray, " word"], trs: int
) -> None:
    end = offsets.max(initial=0)
    if end + SOUND_STARTS > trs * TR:
        raise BadInput(
            path,
            f"story {story}",
            f"has words until {end:g} s, {(end + SOUND_STARTS) / TR:.0f} TRs into the scan, which "
            f"has {trs} TRs by respdict.json (before the trim {TRIM})",
            "the TextGrid or the length is another story's: fetch both again",
        )


def _arrays(path: Path, story: str, trs: int, voxels: int) -> dict[str, xr.DataArray]:
    """`bold`, and `repeats` where the file has them."""
    opened = open_arrays(path)
    dims = ("tr", "voxel")
    found = {"bold": numbers(path, opened, "data", dims, ("repeat", *dims))}
    if _REPEATS in opened:
        found["repeats"] = numbers(path, opened, _REPEATS, ("repeat", *dims))
    for array in found.values():
        _require_voxels(path, array, voxels)
        check_count(path, story, array.sizes["tr"], trs, TRIM)
    return _unstacked(found["bold"]) if "repeat" in found["bold"].dims else found


def _require_voxels(path: Path, array: xr.DataArray, voxels: int) -> None:
    if array.sizes["voxel"] != voxels:
        raise BadInput(
            path,
            f"data set {str(array.name)!r}",
            f"{array.shape} has {array.sizes['voxel']} voxels in each TR, but the thick mask of "
            f"the subject has {voxels}",
            "take responses and mask of one subject, TRs in rows, or fetch them again",
        )


def _unstacked(stack: xr.DataArray) -> dict[str, xr.DataArray]:
    """Mean and repeats, whether the mean lies before the repeats or has to be computed."""
    first, *others = stack[:, 0].to_numpy()
    if np.allclose(first, np.mean(others, axis=0), equal_nan=True):
        return {"bold": stack[0], "repeats": stack[1:]}
    return {"bold": _mean(stack), "repeats": stack}


def _mean(repeats: xr.DataArray) -> xr.DataArray:
    """Mean of the repeats, read a block of voxels at a time."""
    parts = (repeats[..., block].mean("repeat") for block in blocks(repeats.sizes["voxel"]))
    return xr.concat([part.astype(np.float32) for part in parts], "voxel")


def _volume(path: Path) -> nib.Nifti1Image:
    refuse_pointer(path)
    return nib.Nifti1Image.from_filename(path)


def _voxels(mask: nib.Nifti1Image) -> Int[np.ndarray, "3 voxel"]:
    """Find the mask's voxels in the order of the responses: pycortex walks z, then y, x."""
    return np.stack(np.nonzero(np.asarray(mask.dataobj).T)[::-1])


def _space(image: nib.Nifti1Image, subject: str) -> dict[str, object]:
    return {
        "space": f"{subject}_auto",
        "shape": list(image.shape),
        "affine": np.asarray(image.affine).ravel().tolist(),
    }
