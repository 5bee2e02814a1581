"""Vertices of the viewer carry the mean of the voxels under them."""

import json
import re

import numpy as np
import pytest

from braid.drawing.cortex_store import use_filestore
from braid.drawing.panels import Panel
from braid.drawing.style import Normalize
from braid.drawing.viewer import _paint, vertices, view


def panel(subject, values, **more):
    return Panel("r </script>", subject.name, subject.transform, np.asarray(values, float), **more)


def test_vertices_follow_the_planted_gradient(subject):
    cortex = use_filestore(subject.filestore)
    found = vertices(cortex, panel(subject, subject.x), subject.x)
    points, _ = cortex.db.get_surf(subject.name, "fiducial", merge=True)
    assert np.nanmax(np.abs(found - points[:, 0])) < 7.0  # one voxel
    assert np.isfinite(found).mean() > 0.99


def test_a_nan_voxel_leaves_its_neighbours_their_value(subject):
    cortex = use_filestore(subject.filestore)
    values = np.where(np.arange(subject.x.size) % 2, np.nan, 0.5)
    found = vertices(cortex, panel(subject, values), values)
    assert found[np.isfinite(found)] == pytest.approx(0.5)
    whole = vertices(cortex, panel(subject, subject.x), np.isfinite(values).astype(float))
    assert ((whole > 0) == np.isfinite(found)).all()  # one drawn voxel is enough
    assert ((whole > 0) & (whole < 0.9)).any()


def test_vertices_without_value_show_the_curvature():
    painted = _paint(
        np.array([np.nan, np.nan, 1.0]), np.array([1.0, -1.0, 1.0]), Normalize(0, 1), "viridis"
    )
    assert painted.tolist() == [[222] * 3, [184] * 3, [253, 231, 36]]


def test_a_page_holds_every_panel_and_closes_no_script_early(subject, templates):
    panels = [panel(subject, subject.x), panel(subject, -subject.x, note="circular shifts: 5%")]
    page = view("t", panels, subject.filestore, templates / "viewer.html.j2", "r", True)
    views = json.loads(re.search(r"^const views = (.*);$", page, re.M)[1])
    assert [one["label"] for one in views] == ["r </script>"] * 2
    legend = f"all {subject.x.size:,} voxels shown"
    assert [one["legend"] for one in views] == [legend, f"{legend}; circular shifts: 5%"]
    assert page.count("</script>") == 2
    assert set(views[0]["meshes"]) == {"flat", "inflated"}
    assert "simulated data" in page
