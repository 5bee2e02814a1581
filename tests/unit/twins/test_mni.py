"""The brain covers the cortex, and regions lie where anatomy has them."""

import nibabel as nib
import numpy as np
import pytest
from nibabel.affines import apply_affine
from nilearn.datasets import fetch_surf_fsaverage, load_mni152_brain_mask
from nilearn.surface import load_surf_mesh

from braid.twins import mni


@pytest.fixture(scope="module")
def brain():
    return mni.make_brain(8.0)


@pytest.fixture(scope="module")
def cortex():
    """Middle of the cortex at each vertex of fsaverage5."""
    meshes = fetch_surf_fsaverage("fsaverage5")
    sides = [
        [load_surf_mesh(meshes[f"{kind}_{side}"]).coordinates for kind in ("white", "pial")]
        for side in ("left", "right")
    ]
    return np.concatenate([np.mean(side, axis=0) for side in sides])


def test_every_voxel_of_the_template_is_in_the_brain(brain):
    template = load_mni152_brain_mask(resolution=2)
    points = apply_affine(template.affine, np.argwhere(template.get_fdata() > 0))
    index = np.rint(apply_affine(np.linalg.inv(brain.affine), points)).astype(int)
    assert brain.mask[tuple(index.T)].all()
    assert brain.mask.sum() < 2 * len(points) * 2**3 / 8**3
    assert not any(brain.mask.take([0, -1], axis).any() for axis in range(3))


def test_every_vertex_lies_in_a_voxel_of_the_brain(brain):
    meshes = fetch_surf_fsaverage("fsaverage5")
    for name in ("white_left", "pial_left", "white_right", "pial_right"):
        points = apply_affine(np.linalg.inv(brain.affine), load_surf_mesh(meshes[name]).coordinates)
        assert brain.mask[tuple(np.rint(points).astype(int).T)].mean() > 0.999


def test_regions_lie_on_both_sides_and_fall_off_from_their_centres(brain):
    centres = apply_affine(brain.affine, np.argwhere(brain.mask))
    heschl = np.linalg.norm(centres - [-50, -18, 7], axis=1)
    assert brain.region[heschl.argmin()] == "auditory"
    assert brain.ceiling[heschl.argmin()] > 0.7
    assert set(brain.region[heschl > 100]) <= {"none", "language", "auditory"}
    for name in ("language", "auditory"):
        here = brain.region == name
        left, right = (centres[here, 0] < 0).sum(), (centres[here, 0] > 0).sum()
        assert left == right > 10
        assert brain.ceiling[here].min() >= 0.8
        assert brain.ceiling[here].max() <= 0.95
    assert brain.ceiling[brain.region == "none"].max() == 0


def test_the_truth_of_a_vertex_is_that_of_the_nearest_voxel(brain, cortex):
    region, ceiling = mni.vertex_truth(brain)
    centres = apply_affine(brain.affine, np.argwhere(brain.mask))
    for vertex in range(0, len(cortex), 97):
        nearest = np.linalg.norm(centres - cortex[vertex], axis=1).argmin()
        assert region[vertex] == brain.region[nearest]
        assert ceiling[vertex] == brain.ceiling[nearest]
    assert region.shape == ceiling.shape == (20_484,)


def test_volumes_hold_the_values_at_their_place(brain):
    bold = np.arange(3 * brain.mask.sum(), dtype=float).reshape(3, -1)
    image = nib.Nifti1Image.from_bytes(mni.volume(bold, brain, 2.0, np.float32).to_bytes())
    data = np.asarray(image.dataobj)
    np.testing.assert_array_equal(data[brain.mask].T, bold.astype(np.float32))
    np.testing.assert_array_equal(data[tuple(mni.place(brain))].T, bold.astype(np.float32))
    assert not data[~brain.mask].any()
    assert image.header.get_zooms() == (8, 8, 8, 2)
    assert image.header.get_xyzt_units() == ("mm", "sec")
    np.testing.assert_array_equal(image.affine, brain.affine)
