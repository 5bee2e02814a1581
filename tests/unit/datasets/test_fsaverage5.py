"""The template, held against what nilearn publishes."""

import nibabel as nib
import numpy as np
import pytest
from nilearn.datasets import fetch_surf_fsaverage

from braid.datasets.fsaverage5 import HEMISPHERES, KINDS, VERTICES, mesh, vertex_data


@pytest.mark.parametrize("hemisphere", HEMISPHERES)
@pytest.mark.parametrize("kind", ["wm", "pia", "inflated"])
def test_surfaces_are_the_published_ones(kind, hemisphere):
    file = fetch_surf_fsaverage("fsaverage5")[f"{KINDS[kind]}_{HEMISPHERES[hemisphere]}"]
    for mine, published in zip(
        mesh(kind, hemisphere), nib.load(file).agg_data(("pointset", "triangle")), strict=True
    ):
        np.testing.assert_array_equal(mine, published)


@pytest.mark.parametrize(("hemisphere", "size"), [("lh", 9465), ("rh", 9537)])
def test_the_flat_surface_is_flat_and_holds_every_vertex(hemisphere, size):
    points, faces = mesh("flat", hemisphere)
    patch = np.unique(faces)
    assert points.shape == (VERTICES, 3) and len(patch) == size
    assert not points[:, 2].any()
    rest = np.delete(points, patch, axis=0)
    np.testing.assert_allclose(rest, np.broadcast_to(points[patch].mean(axis=0), rest.shape))


def test_gyri_are_positive_and_thickness_is_turned_as_pycortex_does():
    """The crown of a gyrus lies farther out on the pial surface than the floor of a sulcus."""
    points, _ = mesh("pia", "lh")
    out = np.linalg.norm(points - points.mean(axis=0), axis=1)
    for kind in ("curv", "sulc"):
        values = vertex_data(kind)["left"]
        assert np.corrcoef(values, out)[0, 1] > 0.1
    assert -3 < vertex_data("thick")["right"].mean() < -2
