"""What ds003020 holds, from tables: subjects, stories, sizes and paths. See `ds003020`."""

from functools import cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from braid.datasets import Shape, StimulusKind

NAME = "ds003020"
TR = 2.0
CLEANING = ("zscore",)  # drifts were removed before publication
STIMULI = ("events", "sound")
LOCKED = (
    "derivative/TextGrids/*.TextGrid",
    "derivative/preprocessed_data/UTS*/*.hf5",
    "derivative/pycortex-db/UTS*/*",
    "derivative/respdict.json",
    "derivative/subject_xfms.json",
    "stimuli/*.wav",
)

REPEATED = "wheretheressmoke"

# The published design simulates triggers for all but the last 5 TRs and drops these at both ends
# (HuthLab deep-fMRI-dataset, stimulus_utils and encoding_utils).
PADDING = 5
TRIM = (10, 5)
SOUND_STARTS = 10.0

_TABLES = Path(__file__).parents[4] / "resources" / NAME
_RESPDICT = "derivative/respdict.json"
_STIMULI = MappingProxyType(
    {"events": "derivative/TextGrids/{}.TextGrid", "sound": "stimuli/{}.wav"}
)


def subjects(source: str) -> tuple[str, ...]:
    """Subjects that `source` (public or twin) has."""
    return tuple(_table(source).columns.drop("trs"))


@cache
def recordings(source: str, subject: str) -> tuple[str, ...]:
    """Stories that a subject heard, in the order of respdict.json."""
    return tuple(_table(source).query(f"{subject} == 'yes'").index)


@cache
def shape(source: str, subject: str, recording: str) -> Shape:
    """Size of the responses to one story."""
    row = _table("subjects").query("source == @source").loc[subject]
    trs = int(_table(source).loc[recording, "trs"]) - PADDING - sum(TRIM)
    return Shape(trs, int(row["voxels"]), int(row["repeats"]) if recording == REPEATED else 1)


def response_files(subject: str, recording: str) -> dict[str, str]:
    """Responses to one story, its length, and the transform and mask that place the voxels."""
    return {
        "bold": f"derivative/preprocessed_data/{subject}/{recording}.hf5",
        "respdict": _RESPDICT,
        "transforms": "derivative/subject_xfms.json",
        "mask": f"{_folder(subject)}/transforms/{subject}_auto/mask_thick.nii.gz",
    }


def stimulus_files(recordings: tuple[str, ...], kind: StimulusKind) -> dict[str, str]:
    """TextGrid or sound of each story, under its name, and the stories' lengths."""
    return {story: _STIMULI[kind].format(story) for story in recordings} | {"respdict": _RESPDICT}


def anatomy_files(subject: str) -> dict[str, str]:
    """Everything in the folder of the pycortex subject, which differs between subjects."""
    files = _table("pycortex").query(f"{subject} == 'yes'")["file"]
    return {
        str(role): f"{_folder(subject)}/{file.format(subject=subject)}"
        for role, file in files.items()
    }


def _folder(subject: str) -> str:
    return f"derivative/pycortex-db/{subject}"


@cache
def _table(name: str) -> pd.DataFrame:
    """Read a table of resources/ds003020, with its first column as the index."""
    return pd.read_csv(_TABLES / f"{name}.tsv", sep="\t", index_col=0)
