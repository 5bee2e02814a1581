"""One module per data set: its runs and files, known without touching disk, and its readers."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol, cast, runtime_checkable

import nibabel as nib
import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.timing import Stimulus

StimulusKind = Literal["events", "sound", "images", "captions"]


class Shape(NamedTuple):
    """Size of one recording: TRs (or trials), voxels, and measurements of each of them."""

    rows: int
    voxels: int
    repeats: int = 1


@runtime_checkable
class Dataset(Protocol):
    """What every module of this room offers.

    Paths are relative to the root of the data set; one that begins with `//` leads into another
    data set, `//coco/annotations_trainval2017.zip`.

    A recording is one response file as published. Two recordings of one name, of whatever
    subjects, were made of the same stimulus.
    """

    NAME: str
    TR: float
    """Seconds."""
    CLEANING: tuple[Literal["detrend", "zscore"], ...]
    """What is still to be done to the responses of each run, as published."""
    STIMULI: tuple[StimulusKind, ...]
    """What can be read of the stimuli."""

    def subjects(self, source: str) -> tuple[str, ...]:
        """Subjects that `source` (public or twin) has."""
        ...

    def recordings(self, source: str, subject: str) -> tuple[str, ...]:
        """Response files of a subject, by name, in presentation order."""
        ...

    def shape(self, source: str, subject: str, recording: str) -> Shape:
        """Size of a recording, which is what its memory and disk are planned by."""
        ...

    def response_files(self, subject: str, recording: str) -> dict[str, str]:
        """Role to path of the files that hold one recording's responses."""
        ...

    def stimulus_files(self, recordings: tuple[str, ...], kind: StimulusKind) -> dict[str, str]:
        """Role to path of the files that hold this of the stimuli, and the times of the TRs."""
        ...

    def anatomy_files(self, subject: str) -> dict[str, str]:
        """Role to path of the anatomy that maps are drawn on."""
        ...

    def read_responses(self, files: Mapping[str, Path], subject: str, recording: str) -> xr.Dataset:
        """Responses `bold` (tr, voxel) as published, masked, not yet standardised.

        Of data sets that publish one value per trial a row is a trial.
        """
        ...

    def read_stimulus(
        self, files: Mapping[str, Path], recordings: tuple[str, ...], kind: StimulusKind
    ) -> Stimulus:
        """What `stimulus_files` of that kind hold, and the TR times of these recordings."""
        ...

    def read_anatomy(self, files: Mapping[str, Path], subject: str) -> nib.Nifti1Image:
        """Anatomical volume, for data sets whose maps are slices."""
        ...


NAMES = MappingProxyType(
    {
        "haxby2001": "braid.datasets.haxby2001",
        "pinel2007": "braid.datasets.pinel2007",
        "ds002322": "braid.datasets.ds002322",
        "ds003020": "braid.datasets.ds003020",
        "ds003643": "braid.datasets.ds003643",
        "nsd": "braid.datasets.nsd",
    }
)
# Text alone: nobody's responses.
TEXTS = MappingProxyType({"xnli": "braid.datasets.xnli"})


def find(name: str) -> Dataset:
    """Return the module of the data set `name`.

    Raises
    ------
    KeyError
        When no module is registered under that name.
    """
    return cast(Dataset, import_module(NAMES[name]))


def lockable(name: str) -> tuple[str, ...]:
    """Glob patterns of the files of the data set `name` that a study can need."""
    return import_module((NAMES | TEXTS)[name]).LOCKED


def read_anatomies(name: str, table: Mapping[str, Mapping[str, str]]) -> dict[str, nib.Nifti1Image]:
    """Read the anatomy of each subject of the data set `name`.

    Parameters
    ----------
    name
        Of the data set.
    table
        Subject to role to path of its files.
    """
    read = find(name).read_anatomy
    return {
        subject: read({role: Path(path) for role, path in files.items()}, subject)
        for subject, files in table.items()
    }


def read_places(
    name: str, files: Mapping[str, Path], subject: str
) -> Float[np.ndarray, "voxel 3"] | None:
    """Read where the voxels of a subject of the data set `name` lie, in mm of the template.

    None without files; only of data sets with a module `places` can there be any.
    """
    return import_module(f"{NAMES[name]}.places").read_places(files, subject) if files else None
