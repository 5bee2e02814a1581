"""A tiny NSD made by hand, and the few stamps that scenes show."""

import json
import zipfile
from functools import cache
from pathlib import Path

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
from scipy.io import savemat

from braid.datasets.scenes import photos
from braid.sources.archives import read_members

SHAPE, TRIALS = (3, 4, 5), 6
# Pictures from 1: 2 and 7 are shared, subject 1 has 3 and 9 of its own, subject 2 has 4 and 5.
SHARED, PICTURES = [2, 7], [[2, 7, 3, 9], [2, 7, 4, 5]]
ORDER = [3, 1, 4, 1, 2, 3, 4, 2, 1, 3, 2, 4]
SHOWN = [PICTURES[0][column - 1] for column in ORDER]
STREAMS = {(0, 1, 2): 1, (2, 3, 4): 5, (1, 0, 0): 7}
GENERAL = ((0, 1, 2), (1, 2, 3))
MASKED = {(1, 0, 0), (0, 1, 2), (1, 2, 3), (2, 3, 4)}


@cache
def _stamps(archive: Path) -> dict[str, bytes]:
    names = {f"{photos._ROOT}/{n}{end}" for n in photos._THINGS for end in (".png", ".txt")}
    return dict(read_members(archive, names.__contains__))


def small_package(archive: Path, target: Path) -> Path:
    """Keep of the stamps those that scenes are made of, which are read in no time."""
    with zipfile.ZipFile(target, "w") as file:
        for name, content in _stamps(archive).items():
            file.writestr(name, content)
    return target


def write_tiny(root: Path) -> Path:
    """Write the files of subject 1 with two sessions, every value of which is known."""
    experiment, stimuli = root / "nsddata/experiments/nsd", root / "nsddata_stimuli/stimuli/nsd"
    subject = root / "nsddata/ppdata/subj01"
    betas = root / "nsddata_betas/ppdata/subj01/func1pt8mm/betas_fithrf_GLMdenoise_RR"
    folders = (subject / "behav", subject / "func1pt8mm/roi", stimuli / "annotations")
    for folder in (experiment, betas, *folders):
        folder.mkdir(parents=True)
    write_design(experiment / "nsd_expdesign.mat")
    write_responses(subject / "behav/responses.tsv")
    streams, general = np.full((2, *SHAPE), -1)
    general[:, :2] = streams[:, :2] = 0
    for voxel, label in STREAMS.items():
        streams[voxel] = label
    for voxel in GENERAL:
        general[voxel] = 1
    put_volume(subject / "func1pt8mm/roi/streams.nii.gz", streams)
    put_volume(subject / "func1pt8mm/roi/nsdgeneral.nii.gz", general)
    put_volume(subject / "func1pt8mm/T1_to_func1pt8mm.nii.gz", 7 + general)
    put_volume(betas / "ncsnr.nii.gz", np.arange(60, dtype=float).reshape(SHAPE) / 10)
    for session in (1, 2):
        put(betas / f"betas_session{session:02d}.hdf5", betas=responses(session))
    put(stimuli / "nsd_stimuli.hdf5", imgBrick=stimulus())
    write_captions(experiment / "nsd_stim_info_merged.csv", stimuli / "annotations")
    return root


def responses(session: int) -> np.ndarray:
    """Betas (trial, z, y, x) that say where and when they are."""
    trial, z, y, x = np.indices((TRIALS, *SHAPE[::-1]))
    return (10_000 * session + 1_000 * trial + 100 * x + 10 * y + z).astype(np.int16)


def stimulus() -> np.ndarray:
    return np.broadcast_to(np.arange(9, dtype=np.uint8)[:, None, None, None], (9, 4, 4, 3))


def put(path: Path, **arrays: np.ndarray) -> None:
    with h5py.File(path, "w") as file:
        for key, values in arrays.items():
            chunks = (len(values), 1, 1, 1) if key == "betas" and values.ndim == 4 else None
            file.create_dataset(key, data=values, chunks=chunks)


def put_volume(path: Path, volume: np.ndarray) -> None:
    kind = np.float32 if volume.dtype == float else np.int16
    nib.save(nib.Nifti1Image(volume.astype(kind), np.diag([1.8, 1.8, 1.8, 1])), path)


def write_design(path: Path, **changed: object) -> None:
    held = {"masterordering": [ORDER], "subjectim": PICTURES, "sharedix": [SHARED]} | changed
    savemat(path, {key: np.array(value, float) for key, value in held.items()})


def write_responses(path: Path, subject: int = 1, shown: list[int] = SHOWN) -> None:
    sessions = np.arange(len(shown)) // TRIALS + 1
    table = pd.DataFrame({"SUBJECT": subject, "SESSION": sessions, "73KID": shown, "RT": np.nan})
    table.to_csv(path, sep="\t", index=False, na_rep="NaN")


def write_captions(table: Path, folder: Path) -> None:
    """Picture n (from 0) is photograph 100 - n of COCO; every fourth is of the validation set.

    Picture 6 has a caption in French, too.
    """
    numbers = range(9)
    splits = ["val2017" if n % 4 == 0 else "train2017" for n in numbers]
    columns = {"cocoId": [100 - n for n in numbers], "cocoSplit": splits, "nsdId": list(numbers)}
    pd.DataFrame(columns).to_csv(table)
    for split in ("train2017", "val2017"):
        held = [
            {"image_id": 100 - n, "caption": f"picture {n}, caption {c}. \n"}
            for c in range(6)
            for n in numbers
            if splits[n] == split and (c < 5 or n == 2)
        ]
        if split == splits[6]:
            held.insert(0, {"image_id": 94, "caption": "une image", "language": "fr"})
        (folder / f"captions_{split}.json").write_text(json.dumps({"annotations": held}))
