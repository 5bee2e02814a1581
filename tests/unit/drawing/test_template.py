"""Subjects without surfaces of their own are drawn on fsaverage5, vertex by vertex."""

import json
import re

import numpy as np
import pytest

from braid.datasets.fsaverage5 import HEMISPHERES, VERTICES, mesh
from braid.drawing import cortex_store
from braid.drawing.flatmap import flatmap
from braid.drawing.panels import Panel
from braid.drawing.viewer import vertices, view
from braid.errors import BadInput

X = np.vstack([mesh("pia", side)[0] for side in HEMISPHERES])[:, 0]


def panel(values, **more):
    return Panel("EN057, r", "EN057", "fsaverage5", np.asarray(values, float), **more)


def drawn(figure):
    """Values of the data image (the underlay is the first image)."""
    return figure.axes[0].images[1].get_array().filled(np.nan)


def test_all_subjects_share_one_template(template_store):
    made = (template_store / "fsaverage5").stat().st_mtime_ns
    cortex_store.build({}, "EN058", template_store)
    assert [path.name for path in template_store.iterdir()] == ["fsaverage5"]
    assert (template_store / "fsaverage5").stat().st_mtime_ns == made


def test_drawing_from_the_store_writes_nothing(template_store):
    before = {path: path.stat().st_mtime_ns for path in template_store.rglob("*")}
    flatmap([panel(X)], template_store, "r")
    assert {path: path.stat().st_mtime_ns for path in template_store.rglob("*")} == before


def test_each_hemisphere_shows_its_own_vertices(template_store):
    values = np.repeat([0.9, 0.1], VERTICES)
    image = drawn(flatmap([panel(values)], template_store, "r", value_limits=(0, 1)))
    middle = image.shape[1] // 2
    for half, planted in ((image[:, :middle], 0.9), (image[:, middle:], 0.1)):
        found = half[np.isfinite(half)]
        assert found.size > 0.4 * half.size
        assert (np.abs(found - planted) < 0.01).mean() > 0.97


def test_a_pixel_is_the_nearest_vertex_of_the_flat_surface(template_store):
    """Values that are places on the flat map must come back at these places."""
    flat = [mesh("flat", side)[0] for side in HEMISPHERES]
    height = np.concatenate([points[:, 1] for points in flat])
    figure = flatmap([panel(height)], template_store, "mm")
    image, (_, _, bottom, top) = drawn(figure), figure.axes[0].images[1].get_extent()
    rows = np.linspace(top, bottom, len(image))[:, None]
    off = np.abs(image - np.broadcast_to(rows, image.shape))
    assert np.nanpercentile(off, 99) < 4  # mm, between neighbouring vertices


def test_what_is_not_significant_is_not_drawn_and_counted_in_vertices(template_store):
    q = np.where(np.arange(2 * VERTICES) < VERTICES, 0.5, 0.01)
    figure = flatmap([panel(np.ones(2 * VERTICES), q=q)], template_store, "r")
    image = drawn(figure)
    assert np.isfinite(image[:, : image.shape[1] // 2]).mean() < 0.02
    assert "10,242 of 20,484 vertices with q < 0.05" in figure.axes[0].get_title()


def test_regions_of_an_atlas_are_outlined(template_store):
    """A mask of vertices is outlined like one of voxels, here the front of the right side."""
    front = np.vstack([mesh("pia", side)[0] for side in HEMISPHERES])[:, 1] > 40
    mask = front & (np.arange(2 * VERTICES) >= VERTICES)
    figure = flatmap([panel(X, regions={"front": mask})], template_store, "mm")
    axes = figure.axes[0]
    left, right, *_ = axes.images[0].get_extent()
    names = [text for text in axes.texts if text.get_text() == "front"]
    assert names and all(text.get_position()[0] > (left + right) / 2 for text in names)


def test_the_viewer_takes_the_values_as_they_are(template_store, templates):
    cortex = cortex_store.use_filestore(template_store)
    np.testing.assert_array_equal(vertices(cortex, panel(X), X), X)
    page = view("t", [panel(X)], template_store, templates / "viewer.html.j2", "mm", False)
    [shown] = json.loads(re.search(r"^const views = (.*);$", page, re.M)[1])
    assert len(shown["colours"]) == 2 * VERTICES * 3 / 3 * 4  # base64 of three bytes a vertex
    assert "all 20,484 vertices shown" in shown["legend"]


@pytest.mark.parametrize("draw", ["flatmap", "view"])
def test_another_number_of_values_is_refused_with_both_counts(draw, template_store, templates):
    wrong = [panel(X[1:])]
    with pytest.raises(BadInput, match="fsaverage5 has 20484 vertices, the map 20483"):
        if draw == "flatmap":
            flatmap(wrong, template_store, "r")
        else:
            view("t", wrong, template_store, templates / "viewer.html.j2", "r", False)
