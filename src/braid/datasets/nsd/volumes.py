"""The volumes of an NSD subject: masks, and the responses of one session under them."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Float, Float32

from braid.errors import BadInput
from braid.store.pointers import refuse_pointer

BETA_SCALE = 300
STREAMS = (
    "unknown",
    "early",
    "midventral",
    "midlateral",
    "midparietal",
    "ventral",
    "lateral",
    "parietal",
)

_REFETCH = "fetch it again and check its digest against the lock"


def read_volume(path: Path) -> nib.Nifti1Image:
    """Open a volume that has been fetched."""
    refuse_pointer(path)
    return nib.Nifti1Image.from_filename(path)


def read_voxels(files: Mapping[str, Path]) -> pd.DataFrame:
    """List the voxels of nsdgeneral or of a stream.

    Parameters
    ----------
    files
        `nsdgeneral`, `streams` (labels, -1 outside cortex) and `ncsnr`.

    Returns
    -------
    pd.DataFrame
        `i`, `j`, `k`, `roi` (stream), `nsdgeneral`, `ncsnr`, in C order of the reversed axes.

    Raises
    ------
    BadInput
        When the volumes are not of one shape, hence not of one subject.
    """
    streams = np.asarray(read_volume(files["streams"]).dataobj)
    general, ncsnr = (_on_grid(files[role], streams.shape) for role in ("nsdgeneral", "ncsnr"))
    k, j, i = np.nonzero(((streams > 0) | (general > 0)).T)
    return pd.DataFrame(
        {
            "i": i,
            "j": j,
            "k": k,
            "roi": np.array(STREAMS)[np.maximum(streams[i, j, k], 0).astype(int)],
            "nsdgeneral": general[i, j, k] > 0,
            "ncsnr": ncsnr[i, j, k].astype(np.float32),
        }
    )


def read_betas(
    path: Path, voxels: pd.DataFrame, expected: tuple[int, ...]
) -> Float32[np.ndarray, "trial voxel"]:
    """Read the responses of these voxels, in percent signal change.

    One by one, since each is a chunk of its own: of a file of 1 GB this reads 45 MB, in a second.

    Parameters
    ----------
    path
        HDF5 file of one session.
    voxels
        Columns `i`, `j`, `k`: voxel (i, j, k) of the masks is `betas[:, k, j, i]`.
    expected
        Shape of the data set: (trial, z, y, x).

    Raises
    ------
    BadInput
        When the file is not HDF5, or lacks int16 `/betas` of that shape.
    """
    refuse_pointer(path)
    bold = np.empty((expected[0], len(voxels)), np.float32)
    try:
        with h5py.File(path, "r") as file:
            betas = _require_betas(path, file, expected)
            for column, (i, j, k) in enumerate(voxels[["i", "j", "k"]].to_numpy()):
                bold[:, column] = betas[:, k, j, i]
    except OSError as error:
        raise BadInput(path, "file", f"not readable as HDF5 ({error})", _REFETCH) from error
    return np.divide(bold, BETA_SCALE, out=bold)


def space(image: nib.Nifti1Image, subject: str) -> dict[str, object]:
    """Attributes that say which grid the voxels are on."""
    return {
        "space": f"{subject}_func1pt8mm",
        "shape": list(image.shape),
        "affine": np.asarray(image.affine).ravel().tolist(),
    }


def _on_grid(path: Path, shape: tuple[int, ...]) -> Float[np.ndarray, "x y z"]:
    image = read_volume(path)
    if image.shape != shape:
        problem = f"shape {image.shape}, but streams.nii.gz has {shape}"
        raise BadInput(path, "shape", problem, "take all masks from one subject's folder")
    return image.get_fdata()


def _require_betas(path: Path, file: h5py.File, expected: tuple[int, ...]) -> h5py.Dataset:
    betas = file.get("betas")
    if not isinstance(betas, h5py.Dataset):
        raise BadInput(path, "data set '/betas'", f"absent; found {sorted(file)}", _REFETCH)
    if betas.shape != expected or betas.dtype != np.int16:
        raise BadInput(
            path,
            "data set '/betas'",
            f"{betas.dtype} {betas.shape}, expected int16 (trial, z, y, x) {expected}",
            "take responses, masks and responses.tsv of one subject, as published",
        )
    return betas
