"""Alice, chapter one, heard in English (OpenNeuro ds002322 1.0.4, CC0): Bhattasali et al. 2020.

26 subjects heard the same 12 minutes once. Recording `alice` is the published preprocessing (SPM8,
MNI, smoothed by 3 mm, high-pass filtered at 1/128 Hz) brought to fsaverage5, `alice_raw` the scan
in its native space. Known defects:

- Sidecars lie in the folder of the subject, not of the run; `participants.tsv` has bare numbers.
- 14 subjects were scanned with three echoes, of which the second is published, named `_echo-2_`.
- The first 10 volumes are missing from the preprocessed files. Subjects 38, 46 and 52 have none;
  23 are left, the number that Luo & Kobayashi used.
- Sound started at 0.657 s for subject 18; the events files of others have other lengths, hence
  perhaps other times. They claim 748 s of sound, the file has 743.7 s.
- Those of the words are listed in `braid.datasets.ds002322.words`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import nibabel as nib
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braid.datasets import Shape, StimulusKind
from braid.datasets.ds002322.words import read_words
from braid.datasets.series import brain_mask, open_series, under_mask
from braid.datasets.surface import VERTICES, on_fsaverage5
from braid.errors import BadInput
from braid.store.pointers import refuse_pointer
from braid.timing import Stimulus, check_count

NAME = "ds002322"
TR = 2.0
CLEANING: tuple[Literal["detrend", "zscore"], ...] = ("detrend", "zscore")  # raw ones have trends
STIMULI: tuple[StimulusKind, ...] = ("events", "sound")
LOCKED = (
    "README",
    "dataset_description.json",
    "participants.*",
    "code/*",
    "stimuli/*",
    "sub-*",
    "derivatives/*_bold_preprocessed.nii.gz",
)

VOLUMES, DISCARDED = 372, 10

# The clock of the words is that of the sound file: 20 s of silence were put before the sound and
# 20 s added to the times (README of the stimuli of Brennan et al. 2016), and the last word ends at
# 743.39 s of a file of 743.66 s. The scan is later by the onset in events.tsv. Luo & Kobayashi take
# the times as the scan's, int((onset - 20) / 2), which puts every word 0.657 s early.
SOUND_STARTS = 0.657

# Luo & Kobayashi train, validate and test on 282, 40 and 40 of the 362 TRs of `alice`.
LUO_SPLIT = MappingProxyType(
    {"train": range(282), "validation": range(282, 322), "test": range(322, 362)}
)

_TABLES = Path(__file__).parents[4] / "resources" / NAME
_REFETCH = "fetch it again and check its digest against the lock"


def subjects(source: str) -> tuple[str, ...]:
    """Subjects that `source` (public or twin) has, without `sub-`."""
    return tuple(_table(source).index)


def recordings(source: str, subject: str) -> tuple[str, ...]:
    """Name the scan as preprocessed, where that was published, and as it was."""
    preprocessed = _table(source).loc[subject, "preprocessed"] == "yes"
    return ("alice", "alice_raw") if preprocessed else ("alice_raw",)


def shape(source: str, subject: str, recording: str) -> Shape:
    """TRs by vertices; of a raw scan by the voxels of its whole grid, which is what is read."""
    if recording == "alice":
        return Shape(VOLUMES - DISCARDED, 2 * VERTICES)
    return Shape(VOLUMES, int(_table(source).loc[subject, "grid"]))


def response_files(subject: str, recording: str) -> dict[str, str]:
    """Volumes, and when the sound started."""
    run = f"sub-{subject}_task-alice"
    raw = f"sub-{subject}/func/{run}_{_table('public').loc[subject, 'raw']}.nii.gz"
    preprocessed = f"derivatives/sub-{subject}/{run}_bold_preprocessed.nii.gz"
    return {
        "bold": preprocessed if recording == "alice" else raw,
        "events": f"sub-{subject}/{run}_events.tsv",
    }


def stimulus_files(recordings: tuple[str, ...], kind: StimulusKind) -> dict[str, str]:
    """Words with their times and annotations, or the sound."""
    if kind == "sound":
        return {"sound": "stimuli/DownTheRabbitHoleFinal_mono_exp120_NR16_pad.wav"}
    return {"annotations": "code/annotations.tsv"}


def anatomy_files(subject: str) -> dict[str, str]:
    """None: maps lie on fsaverage5."""
    return {}


def read_responses(files: Mapping[str, Path], subject: str, recording: str) -> xr.Dataset:
    """Responses of one subject.

    Parameters
    ----------
    files
        The paths of `response_files`.
    subject, recording
        Whose responses; `alice` on the vertices of fsaverage5, `alice_raw` in the voxels of the
        mask that nilearn computes from the mean of the run.

    Returns
    -------
    xarray.Dataset
        `bold` (tr, voxel) in float32; `time` in seconds from the start of the sound; the attribute
        `sound_starts` has the subject's own start of the sound in the scan.

    Raises
    ------
    BadInput
        When the volumes were not fetched, cannot be read or are another number, or the sound of
        this subject started more than half a TR from when it started for the others.
    """
    starts = _sound_starts(files["events"])
    times = _times(recording)
    with open_series(files["bold"]) as image:
        lost = (VOLUMES - len(times), 0)
        check_count(files["bold"], recording, image.shape[3], len(times), lost)
        bold = on_fsaverage5(image) if recording == "alice" else _in_native_space(image, subject)
    coords = {
        "run": ("tr", np.full(len(times), recording)),
        "time": ("tr", times, {"units": "s"}),
    }
    identity = {"dataset": NAME, "subject": subject, "recording": recording, "units": "scanner"}
    found = xr.Dataset({"bold": bold}).assign_coords(coords)
    return found.assign_attrs(**bold.attrs, **identity, sound_starts=starts)


def read_stimulus(
    files: Mapping[str, Path], recordings: tuple[str, ...], kind: StimulusKind
) -> Stimulus:
    """Words with the annotators' columns, or the sound, on the clock of the sound file.

    Raises
    ------
    BadInput
        When the words are malformed (`braid.datasets.ds002322.words`), or said after the scan.
    """
    times = {recording: _times(recording) for recording in recordings}
    if kind == "sound":
        refuse_pointer(files["sound"])
        nothing = pd.DataFrame(columns=pd.Index(["run", "onset", "offset", "label"]))
        return Stimulus(nothing, times, sound=dict.fromkeys(recordings, files["sound"]))
    words = read_words(files["annotations"])
    _require_within_scan(files["annotations"], words)
    events = [words.assign(run=recording) for recording in recordings]
    return Stimulus(pd.concat(events, ignore_index=True), times)


def read_participants(path: Path) -> pd.DataFrame:
    """Age, sex, score of the quiz (of 12) and final volume (dB) by subject."""
    refuse_pointer(path)
    return pd.read_csv(path, sep="\t", dtype={"participant_id": str}, index_col="participant_id")


def read_anatomy(files: Mapping[str, Path], subject: str) -> nib.Nifti1Image:
    """Not offered: maps lie on fsaverage5."""
    raise BadInput(NAME, "anatomy", "has no volume that maps lie on", "draw surfaces instead")


@cache
def _table(source: str) -> pd.DataFrame:
    path = _TABLES / f"{source}.tsv"
    return pd.read_csv(path, sep="\t", dtype={"subject": str}, index_col="subject")


def _times(recording: str) -> Float[np.ndarray, " tr"]:
    """Middle of each published TR, in seconds from the start of the sound."""
    first = DISCARDED if recording == "alice" else 0
    return TR * (np.arange(first, VOLUMES) + 0.5) - SOUND_STARTS


def _sound_starts(path: Path) -> float:
    """Start of this subject's sound in the scan, when it is that of the others."""
    refuse_pointer(path)
    try:
        starts = float(pd.read_csv(path, sep="\t")["onset"].item())
    except (ValueError, KeyError) as error:
        problem = f"not one row with an onset ({error!r})"
        raise BadInput(path, "onset", problem, _REFETCH) from error
    if not abs(starts - SOUND_STARTS) <= TR / 2:
        problem = f"the sound started at {starts:g} s, the words are timed for {SOUND_STARTS:g} s"
        raise BadInput(path, "onset", problem, "leave this subject out")
    return starts


def _in_native_space(image: nib.Nifti1Image, subject: str) -> xr.DataArray:
    """Voxels of the brain, as the mean of the run shows it."""
    inside = under_mask(image, brain_mask(image))
    return inside.assign_attrs(space=f"{NAME}_sub-{subject}")


def _require_within_scan(path: Path, words: pd.DataFrame) -> None:
    last = words["onset"].to_numpy().max() + SOUND_STARTS
    if last > VOLUMES * TR:
        problem = f"says a word {last:g} s into a scan of {VOLUMES} TRs of {TR:g} s"
        raise BadInput(path, "Word Onset", problem, _REFETCH)
