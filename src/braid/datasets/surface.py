"""The route from volumes in MNI space to the cortical surface.

A vertex of fsaverage5 takes the mean of the volume along the line from its place on the pial
surface to that on the white surface: trilinear interpolation at equal depths, by nilearn. The
meshes are those that travel in nilearn.

Limits: the meshes lie in the space of the MNI305 template. Subjects that were aligned to another
template, such as MNI152 or Colin27, are off by up to a few mm, and their own folding is not used.
Neighbouring sulcal banks are closer than that: values may come from the opposite bank.
"""

import warnings

import nibabel as nib
import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.datasets.fsaverage5 import HEMISPHERES, SPACE, VERTICES, coordinates, mesh
from braid.errors import BadInput

# Fractions of the way from pia to white matter.
_DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
_ROUTE = (
    "volume to fsaverage5: trilinear, mean over depths 0, .25, .5, .75, 1 between pial and white, "
    "nilearn vol_to_surf; MNI template of the volume taken for MNI305"
)
# Volumes held at a time: 64 of 2 mm take 250 MB as nibabel scales them.
_BLOCK = 64


def on_fsaverage5(image: nib.Nifti1Image) -> xr.DataArray:
    """Sample a series of volumes at the vertices of fsaverage5, a block of volumes at a time.

    Parameters
    ----------
    image
        Series (x, y, z, tr) in MNI space, with its affine; best not yet in memory.

    Returns
    -------
    xarray.DataArray
        (tr, voxel) in float32, where the 20,484 "voxels" are vertices, the left hemisphere first;
        coordinates `hemi` (lh or rh) and `vertex` (its number in the hemisphere); attributes
        `space`, and `route`, which says in words what was done. Depths outside the volume, or
        next to a voxel that is NaN, do not count; a vertex that keeps none is NaN.

    Raises
    ------
    BadInput
        When the image is not a series of volumes.
    """
    if image.ndim != 4:
        problem = f"shape {image.shape}, expected (x, y, z, tr)"
        raise BadInput(image.get_filename() or "image", "shape", problem, "pass a 4-D series")
    values = np.empty((image.shape[3], len(HEMISPHERES) * VERTICES), np.float32)
    for start in range(0, image.shape[3], _BLOCK):
        block = np.asarray(image.dataobj[..., start : start + _BLOCK], np.float32)
        values[start : start + _BLOCK] = _sampled(nib.Nifti1Image(block, image.affine))
    return xr.DataArray(
        values,
        dims=("tr", "voxel"),
        coords=coordinates(),
        attrs={"space": SPACE, "route": _ROUTE},
    )


def _sampled(image: nib.Nifti1Image) -> Float[np.ndarray, "tr vertex"]:
    return np.concatenate([_hemisphere(image, side) for side in HEMISPHERES]).T


def _hemisphere(image: nib.Nifti1Image, side: str) -> Float[np.ndarray, "vertex tr"]:
    from nilearn.surface import InMemoryMesh, vol_to_surf  # Plans must not wait for it.

    pial, white = (InMemoryMesh(*mesh(kind, side)) for kind in ("pia", "wm"))
    with warnings.catch_warnings():
        # A vertex outside the volume is the mean of nothing.
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return vol_to_surf(image, pial, inner_mesh=white, depth=_DEPTHS)
