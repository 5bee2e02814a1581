"""Simulated subjects: fsaverage5 moved and scaled, a coarse volume around it, planted regions."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Bool, Float
from nibabel.affines import apply_affine, from_matvec
from scipy.spatial import KDTree

from braid.datasets.fsaverage5 import HEMISPHERES, KINDS, Mesh, mesh

DEPTHS = np.linspace(0, 1, 6)  # from white matter to pia

# Centres in MNI coordinates of the left hemisphere (mirrored for the right one) and radius in mm
# on the registration sphere, after the language and auditory regions of Huth et al. 2016, fig. 2.
SEEDS = MappingProxyType(
    {
        "language": (((-57, -40, 4), 42), ((-55, -4, -18), 32), ((-50, 24, 12), 36)),
        "auditory": (((-50, -18, 7), 20),),
    }
)
CENTRE_CEILING, EDGE_CEILING = 0.8, 0.5


@dataclass(frozen=True)
class Subject:
    """A simulated anatomy and the volume that it was scanned in.

    Attributes
    ----------
    meshes
        (kind, hemisphere) to vertices in mm and faces.
    affine
        Voxel indices (x, y, z) to scanner mm.
    magnet
        Surface mm to scanner mm.
    mask
        Voxels of the cortical ribbon, indexed [z, y, x] as pycortex does.
    region, ceiling
        Per voxel of the mask in C order: planted region, and correlation of the noiseless
        response with one measurement.
    """

    meshes: Mapping[tuple[str, str], Mesh]
    affine: Float[np.ndarray, "4 4"]
    magnet: Float[np.ndarray, "4 4"]
    mask: Bool[np.ndarray, "z y x"]
    region: np.ndarray
    ceiling: Float[np.ndarray, " voxel"]


def make_subject(number: int, voxel: float) -> Subject:
    """Make subject `number` (1, 2, ...), each of another size and head position.

    Parameters
    ----------
    number
        Rank of the subject; changes the scale by 1 % and the position by 2 mm a step.
    voxel
        Edge of a voxel in mm.
    """
    meshes = {key: _mesh(*key, scale=0.97 + 0.01 * number) for key in _keys()}
    magnet = from_matvec(_rotation(np.deg2rad(2 * number)), [2 * number, -3, 5])
    ribbon, cortex = _ribbon(meshes)
    points = apply_affine(magnet, ribbon)
    origin = points.min(axis=0) - 2 * voxel
    affine = from_matvec(np.diag([voxel] * 3), origin)
    mask = _mask((points - origin) / voxel)
    centres = apply_affine(affine, np.argwhere(mask)[:, ::-1])
    vertex = KDTree(apply_affine(magnet, cortex)).query(centres)[1]
    sides = [regions(hemisphere) for hemisphere in HEMISPHERES]
    region, ceiling = (np.concatenate(parts) for parts in zip(*sides, strict=True))
    return Subject(meshes, affine, magnet, mask, region[vertex], ceiling[vertex])


def regions(hemisphere: str) -> tuple[np.ndarray, Float[np.ndarray, " vertex"]]:
    """Planted region and ceiling of each vertex of `lh` or `rh`.

    The ceiling falls from the centre of a region to its edge; later regions cover earlier ones.
    """
    (pial, _), (sphere, _) = mesh("pia", hemisphere), mesh("sphere", hemisphere)
    mirror = [1 if hemisphere == "lh" else -1, 1, 1]
    region = np.full(len(pial), "none", dtype="<U8")
    ceiling = np.zeros(len(pial))
    for name, seeds in SEEDS.items():
        for centre, radius in seeds:
            seed = np.argmin(np.linalg.norm(pial - np.multiply(centre, mirror), axis=1))
            reach = np.linalg.norm(sphere - sphere[seed], axis=1) / radius
            inside = reach <= 1
            region[inside] = name
            ceiling[inside] = CENTRE_CEILING - (CENTRE_CEILING - EDGE_CEILING) * reach[inside]
    return region, ceiling


def _keys() -> list[tuple[str, str]]:
    return [(kind, hemisphere) for kind in KINDS for hemisphere in HEMISPHERES]


def _mesh(kind: str, hemisphere: str, scale: float) -> Mesh:
    points, faces = mesh(kind, hemisphere)
    return scale * points, faces


def _rotation(angle: float) -> np.ndarray:
    """Nod of the head, about the x axis."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])


def _ribbon(meshes: Mapping[tuple[str, str], Mesh]) -> tuple[np.ndarray, np.ndarray]:
    """Points through the depth of cortex, at vertices and faces; and the middle of each vertex."""
    columns, middles = [], []
    for hemisphere in HEMISPHERES:
        white, faces = meshes["wm", hemisphere]
        pial, _ = meshes["pia", hemisphere]
        for inner, outer in ((white, pial), (white[faces].mean(axis=1), pial[faces].mean(axis=1))):
            columns += [inner + depth * (outer - inner) for depth in DEPTHS]
        middles.append((white + pial) / 2)
    return np.concatenate(columns), np.concatenate(middles)


def _mask(points: Float[np.ndarray, "point 3"]) -> Bool[np.ndarray, "z y x"]:
    """Voxels that hold a point, given in voxel indices (x, y, z)."""
    index = np.rint(points).astype(int)
    mask = np.zeros(index.max(axis=0)[::-1] + 3, bool)
    mask[tuple(index.T[::-1])] = True
    return mask
