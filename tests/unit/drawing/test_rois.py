"""Outlines on the flatmap become vertices, which voxels are averaged over."""

import shutil

import numpy as np
import pytest

from braid.datasets.fsaverage5 import HEMISPHERES, VERTICES, mesh
from braid.drawing import cortex_store
from braid.drawing.panels import Panel
from braid.drawing.rois import read_rois
from braid.drawing.viewer import vertices
from braid.errors import BadInput


@pytest.fixture(scope="module")
def rois(subject):
    return read_rois(subject.filestore, subject.name)


def test_the_outline_of_a_hemisphere_holds_its_vertices(rois):
    patch = np.unique(mesh("flat", "lh")[1])
    assert rois["left"].max() < VERTICES
    assert np.isin(patch, rois["left"]).mean() > 0.9  # the outline ends short of the middle
    assert not np.isin(rois["left"], patch).all()  # and takes the neighbours beyond the cut


def test_a_shape_holds_the_vertices_that_lie_within_it(rois):
    """Of the drawing, which is as wide as both flat hemispheres, y points down."""
    points, faces = mesh("flat", "rh")
    patch = np.unique(faces)
    heights = np.concatenate([mesh("flat", side)[0][:, 1] for side in HEMISPHERES])
    middle = (heights.min() + heights.max()) / 2
    inside = np.intersect1d(rois["right low"] - VERTICES, patch)
    assert len(inside) > 1000
    assert points[inside, 1].max() < middle + 1
    far = points[inside, 0].min()
    assert set(patch[(points[patch, 0] > far) & (points[patch, 1] < middle - 1)]) <= set(inside)


def test_outlines_that_hold_nothing_are_left_out(rois):
    assert sorted(rois) == ["left", "right low"]


def test_voxels_are_averaged_per_region(rois, subject):
    cortex = cortex_store.use_filestore(subject.filestore)
    values = np.where(subject.x < 0, 0.8, 0.2)
    scores = vertices(cortex, Panel("r", subject.name, subject.transform, values), values)
    means = {name: np.nanmean(scores[inside]) for name, inside in rois.items()}
    assert means == pytest.approx({"left": 0.8, "right low": 0.2}, abs=0.02)


def test_reading_leaves_the_outlines_as_published(rois, subject):
    kept = (subject.filestore / subject.name / "overlays.svg").read_bytes()
    assert kept == subject.files["overlays.svg"].read_bytes()


def test_a_subject_without_outlines_is_refused(template_store):
    with pytest.raises(BadInput, match=r"fsaverage5/overlays\.svg: file: missing"):
        read_rois(template_store, "fsaverage5")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda drawing: "",
        lambda drawing: drawing[: len(drawing) // 2],
        lambda drawing: drawing.replace('"rois"', '"others"'),
        lambda drawing: drawing.replace("450,0", "450 0"),
    ],
)
def test_outlines_that_cannot_be_read_are_refused(spoil, subject, tmp_path):
    path = shutil.copytree(subject.filestore, tmp_path / "store") / subject.name / "overlays.svg"
    path.write_text(spoil(path.read_text()))
    with pytest.raises(BadInput, match=r"overlays\.svg: svg: not as pycortex draws them"):
        read_rois(tmp_path / "store", subject.name)
