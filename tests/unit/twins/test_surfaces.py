"""Simulated subjects: surfaces, volume and planted regions belong together."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from nibabel.affines import apply_affine

from braid.twins import surfaces


@pytest.fixture(scope="module")
def subject() -> surfaces.Subject:
    return surfaces.make_subject(1, 6.0)


@pytest.fixture(scope="module")
def folder(subject: surfaces.Subject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filestore") / "UTS01"
    surfaces.write_pycortex(folder, "UTS01_auto", subject, "gii")
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
    surfaces.write_pycortex(tmp_path / "UTS02", "UTS02_auto", subject, "npz")
    with np.load(tmp_path / "UTS02/surfaces/pia_lh.npz", allow_pickle=False) as stored:
        points, faces = subject.meshes["pia", "lh"]
        np.testing.assert_array_equal(stored["pts"], points)
        np.testing.assert_array_equal(stored["polys"], faces)


def test_curvature_has_one_value_per_vertex(folder: Path) -> None:
    with np.load(folder / "surface-info/curvature.npz", allow_pickle=False) as stored:
        assert {key: stored[key].shape for key in stored} == {"left": (10242,), "right": (10242,)}


def test_subjects_are_not_interchangeable(subject: surfaces.Subject) -> None:
    other = surfaces.make_subject(2, 6.0)
    mine, theirs = (s.meshes["pia", "lh"][0] for s in (subject, other))
    assert np.linalg.norm(mine - theirs, axis=1).mean() > 0.5
    assert subject.mask.sum() != other.mask.sum()
    assert not np.array_equal(subject.magnet, other.magnet)


def test_regions_have_a_ceiling_and_nothing_else_has(subject: surfaces.Subject) -> None:
    planted = subject.region != "none"
    assert set(subject.region) == {"none", "language", "auditory"}
    assert subject.ceiling[~planted].max() == 0
    assert subject.ceiling[planted].min() >= surfaces.EDGE_CEILING
    assert subject.ceiling[planted].max() <= surfaces.CENTRE_CEILING
    assert 0.05 < planted.mean() < 0.25


@pytest.mark.parametrize(
    ("place", "region"),
    [
        ((-57, -40, 4), "language"),
        ((57, -40, 4), "language"),
        ((-50, 24, 12), "language"),
        ((50, -18, 7), "auditory"),
        ((-10, -90, 0), "none"),
        ((30, -30, 60), "none"),
    ],
)
def test_regions_lie_where_they_are_said_to(
    subject: surfaces.Subject, place: tuple[int, int, int], region: str
) -> None:
    scale = 0.98  # of subject 1
    scanner = apply_affine(subject.magnet, scale * np.array(place))
    voxel = apply_affine(np.linalg.inv(subject.affine), scanner)
    nearest = np.argmin(np.linalg.norm(np.argwhere(subject.mask)[:, ::-1] - voxel, axis=1))
    assert subject.region[nearest] == region
