"""A small pycortex subject on fsaverage5, and the browser where there is one."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from nilearn.datasets import fetch_surf_fsaverage
from nilearn.surface import load_surf_data, load_surf_mesh

from braid.drawing import cortex_store

SUBJECT, TRANSFORM = "UTS09", "UTS09_auto"
VOXEL = 7.0  # mm
SHAPES = {"wm": "white", "pia": "pial", "inflated": "infl", "flat": "flat"}


def pytest_collection_modifyitems(config, items):
    if shutil.which("chromium"):
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    config.hook.pytest_deselected(items=browser)
    items[:] = [item for item in items if item not in browser]


@dataclass(frozen=True)
class Subject:
    files: dict[str, Path]  # as a data set publishes them
    filestore: Path  # as `build` made it
    x: np.ndarray  # mm to the right, per voxel of the thick mask
    name: str = SUBJECT
    transform: str = TRANSFORM


@pytest.fixture(scope="session")
def subject(tmp_path_factory):
    """Surfaces of fsaverage5 with a coarse mask of the voxels between wm and pia."""
    root = tmp_path_factory.mktemp("pycortex-db") / SUBJECT
    cortex = cortex_store.use_filestore(root.parent)
    points = _write_surfaces(root, cortex)
    x = _write_transform(root, points)
    files = {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
    filestore = tmp_path_factory.mktemp("filestore")
    cortex_store.build(files, SUBJECT, filestore)
    return Subject(files, filestore, x)


def _write_surfaces(root, cortex):
    fsaverage = fetch_surf_fsaverage("fsaverage5")
    (root / "surfaces").mkdir(parents=True)
    (root / "surface-info").mkdir()
    ribbon = []
    for side, short in (("left", "lh"), ("right", "rh")):
        for name, shape in SHAPES.items():
            mesh = load_surf_mesh(fsaverage[f"{shape}_{side}"])
            points = np.array(mesh.coordinates, np.float32)
            if name == "flat":
                points[:, 2] = 0
                cut = np.setdiff1d(np.arange(len(points)), mesh.faces)
                points[cut] = points[np.unique(mesh.faces)].mean(0)
            elif name in ("wm", "pia"):
                ribbon.append(points)
            target = str(root / "surfaces" / f"{name}_{short}.gii")
            cortex.formats.write_gii(target, pts=points, polys=np.array(mesh.faces, np.int32))
    curvature = {side: -load_surf_data(fsaverage[f"curv_{side}"]) for side in ("left", "right")}
    np.savez(root / "surface-info" / "curvature.npz", **curvature)
    return ribbon


def _write_transform(root, ribbon):
    wm, pia = np.vstack(ribbon[::2]), np.vstack(ribbon[1::2])
    origin = pia.min(0) - 2 * VOXEL
    shape = np.ceil((pia.max(0) - origin) / VOXEL).astype(int) + 2
    mask = np.zeros(shape, np.uint8)
    for depth in np.linspace(0, 1, 9):
        inside = np.round((wm * (1 - depth) + pia * depth - origin) / VOXEL).astype(int)
        mask[tuple(inside.T)] = 1
    affine = np.diag([VOXEL, VOXEL, VOXEL, 1.0])
    affine[:3, 3] = origin
    folder = root / "transforms" / TRANSFORM
    folder.mkdir(parents=True)
    nib.save(nib.Nifti1Image(mask, affine), folder / "mask_thick.nii.gz")
    nib.save(nib.Nifti1Image(mask.astype(np.float32), affine), folder / "reference.nii.gz")
    coord = np.linalg.inv(affine).tolist()
    rows = ", ".join(str(row) for row in coord)
    (folder / "matrices.xfm").write_text(f'{{"coord": [{rows}], "magnet": [{rows}]}}')
    zyx = np.argwhere(mask.T)  # pycortex orders the voxels of a mask by z, then y, then x
    return origin[0] + VOXEL * zyx[:, 2]


@pytest.fixture(scope="session")
def templates():
    return Path(__file__).parents[3] / "workflow" / "report"
