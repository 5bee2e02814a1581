"""What ds003643 holds, from tables: subjects, sections, runs, sizes and paths. See `ds003643`."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from braid.datasets import Shape, StimulusKind
from braid.errors import BadInput
from braid.sources.tables import load_lock
from braid.timing.stimulus import EVENT_COLUMNS

NAME = "ds003643"
TR = 2.0
# ME-ICA took out what is not BOLD, but nothing says that drifts were removed, and values are not
# z-scored; the raw volumes are as they were scanned.
CLEANING = ("detrend", "zscore")
STIMULI = ("events", "sound")

LANGUAGES = ("EN", "FR", "CN")
ECHOES = (1, 2, 3)
LOCKED = (
    "README",
    "dataset_description.json",
    "participants.*",
    "annotation/*.csv",
    "annotation/*.TextGrid",
    "stimuli/*.wav",
    "stimuli/images/*.png",
    "quiz/*.csv",
    "derivatives/*_desc-preproc_bold.nii.gz",
    "sub-*/anat/*_T1w.*",
    "sub-*/func/*_bold.*",
)

# Subjects that the twin has; the published ones are those in the lock.
TWINS = ("EN057", "FR025", "CN003")
# Scans of the raw runs before the sound starts (README, "Notes for number of fMRI scans").
RAW_LEAD = {"EN": 4, "FR": 0, "CN": 0}
VERTICES = 20_484  # of fsaverage5, where the preprocessed volumes are read

README = "README"

_RESOURCES = Path(__file__).parents[4] / "resources"
_RECORDING = re.compile(r"lpp(EN|FR|CN)_section([1-9])(?:_echo-([123]))?")
_PREPROCESSED = re.compile(
    r"derivatives/sub-(?P<subject>\w+)/func/"
    r"sub-(?P=subject)_task-lpp\w\w_run-(?P<run>\d+)_space-MNIColin27_desc-preproc_bold\.nii\.gz"
)


class Recording(NamedTuple):
    """What the name of a recording says; `echo` is None for the preprocessed volumes."""

    language: str
    section: int
    echo: int | None

    @property
    def kind(self) -> str:
        """Column of the table of scans."""
        return "preproc" if self.echo is None else "raw"

    @property
    def lead(self) -> int:
        """Scans before the sound starts."""
        return RAW_LEAD[self.language] if self.echo else 0


def parse(recording: str) -> Recording:
    """Take the name of a recording apart.

    Raises
    ------
    BadInput
        When it is no name of this data set.
    """
    match = _RECORDING.fullmatch(recording)
    if match is None:
        cure = "name it as lppEN_section1, or lppEN_section1_echo-2 for a raw echo"
        raise BadInput(NAME, "recording", f"{recording!r} is none", cure)
    language, section, echo = match.groups()
    return Recording(language, int(section), int(echo) if echo else None)


def subjects(source: str) -> tuple[str, ...]:
    """Subjects that `source` (public or twin) has: of the published ones, those in the lock."""
    return TWINS if source == "twin" else tuple(dict.fromkeys(subject for subject, _ in _runs()))


def recordings(source: str, subject: str) -> tuple[str, ...]:
    """Preprocessed runs of a subject, named after what was heard: lppEN_section1 and so on."""
    return tuple(_name(row["language"], row["section"]) for row in _sections(source, subject))


def echoes(source: str, subject: str) -> tuple[str, ...]:
    """Raw runs of a subject, each of which has three echoes: lppEN_section1_echo-1 and so on."""
    return tuple(
        f"{_name(row['language'], row['section'])}_echo-{echo}"
        for row in _sections(source, subject)
        if row["echoes"] == "yes"
        for echo in ECHOES
    )


def shape(source: str, subject: str, recording: str) -> Shape:
    """Size of a recording; of raw volumes, all of the grid, of which the mask keeps a part."""
    what = parse(recording)
    (row,) = (r for r in _sections(source, subject) if what.section == int(r["section"]))
    voxels = VERTICES if what.echo is None else int(row["raw_voxels"])
    return Shape(int(row["preproc"]), voxels)


def response_files(subject: str, recording: str) -> dict[str, str]:
    """Volumes of one run and the numbers of scans; for a raw run also what its mask is made of."""
    what = parse(recording)
    if what.echo is None:
        return {"bold": _preprocessed(subject, what.section), "scans": README}
    return {
        "bold": _raw(subject, what.section, what.echo),
        "brightest": _raw(subject, 1, 1),
        "scans": README,
    }


def stimulus_files(recordings: tuple[str, ...], kind: StimulusKind) -> dict[str, str]:
    """Words of each language, or the sound of each section, and the numbers of scans."""
    heard = [parse(recording) for recording in recordings]
    files = _annotations(heard) if kind == "events" else _sounds(heard)
    return files | {"scans": README}


def anatomy_files(subject: str) -> dict[str, str]:
    """None: the preprocessed runs lie on fsaverage5, and no surface of the native space exists."""
    return {}


def sound_name(what: Recording) -> str:
    """Role of the sound of a section among the stimulus files."""
    return _name(what.language, what.section)


def picture_events(language: str) -> pd.DataFrame:
    """Pictures that English and Chinese subjects saw in section 1, for nuisance regressors.

    Returns
    -------
    pandas.DataFrame
        Columns as of `Stimulus.events`; `label` is the name of the picture in stimuli/images.
        French subjects saw none.
    """
    shown = [
        (
            _name(language, 1),
            onset := float(row["onset"]),
            onset + float(row["duration"]),
            row["picture"],
        )
        for row in _table("pictures")
        if row["language"] == language
    ]
    return pd.DataFrame(shown, columns=pd.Index(EVENT_COLUMNS))


def runs_of(paths: Iterable[str]) -> pd.DataFrame:
    """Find the run of each section among the files of the data set, in any order.

    A run number counts the scans of a session. The section is the rank of the run among those of
    the subject that were preprocessed: extra raw runs were not heard.

    Returns
    -------
    pandas.DataFrame
        Columns `subject`, `section`, `run`.
    """
    found = [match.groupdict() for path in paths if (match := _PREPROCESSED.fullmatch(path))]
    table = pd.DataFrame(found, columns=pd.Index(["subject", "run"])).astype({"run": int})
    table = table.sort_values(["subject", "run"], ignore_index=True)
    table.insert(1, "section", table.groupby("subject").cumcount() + 1)
    return table


@cache
def _table(name: str) -> Sequence[Mapping[str, str]]:
    with (_RESOURCES / NAME / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@cache
def _runs() -> Mapping[tuple[str, int], int]:
    """Run of each subject and section, as the lock knows them."""
    table = runs_of(load_lock(_RESOURCES / "locks" / f"{NAME}.tsv"))
    return {(subject, section): run for subject, section, run in table.itertuples(index=False)}


def _sections(source: str, subject: str) -> list[Mapping[str, str]]:
    return [
        row
        for row in _table(source)
        if row["language"] == subject[:2] and (subject, int(row["section"])) in _runs()
    ]


def _name(language: str, section: int | str) -> str:
    return f"lpp{language}_section{section}"


def _run(subject: str, section: int) -> str:
    return f"sub-{subject}_task-lpp{subject[:2]}_run-{_runs()[subject, section]:02d}"


def _preprocessed(subject: str, section: int) -> str:
    name = f"{_run(subject, section)}_space-MNIColin27_desc-preproc_bold.nii.gz"
    return f"derivatives/sub-{subject}/func/{name}"


def _raw(subject: str, section: int, echo: int) -> str:
    return f"sub-{subject}/func/{_run(subject, section)}_echo-{echo}_bold.nii.gz"


def _annotations(heard: Iterable[Recording]) -> dict[str, str]:
    languages = dict.fromkeys(what.language for what in heard)
    return {name: f"annotation/{name}/lpp{name}_word_information.csv" for name in languages}


def _sounds(heard: Iterable[Recording]) -> dict[str, str]:
    return {
        sound_name(what): f"stimuli/task-lpp{what.language}_section"
        f"{'-' if what.language == 'EN' else '_'}{what.section}.wav"
        for what in heard
    }
