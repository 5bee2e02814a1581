"""A small pycortex subject on fsaverage5, and the browser where there is one."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from braid.datasets.fsaverage5 import HEMISPHERES, mesh
from braid.drawing import cortex_store
from braid.drawing.template import write_template

SUBJECT, TRANSFORM = "UTS09", "UTS09_auto"
VOXEL = 7.0  # mm
# Of a drawing 1000 x 500, y points down.
OUTLINES = {
    "left": "M 0,0 L 450,0 L 450,500 L 0,500 Z",
    "right low": "M 600,250 L 1000,250 L 1000,500 L 600,500 Z",
    "outside": "M -50,-50 L -10,-50 L -10,-10 Z",
}


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
    write_template(root)
    x = _write_transform(root)
    (root / "overlays.svg").write_text(_outlines())
    files = {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
    filestore = tmp_path_factory.mktemp("filestore")
    cortex_store.build(files, SUBJECT, filestore)
    return Subject(files, filestore, x)


def _write_transform(root):
    wm, pia = (np.vstack([mesh(kind, side)[0] for side in HEMISPHERES]) for kind in ("wm", "pia"))
    origin = pia.min(0) - 2 * VOXEL
    shape = np.ceil((pia.max(0) - origin) / VOXEL).astype(int) + 2
    mask = np.zeros(shape, np.uint8)
    for depth in np.linspace(0, 1, 9):
        inside = np.round((wm * (1 - depth) + pia * depth - origin) / VOXEL).astype(int)
        mask[tuple(inside.T)] = 1
    affine = np.diag([VOXEL, VOXEL, VOXEL, 1.0])
    affine[:3, 3] = origin
    folder = root / "transforms" / TRANSFORM
    folder.mkdir()
    nib.save(nib.Nifti1Image(mask, affine), folder / "mask_thick.nii.gz")
    nib.save(nib.Nifti1Image(mask.astype(np.float32), affine), folder / "reference.nii.gz")
    coord = np.linalg.inv(affine).tolist()
    rows = ", ".join(str(row) for row in coord)
    (folder / "matrices.xfm").write_text(f'{{"coord": [{rows}], "magnet": [{rows}]}}')
    zyx = np.argwhere(mask.T)  # pycortex orders the voxels of a mask by z, then y, then x
    return origin[0] + VOXEL * zyx[:, 2]


def _outlines():
    """Draw an overlays.svg as Inkscape writes it for pycortex; `empty` was never outlined."""
    layer = '<g inkscape:label="{0}" inkscape:groupmode="layer" id="{0}">{1}</g>'.format
    paths = [layer(name, f'<path d="{path}" />') for name, path in OUTLINES.items()]
    shapes = layer("shapes", "".join([*paths, layer("empty", "")]))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="1000" height="500" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape">'
        f"{layer('rois', shapes + layer('labels', ''))}</svg>\n"
    )


@pytest.fixture(scope="session")
def template_store(tmp_path_factory):
    """Make the filestore of subjects that have no surfaces of their own."""
    folder = tmp_path_factory.mktemp("filestore")
    cortex_store.build({}, "EN057", folder)
    return folder


@pytest.fixture(scope="session")
def templates():
    return Path(__file__).parents[3] / "workflow" / "report"
