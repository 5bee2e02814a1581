"""The photographs that NSD showed, and what people wrote about them for COCO."""

import json
from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from jaxtyping import Int

from braid.errors import BadInput
from braid.store.pointers import refuse_pointer
from braid.timing.stimulus import Images

KEY = "imgBrick"
SPLITS = ("train2017", "val2017")
ENGLISH = "en"
"""Language of the captions of COCO, which do not name it."""

_REFETCH = "fetch it again and check its digest against the lock"


def read_images(path: Path, shown: Int[np.ndarray, " image"]) -> Images:
    """Open the pictures, once it is sure that those shown are there.

    Parameters
    ----------
    path
        `nsd_stimuli.hdf5`, 37 GB: read on demand, never as a whole.
    shown
        Rows, counted from 0.

    Raises
    ------
    BadInput
        When the file is not HDF5, or does not hold these pictures as 8-bit colours.
    """
    refuse_pointer(path)
    try:
        with h5py.File(path, "r") as file:
            _require_pictures(path, file.get(KEY), int(shown.max()))
    except OSError as error:
        raise BadInput(path, "file", f"not readable as HDF5 ({error})", _REFETCH) from error
    return Images(path, KEY)


def read_captions(files: Mapping[str, Path], shown: Int[np.ndarray, " image"]) -> pd.DataFrame:
    """Every caption of the pictures shown: five in English, and of some pictures six or seven.

    Parameters
    ----------
    files
        `pictures`, the table that leads from NSD to COCO, and the captions of each split of COCO.
    shown
        Rows of the pictures, counted from 0.

    Returns
    -------
    pd.DataFrame
        Columns `image`, `caption` and `language`, by picture, then as COCO has them. The language
        is what the field of that name says, which COCO does not have; English where it is absent.

    Raises
    ------
    BadInput
        When a file is not readable, or a picture has no caption.
    """
    pictures = _read_pictures(files["pictures"])
    parts = [
        _read_split(files[split]).merge(pictures[pictures["cocoSplit"] == split], on="cocoId")
        for split in SPLITS
    ]
    captions = pd.concat(parts).rename(columns={"nsdId": "image"})
    columns = ["image", "caption", "language"]
    captions = captions.loc[captions["image"].isin(list(shown)), columns]
    missing = np.setdiff1d(shown, captions["image"])
    if missing.size:
        problem = f"{missing.size} pictures shown have none, first {missing[0]}"
        raise BadInput(files[SPLITS[0]], "captions", problem, "put those of COCO 2017 there, whole")
    return captions.sort_values("image", kind="stable", ignore_index=True)


def _require_pictures(path: Path, held: object, last: int) -> None:
    found = f"{held.dtype} {held.shape}" if isinstance(held, h5py.Dataset) else "nothing"
    if not isinstance(held, h5py.Dataset) or held.ndim != 4 or held.dtype != np.uint8:
        problem = f"holds {found}, expected uint8 (picture, height, width, 3)"
        raise BadInput(path, f"data set {KEY!r}", problem, _REFETCH)
    if last >= len(held):
        problem = f"holds {len(held)} pictures, but picture {last} (counted from 0) was shown"
        raise BadInput(path, f"data set {KEY!r}", problem, _REFETCH)


def _read_pictures(path: Path) -> pd.DataFrame:
    refuse_pointer(path)
    try:
        return pd.read_csv(path, usecols=["nsdId", "cocoId", "cocoSplit"])
    except ValueError as error:
        problem = f"not readable ({error})"
        raise BadInput(path, "nsdId, cocoId, cocoSplit", problem, _REFETCH) from error


def _read_split(path: Path) -> pd.DataFrame:
    """Columns `cocoId`, `caption` and `language`, in the order of the file."""
    refuse_pointer(path)
    try:
        rows = json.loads(path.read_text("utf-8"))["annotations"]
        said = [
            (int(row["image_id"]), row["caption"].strip(), row.get("language", ENGLISH))
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            path, "annotations", f"not captions of COCO ({error!r})", _REFETCH
        ) from error
    return pd.DataFrame(said, columns=["cocoId", "caption", "language"])
