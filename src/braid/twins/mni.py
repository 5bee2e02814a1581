"""Simulated brains in MNI space: a coarse grid over the template's brain, and planted regions."""

from types import MappingProxyType
from typing import NamedTuple, cast

import nibabel as nib
import numpy as np
from jaxtyping import Bool, Float, Int, Shaped
from nibabel.affines import apply_affine, from_matvec, voxel_sizes
from nilearn.datasets import load_mni152_brain_mask
from scipy.spatial import KDTree

from braid.datasets.fsaverage5 import HEMISPHERES, mesh

# Centre in mm of the left hemisphere (mirrored for the right one) and radius of spheres, after
# the language and auditory regions of Huth et al. 2016, fig. 2; later regions cover earlier ones.
SPHERES = MappingProxyType(
    {
        "language": (((-57, -40, 4), 20), ((-55, -4, -18), 16), ((-50, 24, 12), 18)),
        "auditory": (((-50, -18, 7), 14),),
    }
)
CENTRE_CEILING, EDGE_CEILING = 0.95, 0.8


class Brain(NamedTuple):
    """Voxels of a brain on a coarse grid, and what is planted in each of them.

    Attributes
    ----------
    affine
        Voxel indices to MNI mm.
    mask
        Voxels that hold any of the template's brain; those below are these, in C order.
    region
        "language", "auditory" or "none".
    ceiling
        Correlation of the noiseless response with one measurement, 0 where nothing is planted.
    """

    affine: Float[np.ndarray, "4 4"]
    mask: Bool[np.ndarray, "i j k"]
    region: Shaped[np.ndarray, " voxel"]
    ceiling: Float[np.ndarray, " voxel"]


def make_brain(voxel: float) -> Brain:
    """Cover the brain of the MNI152 template with voxels of this edge in mm."""
    template = cast(nib.Nifti1Image, load_mni152_brain_mask(resolution=2))
    points = apply_affine(template.affine, np.argwhere(np.asarray(template.dataobj) > 0))
    index = np.rint(points / voxel).astype(int)
    corner = index.min(axis=0) - 1
    mask = np.zeros(index.max(axis=0) - corner + 2, bool)
    mask[tuple((index - corner).T)] = True
    affine = from_matvec(np.diag([voxel] * 3), corner * voxel)
    return Brain(affine, mask, *_planted(apply_affine(affine, np.argwhere(mask))))


def volume(
    bold: Float[np.ndarray, "tr voxel"], brain: Brain, tr: float, dtype: type[np.number]
) -> nib.Nifti1Image:
    """Put values at their voxels, zero outside the brain.

    Parameters
    ----------
    bold
        In the order of the brain's voxels.
    brain
        Where they are.
    tr
        Seconds from one volume to the next.
    dtype
        Of the values in the file.
    """
    data = np.zeros((*brain.mask.shape, len(bold)), dtype)
    data[brain.mask] = bold.T
    image = nib.Nifti1Image(data, brain.affine)
    image.header.set_zooms((*voxel_sizes(brain.affine), tr))
    image.header.set_xyzt_units("mm", "sec")
    return image


def vertex_truth(
    brain: Brain,
) -> tuple[Shaped[np.ndarray, " vertex"], Float[np.ndarray, " vertex"]]:
    """Region and ceiling of the voxel nearest to each vertex of fsaverage5, left then right.

    A route that averages voxels averages their noise as well, and may exceed the ceiling.
    """
    centres = apply_affine(brain.affine, np.argwhere(brain.mask))
    nearest = KDTree(centres).query(np.concatenate([_cortex(side) for side in HEMISPHERES]))[1]
    return brain.region[nearest], brain.ceiling[nearest]


def place(brain: Brain) -> Int[np.ndarray, "3 voxel"]:
    """Indices i, j, k of the voxels."""
    return np.stack(np.nonzero(brain.mask))


def _planted(
    points: Float[np.ndarray, "voxel 3"],
) -> tuple[Shaped[np.ndarray, " voxel"], Float[np.ndarray, " voxel"]]:
    """The ceiling falls from the centre of a sphere to its edge."""
    region, ceiling = np.full(len(points), "none", dtype="<U8"), np.zeros(len(points))
    left = np.column_stack([-np.abs(points[:, 0]), points[:, 1:]])
    for name, spheres in SPHERES.items():
        for centre, radius in spheres:
            reach = np.linalg.norm(left - centre, axis=1) / radius
            inside = reach <= 1
            region[inside] = name
            ceiling[inside] = CENTRE_CEILING - (CENTRE_CEILING - EDGE_CEILING) * reach[inside]
    return region, ceiling


def _cortex(hemisphere: str) -> Float[np.ndarray, "vertex 3"]:
    """Middle of the cortex at each vertex, in mm."""
    (white, _), (pial, _) = mesh("wm", hemisphere), mesh("pia", hemisphere)
    return (white + pial) / 2
