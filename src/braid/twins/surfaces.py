"""Simulated subjects: fsaverage5 moved and scaled, a coarse volume around it, planted regions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import nibabel as nib
import numpy as np
from jaxtyping import Bool, Float, Int
from nibabel.affines import apply_affine, from_matvec
from nibabel.gifti.gifti import GiftiDataArray, GiftiImage
from nilearn.datasets import fetch_surf_fsaverage
from nilearn.surface import load_surf_data, load_surf_mesh
from scipy.spatial import KDTree

HEMISPHERES = MappingProxyType({"lh": "left", "rh": "right"})
KINDS = MappingProxyType({"wm": "white", "pia": "pial", "inflated": "infl", "flat": "flat"})
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

Mesh = tuple[Float[np.ndarray, "vertex 3"], Int[np.ndarray, "face 3"]]


@dataclass(frozen=True)
class Subject:
    """A simulated anatomy and the volume that it was scanned in.

    Attributes
    ----------
    meshes
        (kind, hemisphere) to vertices in mm and faces.
    curvature
        Hemisphere (left, right) to curvature per vertex, positive on gyri as pycortex has it.
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
    curvature: Mapping[str, Float[np.ndarray, " vertex"]]
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
    region, ceiling = _regions()
    return Subject(meshes, _curvature(), affine, magnet, mask, region[vertex], ceiling[vertex])


def write_pycortex(folder: Path, name: str, subject: Subject, surface_suffix: str) -> None:
    """Write a subject of a pycortex filestore: surfaces, curvature, transform, thick mask.

    Parameters
    ----------
    folder
        The subject's folder.
    name
        Name of the transform.
    surface_suffix
        `gii` or `npz`, both of which pycortex reads.
    """
    for inner in ("surfaces", "surface-info", f"transforms/{name}"):
        (folder / inner).mkdir(parents=True)
    for (kind, hemisphere), mesh in subject.meshes.items():
        _write_mesh(folder / f"surfaces/{kind}_{hemisphere}.{surface_suffix}", *mesh)
    left, right = subject.curvature["left"], subject.curvature["right"]
    np.savez(folder / "surface-info/curvature.npz", left=left, right=right)
    _write_transform(folder / "transforms" / name, subject)


def _keys() -> list[tuple[str, str]]:
    return [(kind, hemisphere) for kind in KINDS for hemisphere in HEMISPHERES]


def _fsaverage(kind: str, hemisphere: str) -> str:
    return fetch_surf_fsaverage("fsaverage5")[f"{kind}_{HEMISPHERES[hemisphere]}"]


def _mesh(kind: str, hemisphere: str, scale: float) -> Mesh:
    mesh = load_surf_mesh(_fsaverage(KINDS[kind], hemisphere))
    points = scale * np.asarray(mesh.coordinates, float)
    if kind == "flat":
        points = _flattened(points, np.unique(mesh.faces))
    return points, np.asarray(mesh.faces, np.int32)


def _flattened(points: Float[np.ndarray, "vertex 3"], patch: np.ndarray) -> np.ndarray:
    """Vertices outside the cut patch have no place in the plane: put them in its middle."""
    flat = np.zeros_like(points)
    flat[:, :2] = points[patch, :2].mean(axis=0)
    flat[patch, :2] = points[patch, :2]
    return flat


def _curvature() -> dict[str, np.ndarray]:
    """Curvature with pycortex's sign: what nilearn ships has FreeSurfer's, the opposite."""
    return {
        side: -np.asarray(load_surf_data(_fsaverage("curv", hemisphere)), float)
        for hemisphere, side in HEMISPHERES.items()
    }


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


def _regions() -> tuple[np.ndarray, np.ndarray]:
    """Planted region and ceiling per vertex, both hemispheres."""
    sides = [_hemisphere_regions(hemisphere) for hemisphere in HEMISPHERES]
    region, ceiling = (np.concatenate(parts) for parts in zip(*sides, strict=True))
    return region, ceiling


def _hemisphere_regions(hemisphere: str) -> tuple[np.ndarray, np.ndarray]:
    """The ceiling falls from the centre of a region to its edge; later regions cover earlier."""
    pial = np.asarray(load_surf_mesh(_fsaverage("pial", hemisphere)).coordinates, float)
    sphere = np.asarray(load_surf_mesh(_fsaverage("sphere", hemisphere)).coordinates, float)
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


def _write_mesh(path: Path, points: np.ndarray, faces: np.ndarray) -> None:
    if path.suffix == ".npz":
        np.savez(path, pts=points, polys=faces)
        return
    arrays = [
        GiftiDataArray(points.astype(np.float32), intent="NIFTI_INTENT_POINTSET"),
        GiftiDataArray(faces, intent="NIFTI_INTENT_TRIANGLE"),
    ]
    nib.save(GiftiImage(darrays=arrays), path)


def _write_transform(folder: Path, subject: Subject) -> None:
    """`coord` takes surface mm to voxel indices, `magnet` to scanner mm (pycortex Transform)."""
    coord = np.linalg.inv(subject.affine) @ subject.magnet
    matrices = {"coord": coord.tolist(), "magnet": subject.magnet.tolist()}
    (folder / "matrices.xfm").write_text(json.dumps(matrices))
    mask = subject.mask.T.astype(np.uint8)
    _write_volume(folder / "mask_thick.nii.gz", mask, subject.affine)
    _write_volume(folder / "reference.nii.gz", 1000 * mask.astype(np.int16), subject.affine)


def _write_volume(path: Path, volume: np.ndarray, affine: np.ndarray) -> None:
    nib.save(nib.Nifti1Image(volume, affine), path)
