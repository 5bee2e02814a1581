"""Where the voxels of ds003020 lie in the template, as far as the published surfaces tell.

The responses are in the space of each subject's scans, and no warp to a template is published. The
transform of pycortex leads to the space of the subject's surfaces; from there, the box around the
pial surfaces is moved and stretched onto that of fsaverage5, per axis, as Talairach did. Known
limits: no rotation (a tilted head stays tilted), no folding, and fsaverage5 is in MNI305, a few mm
from MNI152. Good for parcels of a cm or more, not for single gyri.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

import nibabel as nib
import numpy as np
from jaxtyping import Float
from nibabel.affines import apply_affine
from nibabel.filebasedimages import ImageFileError
from nibabel.gifti.gifti import GiftiImage

from braid.datasets import fsaverage5
from braid.datasets.ds003020.tables import anatomy_files
from braid.errors import BadInput
from braid.store.pointers import refuse_pointer

_SURFACES = tuple(f"pia_{hemisphere}" for hemisphere in fsaverage5.HEMISPHERES)
_ROLES = ("mask", "xfm", *_SURFACES)
_DAMAGE = (ImageFileError, ExpatError, BadZipFile, ValueError, KeyError, OSError)
_REFETCH = "fetch it again and check its digest against the lock"


def places_files(subject: str) -> dict[str, str]:
    """Role to path of the files that place a subject's voxels."""
    files = anatomy_files(subject)
    return {role: files[role] for role in _ROLES}


def read_places(files: Mapping[str, Path], subject: str) -> Float[np.ndarray, "voxel 3"]:
    """Places of a subject's voxels in mm of fsaverage5, in the order of the responses.

    Parameters
    ----------
    files
        The paths of `places_files`.
    subject
        Whose; named in errors.

    Raises
    ------
    BadInput
        When a file was not fetched or is damaged.
    """
    refuse_pointer(files["mask"])
    mask = np.asarray(nib.Nifti1Image.from_filename(files["mask"]).dataobj)
    voxels = np.argwhere(mask.T)[:, ::-1]
    own = apply_affine(np.linalg.inv(_to_voxels(files["xfm"], subject)), voxels)
    cortex = np.concatenate([_vertices(files[surface]) for surface in _SURFACES])
    template = [fsaverage5.mesh("pia", hemisphere)[0] for hemisphere in fsaverage5.HEMISPHERES]
    return template_places(own, cortex, np.concatenate(template))


def template_places(
    places: Float[np.ndarray, "place 3"],
    own: Float[np.ndarray, "vertex 3"],
    template: Float[np.ndarray, "other 3"],
) -> Float[np.ndarray, "place 3"]:
    """Move and stretch places, per axis, as takes the box around one cortex to that of another.

    Parameters
    ----------
    places
        In mm of the subject's surfaces.
    own, template
        Vertices of the pial surfaces of both hemispheres.
    """
    low, high = own.min(axis=0), own.max(axis=0)
    to_low, to_high = template.min(axis=0), template.max(axis=0)
    return to_low + (places - low) * (to_high - to_low) / (high - low)


def _to_voxels(path: Path, subject: str) -> Float[np.ndarray, "4 4"]:
    """Matrix from mm of the surfaces to voxels."""
    refuse_pointer(path)
    try:
        matrix = np.array(json.loads(path.read_text("utf-8"))["coord"], float)
        return matrix.reshape(4, 4)
    except (ValueError, KeyError, TypeError) as error:
        problem = f"no matrix from surface to voxels of {subject} ({error!r})"
        raise BadInput(path, "coord", problem, _REFETCH) from error


def _vertices(path: Path) -> Float[np.ndarray, "vertex 3"]:
    """Points of a surface, as GIFTI or as pycortex's own arrays (UTS02)."""
    refuse_pointer(path)
    try:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                return arrays["pts"].astype(float)
        return GiftiImage.from_filename(path).agg_data("pointset").astype(float)
    except _DAMAGE as error:
        problem = f"no surface ({type(error).__name__}: {error})"
        raise BadInput(path, "points", problem, _REFETCH) from error
