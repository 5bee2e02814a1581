"""Sampling is held against the meshes themselves: a volume of coordinates must give them back."""

import socket

import nibabel as nib
import numpy as np
import pytest
from nilearn.datasets import fetch_surf_fsaverage

from braid.datasets import surface
from braid.datasets.fsaverage5 import VERTICES
from braid.datasets.surface import on_fsaverage5
from braid.errors import BadInput

VOXEL = 3.0  # mm
ORIGIN = np.array([-78.0, -114.0, -60.0])
SHAPE = (53, 64, 48)


def affine(voxel=VOXEL):
    return nib.affines.from_matvec(np.diag([voxel] * 3), ORIGIN)


def coordinates():
    """A series of three volumes, whose values are x, y and z of each voxel in mm."""
    xyz = np.moveaxis(np.indices(SHAPE), 0, -1) * VOXEL + ORIGIN
    return nib.Nifti1Image(xyz.astype(np.float32), affine())


@pytest.fixture(scope="module")
def sampled():
    return on_fsaverage5(coordinates())


def mesh(name):
    files = fetch_surf_fsaverage("fsaverage5")
    sides = [nib.load(files[f"{name}_{side}"]).agg_data("pointset") for side in ("left", "right")]
    return np.vstack(sides).astype(float)


def test_a_vertex_is_sampled_midway_between_pia_and_white_matter(sampled):
    middle = (mesh("pial") + mesh("white")) / 2
    assert sampled.dims == ("tr", "voxel") and sampled.dtype == np.float32
    np.testing.assert_allclose(sampled.values.T, middle, atol=1e-3)


def test_depths_from_one_surface_to_the_other_weigh_the_same():
    """Of the square of x, the mean over the line is more than the square of its middle."""
    image = coordinates()
    squares = nib.Nifti1Image(image.get_fdata() ** 2, image.affine)
    pial, white = mesh("pial"), mesh("white")
    depths = np.linspace(0, 1, 5)[:, None, None]
    expected = ((pial + depths * (white - pial)) ** 2).mean(0)
    found = on_fsaverage5(squares).values.T
    # Between voxels, a line lies above the parabola by at most (voxel / 2)^2.
    excess = found - expected
    assert excess.min() > -1e-2 and excess.max() < (VOXEL / 2) ** 2 + 1e-2


def test_the_left_hemisphere_comes_first_and_lies_left(sampled):
    hemi, x = sampled["hemi"].values, sampled[0].values
    assert hemi[:VERTICES].tolist() == ["lh"] * VERTICES
    assert hemi[VERTICES:].tolist() == ["rh"] * VERTICES
    assert x[hemi == "lh"].max() < 2 and x[hemi == "rh"].min() > -2
    assert sampled["vertex"].values.tolist() == [*range(VERTICES)] * 2


def test_the_route_is_written_down(sampled):
    assert sampled.attrs["space"] == "fsaverage5"
    assert "mean over depths 0, .25, .5, .75, 1 between pial and white" in sampled.attrs["route"]


def test_vertices_that_the_volume_does_not_cover_are_nan(sampled):
    """A slab like that of a partial acquisition: the lower half of the head is missing."""
    cut = 24
    slab = coordinates().slicer[:, :, cut:]
    found, bottom = on_fsaverage5(slab).values, ORIGIN[2] + cut * VOXEL
    pial, white = mesh("pial")[:, 2], mesh("white")[:, 2]
    outside = np.maximum(pial, white) < bottom
    inside = np.minimum(pial, white) > bottom
    assert np.isnan(found[:, outside]).all()
    np.testing.assert_allclose(found[:, inside], sampled.values[:, inside], atol=1e-4)
    assert outside.sum() > 5000 and inside.sum() > 5000


def test_long_series_are_read_in_blocks(monkeypatch, tmp_path):
    whole = np.random.default_rng(0).normal(size=(9, 11, 9, 7)).astype(np.float32)
    path = tmp_path / "bold.nii.gz"
    nib.save(nib.Nifti1Image(whole, affine(20.0)), path)
    expected = on_fsaverage5(nib.load(path)).values
    monkeypatch.setattr(surface, "_BLOCK", 3)
    np.testing.assert_array_equal(on_fsaverage5(nib.load(path)).values, expected)
    assert np.unique(expected[:, 5000]).size == 7


def test_no_connection_is_opened(monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", pytest.fail)
    on_fsaverage5(nib.Nifti1Image(np.zeros((9, 11, 9, 1), np.float32), affine(20.0)))


def test_a_single_volume_is_refused():
    with pytest.raises(BadInput, match=r"shape \(9, 11, 9\), expected \(x, y, z, tr\)"):
        on_fsaverage5(nib.Nifti1Image(np.zeros((9, 11, 9), np.float32), affine(20.0)))
