"""The files of a simulated subject of pycortex belong together."""

import json
import sys
from pathlib import Path, PurePosixPath

import nibabel as nib
import numpy as np
import pytest
from matplotlib.path import Path as Outline
from nibabel.affines import apply_affine

from braid.datasets import ds003020
from braid.drawing.cortex_store import use_filestore
from braid.twins.ds003020 import filestore, surfaces

HOME = PurePosixPath("derivative/pycortex-db/UTS01")
FILES = [
    str(PurePosixPath(path).relative_to(HOME)) for path in ds003020.anatomy_files("UTS01").values()
]


@pytest.fixture(scope="module")
def subject() -> surfaces.Subject:
    return surfaces.make_subject(1, 6.0)


@pytest.fixture(scope="module")
def folder(subject: surfaces.Subject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filestore") / "UTS01"
    filestore.write(folder, FILES, subject)
    return folder


def _points(folder: Path, name: str) -> np.ndarray:
    return nib.load(folder / f"surfaces/{name}.gii").agg_data("pointset")


@pytest.mark.parametrize("hemisphere", ["lh", "rh"])
def test_transform_takes_cortex_into_the_mask(folder: Path, hemisphere: str) -> None:
    transform = folder / "transforms/UTS01_auto"
    coord = np.array(json.loads((transform / "matrices.xfm").read_text())["coord"])
    middle = (_points(folder, f"wm_{hemisphere}") + _points(folder, f"pia_{hemisphere}")) / 2
    mask = nib.load(transform / "mask_thick.nii.gz")
    x, y, z = np.rint(apply_affine(coord, middle)).astype(int).T
    inside = np.asarray(mask.dataobj)[x, y, z] != 0
    assert inside.mean() > 0.98
    assert 0.1 < np.asarray(mask.dataobj).mean() < 0.5


def test_the_two_matrices_agree_through_the_reference(folder: Path) -> None:
    transform = folder / "transforms/UTS01_auto"
    matrices = json.loads((transform / "matrices.xfm").read_text())
    affine = nib.load(transform / "reference.nii.gz").affine
    np.testing.assert_allclose(affine @ matrices["coord"], matrices["magnet"], atol=1e-4)


def test_mask_on_disk_is_the_mask_transposed(folder: Path, subject: surfaces.Subject) -> None:
    disk = nib.load(folder / "transforms/UTS01_auto/mask_thick.nii.gz")
    np.testing.assert_array_equal(np.asarray(disk.dataobj).T != 0, subject.mask)
    assert len(subject.region) == len(subject.ceiling) == subject.mask.sum()


def test_flat_surface_is_flat(folder: Path) -> None:
    for hemisphere in ("lh", "rh"):
        flat = _points(folder, f"flat_{hemisphere}")
        assert np.isfinite(flat).all()
        assert np.ptp(flat[:, 2]) == 0
        assert np.ptp(flat[:, 0]) > 100


def test_npz_surfaces_hold_the_same_vertices(subject: surfaces.Subject, tmp_path: Path) -> None:
    filestore.write(tmp_path, ["surfaces/pia_lh.npz"], subject)
    with np.load(tmp_path / "surfaces/pia_lh.npz", allow_pickle=False) as stored:
        points, faces = subject.meshes["pia", "lh"]
        np.testing.assert_array_equal(stored["pts"], points)
        np.testing.assert_array_equal(stored["polys"], faces)


@pytest.mark.parametrize("kind", ["curvature", "thickness", "sulcaldepth"])
def test_there_is_one_value_per_vertex(folder: Path, kind: str) -> None:
    with np.load(folder / f"surface-info/{kind}.npz", allow_pickle=False) as stored:
        assert {key: stored[key].shape for key in stored} == {"left": (10242,), "right": (10242,)}


def test_values_have_the_sign_that_pycortex_gives_them(folder: Path) -> None:
    """Its `freesurfer.import_subj` negates them all: gyri curve up, thickness is below zero."""

    def read(kind: str) -> np.ndarray:
        with np.load(folder / f"surface-info/{kind}.npz", allow_pickle=False) as stored:
            return stored["left"]

    thickness = read("thickness")
    assert -3 < thickness[thickness < 0].mean() < -2
    points = _points(folder, "pia_lh")
    out = np.linalg.norm(points - points.mean(axis=0), axis=1)
    assert np.corrcoef(out, read("curvature"))[0, 1] > 0.2
    assert np.corrcoef(out, read("sulcaldepth"))[0, 1] > 0.2


def test_the_cortical_mask_lies_in_the_thick_one(folder: Path) -> None:
    thick, thin = (
        np.asarray(nib.load(folder / f"transforms/UTS01_auto/{name}.nii.gz").dataobj)
        for name in ("mask_thick", "mask_cortical")
    )
    assert 0.3 * thick.sum() < thin.sum() < 0.95 * thick.sum()
    assert (thin & ~thick & 1).mean() < 0.01


def test_pycortex_finds_the_auditory_region_in_its_outline(folder: Path) -> None:
    cortex = use_filestore(folder.parent)
    before = (folder / "overlays.svg").read_text()
    overlay = cortex.db.get_overlay("UTS01")
    assert {layer.name for layer in overlay} == {"rois", "sulci", "cutouts", "display"}
    assert (folder / "overlays.svg").read_text() == before
    down = overlay.coords * [1, -1] + [0, overlay.svgshape[1]]
    inside = np.zeros(len(down), bool)
    for path in overlay.rois.shapes["AC"].paths:
        corners = sys.modules["cortex.svgoverlay"]._parse_svg_pts(path.attrib["d"])
        for radius in (-1, 1):  # outwards is either, after the direction of the outline
            inside |= Outline(corners).contains_points(down, radius=radius)
    region = np.concatenate([surfaces.regions(side)[0] for side in ("lh", "rh")])
    assert inside[region == "auditory"].mean() > 0.95
    assert (region[inside] == "auditory").mean() > 0.6
