"""Series of volumes in files: opened without reading them, and what a mask of the brain keeps."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import nibabel as nib
import numpy as np
import xarray as xr
from jaxtyping import Bool
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError
from nibabel.wrapstruct import WrapStructError

from braid.errors import BadInput
from braid.store.pointers import refuse_pointer

_DAMAGE = (ImageFileError, HeaderDataError, WrapStructError, EOFError, OSError, zlib.error)


@contextmanager
def open_series(path: Path) -> Iterator[nib.Nifti1Image]:
    """Open a series (x, y, z, tr) that is not yet in memory; damage may show only while it is read.

    Raises
    ------
    BadInput
        When the file was not fetched, is damaged, or is no series.
    """
    cure = "fetch it again and check its digest against the lock"
    refuse_pointer(path)
    try:
        image = nib.Nifti1Image.from_filename(path)
        if image.ndim != 4:
            raise BadInput(path, "shape", f"{image.shape}, expected (x, y, z, tr)", cure)
        yield image
    except _DAMAGE as error:
        problem = f"not readable as NIfTI ({type(error).__name__}: {error})"
        raise BadInput(path, "file", problem, cure) from error


def brain_mask(image: nib.Nifti1Image) -> Bool[np.ndarray, "i j k"]:
    """Voxels of the brain, as the mean of a raw series shows it (nilearn, `compute_epi_mask`)."""
    from nilearn.masking import compute_epi_mask  # Plans must not wait for it.

    series = nib.Nifti1Image(np.asarray(image.dataobj, np.float32), image.affine)
    return np.asarray(cast(nib.Nifti1Image, compute_epi_mask(series)).dataobj) > 0


def under_mask(image: nib.Nifti1Image, mask: Bool[np.ndarray, "i j k"]) -> xr.DataArray:
    """Voxels of a series that a mask keeps.

    Returns
    -------
    xarray.DataArray
        (tr, voxel) in float32; coordinates `i`, `j`, `k`, attributes `shape` and `affine`.
    """
    values = np.asarray(image.dataobj, np.float32)[mask].T
    index = {axis: ("voxel", row) for axis, row in zip("ijk", np.nonzero(mask), strict=True)}
    grid = {"shape": list(mask.shape), "affine": np.asarray(image.affine).ravel().tolist()}
    return xr.DataArray(values, index, ("tr", "voxel"), attrs=grid)
