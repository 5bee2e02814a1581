"""NeuroSpin functional localizer (Pinel et al. 2007), two subjects, from the pyhrf source package.

Eighty events of ten conditions in five minutes, as the package names them: `phrase` sentence,
`calcul` calculation, `clicG` / `clicD` left / right button press, each heard (`audio`) or read
(`video`), and checkerboards `damier_H` / `damier_V`.

Known limits, all of the published package:

- BOLD exists only inside six regions (`regions`, 6,443 voxels) or two (`subj0`, 1,272 voxels).
- The two sessions have the same events but 128 and 125 TRs, so each is a run of its own name.
- Events have no duration, and one order serves both subjects.
- The headers give 1 s as TR; it is 2.4 s (pyhrf's own defaults).
- `regions` is on the template's grid; its right motor region answers to left clicks, so its left
  and right are as its header says. The header of `subj0` puts the cerebellum up and the eyes
  behind; y and z are turned here, for BOLD and anatomy alike. Its left and right cannot be
  verified, and its origin is the middle of the volume, not the anterior commissure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import nibabel as nib
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braid.datasets import Shape, StimulusKind
from braid.datasets.volumes import read_volume
from braid.sources.archives import read_member
from braid.timing import Stimulus

NAME = "pinel2007"
TR = 2.4
CLEANING = ("detrend", "zscore")
STIMULI = ("events",)

_ARCHIVE = "pyhrf-0.5.0.post1.tar.gz"
_FOLDER = "pyhrf-0.5.0.post1/python/pyhrf/datafiles"


@dataclass(frozen=True)
class _Session:
    """Files of one subject, and what their headers leave out."""

    recording: str
    bold: str
    mask: str
    anatomy: str
    regions: tuple[str, ...]
    """Names of the mask's values 1, 2, ..."""
    voxels: int
    """In all regions."""
    turn: tuple[int, int, int]
    """Signs that the world axes of the header need."""


_SESSIONS = MappingProxyType(
    {
        "regions": _Session(
            recording="localizer128",
            bold="real_data_vol_4_regions_BOLD.nii.gz",
            mask="real_data_vol_4_regions_mask.nii.gz",
            anatomy="real_data_vol_4_regions_anatomy.nii.gz",
            regions=(
                "right temporal",
                "left temporal",
                "right occipital",
                "left occipital",
                "right motor",
                "left parietal",
            ),
            voxels=6443,
            turn=(1, 1, 1),
        ),
        "subj0": _Session(
            recording="localizer125",
            bold="subj0_bold_session0.nii.gz",
            mask="subj0_parcellation.nii.gz",
            anatomy="subj0_anatomy.nii.gz",
            regions=("temporal 1", "temporal 2"),
            voxels=1272,
            turn=(1, -1, -1),
        ),
    }
)
_SCANS = MappingProxyType({"localizer128": 128, "localizer125": 125})


def subjects(source: str) -> tuple[str, ...]:
    """Both subjects, real on both sources."""
    return tuple(_SESSIONS)


def recordings(source: str, subject: str) -> tuple[str, ...]:
    """Name the one session of a subject, by its number of TRs."""
    return (_SESSIONS[subject].recording,)


def shape(source: str, subject: str, recording: str) -> Shape:
    """TRs of the one session, in the voxels of the published regions."""
    return Shape(_SCANS[recording], _SESSIONS[subject].voxels)


def response_files(subject: str, recording: str) -> dict[str, str]:
    """Responses and mask are members of one archive."""
    return {"archive": _ARCHIVE}


def stimulus_files(recordings: tuple[str, ...], kind: StimulusKind) -> dict[str, str]:
    """Events are a member of the same archive."""
    return {"archive": _ARCHIVE}


def anatomy_files(subject: str) -> dict[str, str]:
    """Anatomies are members of the same archive."""
    return {"archive": _ARCHIVE}


def read_responses(files: Mapping[str, Path], subject: str, recording: str) -> xr.Dataset:
    """Read the voxels of the published regions.

    Returns
    -------
    xr.Dataset
        `bold` (tr, voxel) in scanner units; coordinates `run`, `time` (s), `i`, `j`, `k` and
        `region` (name of the published region); attributes that identify it, with `shape` and
        `affine` of the volume.
    """
    session = _SESSIONS[subject]
    image = _image(files["archive"], session.bold)
    regions = np.asarray(_image(files["archive"], session.mask).dataobj)
    mask = regions > 0
    i, j, k = np.nonzero(mask)
    return xr.Dataset(
        {"bold": (("tr", "voxel"), np.asarray(image.dataobj, dtype=np.float64)[mask].T)},
        coords={
            "run": ("tr", [recording] * _SCANS[recording]),
            "time": ("tr", _times(recording), {"units": "s"}),
            "i": ("voxel", i),
            "j": ("voxel", j),
            "k": ("voxel", k),
            "region": ("voxel", np.array(session.regions)[regions[mask].astype(int) - 1]),
        },
        attrs={
            "dataset": NAME,
            "subject": subject,
            "recording": recording,
            "space": f"{NAME}_{subject}",
            "units": "scanner",
            "shape": list(mask.shape),
            "affine": _affine(image, session).ravel().tolist(),
        },
    )


def read_stimulus(
    files: Mapping[str, Path], recordings: tuple[str, ...], kind: StimulusKind
) -> Stimulus:
    """Read the 80 events, in order of onset, once for each recording."""
    text = read_member(files["archive"], f"{_FOLDER}/paradigm_loc.csv")
    columns = ["session", "label", "onset", "duration", "amplitude"]
    events = pd.read_csv(BytesIO(text), sep=" ", names=columns).sort_values("onset")
    events["offset"] = events["onset"] + events["duration"]
    runs = [events[["onset", "offset", "label"]].assign(run=run) for run in recordings]
    return Stimulus(pd.concat(runs, ignore_index=True), {run: _times(run) for run in recordings})


def read_anatomy(files: Mapping[str, Path], subject: str) -> nib.Nifti1Image:
    """T1 of the subject on its own grid of 1 mm, in the same world as the responses' affine."""
    session = _SESSIONS[subject]
    image = _image(files["archive"], session.anatomy)
    return nib.Nifti1Image(np.asarray(image.dataobj), _affine(image, session))


def _times(recording: str) -> Float[np.ndarray, " tr"]:
    return (np.arange(_SCANS[recording]) + 0.5) * TR


def _affine(image: nib.Nifti1Image, session: _Session) -> Float[np.ndarray, "4 4"]:
    return np.diag([*session.turn, 1]) @ image.affine


def _image(archive: Path, name: str) -> nib.Nifti1Image:
    return read_volume(archive, f"{_FOLDER}/{name}")
