"""The atlas is held against two other sources: FreeSurfer's label files and nilearn's meshes."""

from importlib.resources import files
from io import BytesIO

import nibabel as nib
import numpy as np
import pytest
from nilearn.datasets import fetch_surf_fsaverage

from braid.datasets import destrieux
from braid.datasets.destrieux import labels
from braid.datasets.fsaverage5 import VERTICES
from braid.sources.archives import read_member
from braid.store import load, save

FOLDER = "smriprep_freesurfer732/freesurfer/subjects/fsaverage6/label"
SIDES = {"lh": "left", "rh": "right"}


@pytest.fixture(scope="module")
def regions(package):
    return labels(package("fsaverage"))


def points(hemi, surface):
    file = fetch_surf_fsaverage("fsaverage5")[f"{surface}_{SIDES[hemi]}"]
    return nib.load(file).agg_data("pointset")


def test_every_vertex_has_one_of_150_regions(regions):
    assert regions.shape == (2 * VERTICES,)
    assert len(np.unique(regions)) == 150
    for hemi, half in zip(SIDES, np.split(regions, 2), strict=True):
        assert len({name for name in half if name.startswith(f"{hemi}.")}) == 75
        assert f"{hemi}.Unknown" not in half


@pytest.mark.parametrize("hemi", SIDES)
@pytest.mark.parametrize("part", ["cortex", "Medial_wall"])
def test_fsaverage6_begins_with_the_vertices_of_fsaverage5(hemi, part, package):
    """The label files of fsaverage6 give number and place on the white surface of each vertex."""
    text = read_member(package("fsaverage"), f"{FOLDER}/{hemi}.{part}.label")
    rows = np.loadtxt(BytesIO(text), skiprows=2)
    rows = rows[rows[:, 0] < VERTICES]
    assert len(rows) > 800
    found = points(hemi, "white")[rows[:, 0].astype(int)]
    np.testing.assert_allclose(rows[:, 1:4], found, atol=2e-3)


def test_the_same_cut_of_another_atlas_is_that_of_nilearn(package, tmp_path):
    """In nilearn lies the Desikan-Killiany atlas of the left hemisphere of fsaverage5."""
    path = tmp_path / "lh.annot"
    path.write_bytes(read_member(package("fsaverage"), f"{FOLDER}/lh.aparc.annot"))
    ours, _, names = nib.freesurfer.read_annot(path)
    with files("nilearn.surface.tests.data").joinpath("test.annot").open("rb") as file:
        path.write_bytes(file.read())
    theirs, _, other = nib.freesurfer.read_annot(path)
    agree = np.array(names)[ours[:VERTICES]] == np.array(other)[theirs]
    assert agree.mean() == pytest.approx(0.989, abs=2e-3)


def test_regions_lie_where_anatomy_has_them(regions):
    """World coordinates in mm: y to the front, z up."""
    where = dict(zip(SIDES, np.split(regions, 2), strict=True))
    for hemi, half in where.items():
        x, y, z = points(hemi, "white").T
        assert y[half == f"{hemi}.Pole_occipital"].max() < -75
        assert y[half == f"{hemi}.G_and_S_transv_frontopol"].min() > 45
        assert z[half == f"{hemi}.Pole_temporal"].mean() < -20
        heschl = half == f"{hemi}.G_temp_sup-G_T_transv"
        assert (abs(x[heschl]).mean(), y[heschl].mean()) == pytest.approx((44, -22), abs=6)


def test_the_table_can_be_kept(regions, package, tmp_path):
    save(tmp_path / "destrieux.nc", destrieux.regions(package("fsaverage")))
    kept = load(tmp_path / "destrieux.nc", {"region": ("voxel",)}, {"space": "fsaverage5"})
    assert kept["region"].values.tolist() == regions.tolist()
    right = kept.isel(voxel=VERTICES)
    assert (right["hemi"].item(), right["vertex"].item()) == ("rh", 0)
