"""The files of a simulated subject of pycortex, whichever of them a data set holds."""

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import nibabel as nib
import numpy as np
from jaxtyping import Bool
from nibabel.affines import apply_affine
from nibabel.gifti.gifti import GiftiDataArray, GiftiImage

from braid.datasets import fsaverage5
from braid.twins.ds003020 import overlays
from braid.twins.ds003020.surfaces import Subject

# What a value per vertex is, by the name of its file; whatever else is curvature.
_PER_VERTEX = {"sulcaldepth": "sulc", "thickness": "thick"}
_BRIGHT = ("raw", "brainmask", "reference")


def write(folder: Path, files: Iterable[str], subject: Subject) -> None:
    """Write the files of a subject.

    Surfaces, values per vertex, matrices, reference, masks and outlines belong together. Anatomical
    volumes show the ribbon on the grid of the responses; the caches of pycortex, which depend on
    its version, and its views hold nothing of use.

    Parameters
    ----------
    folder
        The subject's folder.
    files
        Paths in that folder, as pycortex names them.
    subject
        What is to be written there.
    """
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, PurePosixPath(file), subject)


def _write(path: Path, file: PurePosixPath, subject: Subject) -> None:
    name = file.name.split(".")[0]
    match file.suffix:
        case ".gii" | ".npz" if file.parts[0] == "surfaces":
            _write_mesh(path, *subject.meshes[_surface(name)])
        case ".npz":
            values = fsaverage5.vertex_data(_PER_VERTEX.get(name, "curv"))
            np.savez(path, left=values["left"], right=values["right"])
        case ".gz":
            _write_volume(path, name, subject)
        case ".xfm":
            path.write_text(_matrices(subject))
        case ".svg":
            path.write_text(overlays.draw(subject))
        case ".json":
            path.write_text("{}\n")


def _surface(name: str) -> tuple[str, str]:
    """Kind and hemisphere of a surface; `flat_v1_lh` is an older `flat_lh`."""
    kind, *_, hemisphere = name.split("_")
    return kind, hemisphere


def _write_mesh(path: Path, points: np.ndarray, faces: np.ndarray) -> None:
    if path.suffix == ".npz":
        np.savez(path, pts=points, polys=faces)
        return
    arrays = [
        GiftiDataArray(points.astype(np.float32), intent="NIFTI_INTENT_POINTSET"),
        GiftiDataArray(faces, intent="NIFTI_INTENT_TRIANGLE"),
    ]
    nib.save(GiftiImage(darrays=arrays), path)


def _matrices(subject: Subject) -> str:
    """`coord` takes surface mm to voxel indices, `magnet` to scanner mm (pycortex Transform)."""
    coord = np.linalg.inv(subject.affine) @ subject.magnet
    return json.dumps({"coord": coord.tolist(), "magnet": subject.magnet.tolist()})


def _write_volume(path: Path, name: str, subject: Subject) -> None:
    mask = _thin(subject) if name == "mask_cortical" else subject.mask
    volume = 1000 * mask.astype(np.int16) if name in _BRIGHT else mask.astype(np.uint8)
    nib.save(nib.Nifti1Image(volume.T, subject.affine), path)


def _thin(subject: Subject) -> Bool[np.ndarray, "z y x"]:
    """Voxels in the middle of the cortex: fewer than those of the thick mask."""
    to_voxels = np.linalg.inv(subject.affine) @ subject.magnet
    thin = np.zeros_like(subject.mask)
    for hemisphere in fsaverage5.HEMISPHERES:
        middle = (_points(subject, "wm", hemisphere) + _points(subject, "pia", hemisphere)) / 2
        x, y, z = np.rint(apply_affine(to_voxels, middle)).astype(int).T
        thin[z, y, x] = True
    return thin


def _points(subject: Subject, kind: str, hemisphere: str) -> np.ndarray:
    return subject.meshes[kind, hemisphere][0]
