"""Haxby et al. 2001, subject 1: posterior half of one axial slice, from the pymvpa2 source package.

Known limits, all of the published package:

- One slice of one subject (40 x 20 x 1 voxels of 3.1 x 3.75 x 3.75 mm). The whole-brain volumes
  beside it have voxels of 25 mm (129 in the brain): too coarse for a map, so they are not read.
- The affine is that of the crop (z = 0, y centred on the half slice): distances are right, the
  place in the head is unknown. No anatomy is shipped at this resolution; maps lie on the mean BOLD.
- Block times are whole TRs of 2.5 s; they equal the onset files of the same package in all 96
  blocks. Stimuli within a block (0.5 s each) are not listed.
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import xarray as xr

from braid.datasets import Shape, StimulusKind
from braid.datasets.volumes import read_volume
from braid.sources.archives import read_member
from braid.timing import Stimulus

NAME = "haxby2001"
TR = 2.5
CLEANING = ("detrend", "zscore")
STIMULI = ("events",)

# Haxby et al. 2001, abstract: faces, cats, five kinds of man-made objects, nonsense pictures.
CATEGORIES = ("face", "cat", "house", "chair", "scissors", "shoe", "bottle", "scrambledpix")

_ARCHIVE = "pymvpa2-2.6.5.tar.gz"
_FOLDER = "pymvpa2-2.6.5/mvpa2/data"


def subjects(source: str) -> tuple[str, ...]:
    """Name the one subject, real on both sources."""
    return ("sub001",)


def recordings(source: str, subject: str) -> tuple[str, ...]:
    """Name the one file, which holds all 12 runs."""
    return ("slice",)


def shape(source: str, subject: str, recording: str) -> Shape:
    """Twelve runs of 121 TRs, in the voxels of the published mask."""
    return Shape(12 * 121, 530)


def response_files(subject: str, recording: str) -> dict[str, str]:
    """Responses, labels and mask are members of one archive."""
    return {"archive": _ARCHIVE}


def stimulus_files(recordings: tuple[str, ...], kind: StimulusKind) -> dict[str, str]:
    """Labels are a member of the same archive."""
    return {"archive": _ARCHIVE}


def anatomy_files(subject: str) -> dict[str, str]:
    """Mean BOLD comes from the same archive."""
    return {"archive": _ARCHIVE}


def read_responses(files: Mapping[str, Path], subject: str, recording: str) -> xr.Dataset:
    """Read the 530 voxels of the published brain mask, 12 runs of 121 TRs.

    The published mask holds every voxel whose mean intensity exceeds 300 (511 of them) and 19
    more at the rim; none is constant. It is preferred because nothing about it was chosen here.

    Returns
    -------
    xr.Dataset
        `bold` (tr, voxel) in scanner units; coordinates `run`, `time` (s in the run), `i`, `j`,
        `k`; attributes that identify it, with `shape` and `affine` of the volume.
    """
    image = _image(files["archive"], "bold.nii.gz")
    mask = np.asarray(_image(files["archive"], "mask.nii.gz").dataobj) > 0
    labels = _labels(files["archive"])
    i, j, k = np.nonzero(mask)
    return xr.Dataset(
        {"bold": (("tr", "voxel"), np.asarray(image.dataobj, dtype=np.float64)[mask].T)},
        coords={
            "run": ("tr", labels["run"].to_numpy().astype(str)),
            "time": ("tr", labels["time"].to_numpy(), {"units": "s"}),
            "i": ("voxel", i),
            "j": ("voxel", j),
            "k": ("voxel", k),
        },
        attrs={
            "dataset": NAME,
            "subject": subject,
            "recording": recording,
            "space": f"{NAME}_slice",
            "units": "scanner",
            "shape": list(mask.shape),
            "affine": np.asarray(image.affine).ravel().tolist(),
        },
    )


def read_stimulus(
    files: Mapping[str, Path], recordings: tuple[str, ...], kind: StimulusKind
) -> Stimulus:
    """Read one event per block (96: each category once per run); rest is no event."""
    labels = _labels(files["archive"])
    block = (labels["label"] != labels["label"].shift()) | (labels["run"] != labels["run"].shift())
    events = labels.groupby(block.cumsum(), sort=False).agg(
        run=("run", "first"),
        onset=("time", "min"),
        offset=("time", "max"),
        label=("label", "first"),
    )
    events["onset"] -= TR / 2
    events["offset"] += TR / 2
    blocks = events.loc[events["label"] != "rest", :].reset_index(drop=True)
    times = labels.groupby("run", sort=False)["time"]
    return Stimulus(blocks, {str(run): middles.to_numpy() for run, middles in times})


def read_anatomy(files: Mapping[str, Path], subject: str) -> nib.Nifti1Image:
    """Mean BOLD over all runs, on the grid of the responses."""
    image = _image(files["archive"], "bold.nii.gz")
    mean = np.asarray(image.dataobj).mean(axis=-1, dtype=np.float32)
    return nib.Nifti1Image(mean, image.affine)


def _labels(archive: Path) -> pd.DataFrame:
    """Read one row per TR: label, run, time of its middle in the run."""
    text = read_member(archive, f"{_FOLDER}/attributes_literal.txt")
    labels = pd.read_csv(BytesIO(text), sep=" ", names=["label", "chunk"])
    labels["run"] = [f"run{chunk + 1:02d}" for chunk in labels["chunk"]]
    labels["time"] = (labels.groupby("run").cumcount() + 0.5) * TR
    return labels


def _image(archive: Path, name: str) -> nib.Nifti1Image:
    return read_volume(archive, f"{_FOLDER}/{name}")
