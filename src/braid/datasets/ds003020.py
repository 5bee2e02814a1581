"""Story listening, LeBel et al. 2023 (OpenNeuro ds003020 3.1.0, CC0): responses and TextGrids.

84 stories, each one run, TR 2 s, of UTS01-03; `wheretheressmoke` was heard ten times. UTS04-09
heard 26 to 54 of them and are not locked here. What to know about the files:

- The folder is `derivative/`, singular. Responses are float64, z-scored and trimmed, without a TR.
- A story has `respdict[story]` TRs, its sound starts at 10 s, and 10 TRs are missing from the
  responses at both ends. The published design counts 5 fewer at the end, hence trims (10, 5).
- `wheretheressmoke` holds the mean and, under a second key, the repeats; in UTS09 it has no second
  key. Its phone intervals overlap, which only the tier of phones feels.
- Responses may hold NaN.
- UTS02 was scanned with another protocol, has no localizers, and its surfaces are .npz, not .gii.
- UTS01's raw treasureisland (session 7) is reported corrupted; the preprocessed file is not raw.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float, Int

from braid.errors import BadInput
from braid.store.pointers import refuse_pointer
from braid.timing import Stimulus, check_count, read_tier

NAME = "ds003020"
TR = 2.0
DETREND = False  # done before publication

# The published design simulates triggers for all but the last 5 TRs and drops these at both ends
# (HuthLab deep-fMRI-dataset, stimulus_utils and encoding_utils).
PADDING = 5
TRIM = (10, 5)
SOUND_STARTS = 10.0

# Marks of the transcribers, not words: breaths, noises, laughter, silence.
MARKS = frozenset({"sentence_start", "sentence_end", "br", "lg", "ls", "ns", "sp", ""})

_TABLES = Path(__file__).parents[3] / "resources" / NAME
_RESPDICT = "derivative/respdict.json"
_REPEATS = "individual_repeats"
_REFETCH = "fetch it again and check its digest against the lock"


def subjects(source: str) -> tuple[str, ...]:
    """Subjects that `source` (public or twin) has."""
    return tuple(_table(source).columns.drop("trs"))


def recordings(source: str, subject: str) -> tuple[str, ...]:
    """Stories that a subject heard, in the order of respdict.json."""
    return tuple(_table(source).query(f"{subject} == 'yes'").index)


def response_files(subject: str, recording: str) -> dict[str, str]:
    """Responses to one story, its length, and the mask that says where the voxels are."""
    return {
        "bold": f"derivative/preprocessed_data/{subject}/{recording}.hf5",
        "respdict": _RESPDICT,
        "mask": _transform(subject, "mask_thick.nii.gz"),
    }


def stimulus_files(recordings: tuple[str, ...]) -> dict[str, str]:
    """TextGrid of each story, under its name, and the stories' lengths."""
    grids = {story: f"derivative/TextGrids/{story}.TextGrid" for story in recordings}
    return {**grids, "respdict": _RESPDICT}


def anatomy_files(subject: str) -> dict[str, str]:
    """Surfaces of the pycortex subject, and the transform from the responses' grid to them."""
    suffix = "npz" if subject == "UTS02" else "gii"
    folder = f"derivative/pycortex-db/{subject}"
    surfaces = {
        f"{surface}_{side}": f"{folder}/surfaces/{surface}_{side}.{suffix}"
        for surface in ("wm", "pia", "inflated", "flat")
        for side in ("lh", "rh")
    }
    return {
        **surfaces,
        "curvature": f"{folder}/surface-info/curvature.npz",
        "xfm": _transform(subject, "matrices.xfm"),
        "reference": _transform(subject, "reference.nii.gz"),
        "mask": _transform(subject, "mask_thick.nii.gz"),
    }


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
        `bold` (tr, voxel), and `repeats` (repeat, tr, voxel) where published, in float32;
        voxel indices `i`, `j`, `k` on the grid of the attributes `shape` and `affine`.

    Raises
    ------
    BadInput
        When the file was not fetched, is not HDF5, lacks `data`, or its shape is not the story's
        TRs by the voxels of the subject's mask.
    """
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


def read_stimulus(files: Mapping[str, Path], recordings: tuple[str, ...]) -> Stimulus:
    """Words of these stories, lower-cased and without the transcribers' marks, and their TRs.

    Unlike the published code, intervals without any text are no words.

    Parameters
    ----------
    files
        The paths of `stimulus_files`.
    recordings
        Stories, each a run.

    Raises
    ------
    BadInput
        When a TextGrid is malformed (`braid.timing.read_tier`), a story has no length, or its
        words go on after the scan.
    """
    times = {story: _seconds(files["respdict"], story) for story in recordings}
    events = [_words(files[story], story, grid) for story, grid in times.items()]
    return Stimulus(pd.concat(events, ignore_index=True), times, TRIM)


def read_anatomy(files: Mapping[str, Path], subject: str) -> nib.Nifti1Image:
    """Functional reference volume, on the grid of the responses."""
    return _volume(files["reference"])


def _table(source: str) -> pd.DataFrame:
    return pd.read_csv(_TABLES / f"{source}.tsv", sep="\t", index_col="story")


def _transform(subject: str, name: str) -> str:
    return f"derivative/pycortex-db/{subject}/transforms/{subject}_auto/{name}"


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


def _arrays(
    path: Path, story: str, trs: int, voxels: int
) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """`bold`, and `repeats` where the file has them."""
    refuse_pointer(path)
    try:
        with h5py.File(path, "r") as file:
            data = _array(file, "data", story, trs, voxels)
            repeats = _array(file, _REPEATS, story, trs, voxels) if _REPEATS in file else None
    except OSError as error:
        raise BadInput(path, "file", f"not readable as HDF5 ({error})", _REFETCH) from error
    if data.ndim == 3:
        data, repeats = data.mean(axis=0), data
    arrays = {"bold": (("tr", "voxel"), data)}
    return arrays if repeats is None else arrays | {"repeats": (("repeat", "tr", "voxel"), repeats)}


def _array(
    file: h5py.File, key: str, story: str, trs: int, voxels: int
) -> Float[np.ndarray, "*repeat tr voxel"]:
    """One data set of the file as float32, when it has numbers for these TRs and voxels."""
    path, found = Path(file.filename), file.get(key)
    if not isinstance(found, h5py.Dataset):
        raise BadInput(path, f"data set {key!r}", f"absent; found {sorted(file)}", _REFETCH)
    numbers = found.dtype.kind in "fiu"
    if not numbers or found.ndim not in (2, 3) or found.shape[-1] != voxels:
        raise BadInput(
            path,
            f"data set {key!r}",
            f"{found.dtype} {found.shape}, expected numbers (TR, voxel), {(trs, voxels)}",
            "take responses and mask of one subject, TRs in rows, or fetch them again",
        )
    check_count(path, story, found.shape[-2], trs, TRIM)
    return found.astype(np.float32)[()]


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
