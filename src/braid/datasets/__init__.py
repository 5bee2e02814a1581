"""One module per data set: its runs and files, known without touching disk, and its readers."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast, runtime_checkable

import nibabel as nib
import xarray as xr

from braid.timing import Stimulus


@runtime_checkable
class Dataset(Protocol):
    """What every module of this room offers. Paths are relative to the root of the data set."""

    NAME: str
    TR: float
    """Seconds."""
    DETREND: bool
    """Whether responses, as published, still hold slow drifts."""

    def subjects(self, source: str) -> tuple[str, ...]:
        """Subjects that `source` (public or twin) has."""
        ...

    def recordings(self, source: str, subject: str) -> tuple[str, ...]:
        """Response files of a subject, by name, in presentation order."""
        ...

    def response_files(self, subject: str, recording: str) -> dict[str, str]:
        """Role to path of the files that hold one recording's responses."""
        ...

    def stimulus_files(self, recordings: tuple[str, ...]) -> dict[str, str]:
        """Role to path of the files that say what was presented in these recordings."""
        ...

    def anatomy_files(self, subject: str) -> dict[str, str]:
        """Role to path of the anatomy that maps are drawn on."""
        ...

    def read_responses(self, files: Mapping[str, Path], subject: str, recording: str) -> xr.Dataset:
        """Responses `bold` (tr, voxel) as published, masked, not yet standardised."""
        ...

    def read_stimulus(self, files: Mapping[str, Path], recordings: tuple[str, ...]) -> Stimulus:
        """Events and TR times of these recordings."""
        ...

    def read_anatomy(self, files: Mapping[str, Path], subject: str) -> nib.Nifti1Image:
        """Anatomical volume, for data sets whose maps are slices."""
        ...


NAMES = MappingProxyType(
    {
        "haxby2001": "braid.datasets.haxby2001",
        "pinel2007": "braid.datasets.pinel2007",
        "ds003020": "braid.datasets.ds003020",
    }
)


def find(name: str) -> Dataset:
    """Return the module of the data set `name`.

    Raises
    ------
    KeyError
        When no module is registered under that name.
    """
    return cast(Dataset, import_module(NAMES[name]))


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
