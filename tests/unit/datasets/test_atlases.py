"""The atlases are held against two other sources: FreeSurfer's label files and nilearn's meshes."""

from importlib.resources import files
from io import BytesIO

import nibabel as nib
import numpy as np
import pytest
from nilearn.datasets import fetch_surf_fsaverage

from braid.datasets.atlases import ATLASES, regions
from braid.datasets.fsaverage5 import VERTICES
from braid.sources.archives import read_member
from braid.store import load, save

FOLDER = "smriprep_freesurfer732/freesurfer/subjects/fsaverage6/label"
SIDES = {"lh": "left", "rh": "right"}


@pytest.fixture(scope="module")
def atlases(package):
    return {name: regions(package("fsaverage"), name) for name in ATLASES}


@pytest.fixture(scope="module", params=SIDES)
def half(request, atlases):
    """One hemisphere: its name, and its part of each atlas."""
    return request.param, {n: a.isel(voxel=a["hemi"] == request.param) for n, a in atlases.items()}


def points(hemi, surface):
    file = fetch_surf_fsaverage("fsaverage5")[f"{surface}_{SIDES[hemi]}"]
    return nib.load(file).agg_data("pointset")


@pytest.mark.parametrize(
    ("atlas", "labels", "cortical"), [("destrieux", 75, 74), ("desikan", 36, 34)]
)
def test_every_vertex_has_a_region(half, atlas, labels, cortical):
    _, parts = half
    names, cortex = parts[atlas]["region"].values, parts[atlas]["cortex"].values
    assert len(names) == VERTICES
    assert len(np.unique(names)) == labels
    assert len(np.unique(names[cortex])) == cortical
    assert "Unknown" not in names


def test_the_atlases_agree_on_what_is_cortex(half):
    """The medial wall takes about a tenth of the vertices of the template."""
    _, parts = half
    first, second = (part["cortex"].values for part in parts.values())
    assert (first == second).mean() > 0.98
    assert 0.89 < first.mean() < 0.93


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


def test_the_atlas_of_desikan_and_killiany_is_that_of_nilearn(atlases, tmp_path):
    """In nilearn lies that of the left hemisphere of fsaverage5."""
    path = tmp_path / "lh.annot"
    with files("nilearn.surface.tests.data").joinpath("test.annot").open("rb") as file:
        path.write_bytes(file.read())
    numbers, _, names = nib.freesurfer.read_annot(path)
    ours = atlases["desikan"]["region"].values[:VERTICES]
    agree = np.array([name.decode() for name in names])[numbers] == ours
    assert agree.mean() == pytest.approx(0.989, abs=2e-3)


def test_regions_lie_where_anatomy_has_them(half):
    """World coordinates in mm: y to the front, z up."""
    hemi, parts = half
    names, labels = (parts[atlas]["region"].values for atlas in ("destrieux", "desikan"))
    x, y, z = points(hemi, "white").T
    assert y[names == "Pole_occipital"].max() < -75
    assert y[names == "G_and_S_transv_frontopol"].min() > 45
    assert z[names == "Pole_temporal"].mean() < -20
    for heschl in (names == "G_temp_sup-G_T_transv", labels == "transversetemporal"):
        assert (abs(x[heschl]).mean(), y[heschl].mean()) == pytest.approx((44, -22), abs=6)


def test_the_table_can_be_kept(atlases, tmp_path):
    save(tmp_path / "destrieux.nc", atlases["destrieux"])
    kept = load(tmp_path / "destrieux.nc", {"region": ("voxel",)}, {"space": "fsaverage5"})
    assert kept["region"].values.tolist() == atlases["destrieux"]["region"].values.tolist()
    assert kept["cortex"].dtype == bool
    right = kept.isel(voxel=VERTICES)
    assert (right["hemi"].item(), right["vertex"].item()) == ("rh", 0)
