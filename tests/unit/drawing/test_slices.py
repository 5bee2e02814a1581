"""A voxel is drawn where it lies, whatever the orientation of its volume."""

import nibabel as nib
import numpy as np
import pytest
import xarray as xr
from nibabel.nifti1 import Nifti1Image

from braid.drawing.slices import Grid, Map, grid_of, slices

SHAPE = (8, 10, 3)


def affine(flip):
    """2 mm voxels, x to the right or (flipped) to the left."""
    matrix = np.diag([-2.0 if flip else 2.0, 2.0, 3.0, 1.0])
    matrix[0, 3] = 2.0 * (SHAPE[0] - 1) if flip else 0.0
    return matrix


def everywhere(flip, shape=SHAPE):
    return Grid(np.argwhere(np.ones(shape)), shape, affine(flip))


def grey(flip, shape=SHAPE):
    return Nifti1Image(np.full(shape, 100, np.int16), affine(flip))


def draw(values, grid, anatomy, q=None, **more):
    return slices("t", [Map("S1", values, grid, anatomy, q)], "r", **more)


def panels(figure):
    return figure.subfigs[0].subfigs


def overlays(figure):
    pictures = [axes.images[1] for axes in figure.axes if len(axes.images) > 1]
    return [np.asarray(picture.get_array().filled(np.nan)) for picture in pictures]


@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("under", [True, False])
def test_right_front_is_drawn_right_and_up(flip, under):
    grid = everywhere(flip)
    x, y, _ = nib.affines.apply_affine(grid.affine, grid.ijk).T
    values = np.where((x > 8) & (y > 10), 0.8, 0.1)
    for picture in overlays(draw(values, grid, grey(under))):
        assert (picture[6:, 5:] == 0.8).all()  # rows go up, as the origin is below
        assert (picture[:5] == 0.1).all()
        assert (picture[:, :4] == 0.1).all()


def test_every_slice_with_a_scored_voxel_is_drawn_at_its_height():
    grid = everywhere(False)
    values = np.where(grid.ijk[:, 2] == 1, np.nan, 0.5)
    figure = draw(values, grid, grey(False))
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == ["z = 0 mm", "z = 6 mm"]


def test_one_slice_is_enough():
    shape = (8, 10, 1)
    figure = draw(np.full(80, 0.5), everywhere(True, shape), grey(True, shape))
    assert len(overlays(figure)) == 1


def test_a_finer_anatomy_shows_the_same_voxels():
    fine = Nifti1Image(np.full((16, 20, 9), 100, np.int16), np.diag([1.0, 1.0, 1.0, 1.0]))
    grid = everywhere(False)
    values = np.where(grid.ijk[:, 0] > 3, 0.8, 0.1)
    for picture in overlays(draw(values, grid, fine)):
        assert (picture[:18, 9:14] == 0.8).all()
        assert (picture[:, :7][np.isfinite(picture[:, :7])] == 0.1).all()


def test_only_significant_voxels_are_drawn_and_counted():
    grid = everywhere(False)
    q = np.where(grid.ijk[:, 0] < 2, 0.01, 0.05)
    figure = draw(np.ones(240), grid, grey(False), q)
    for picture in overlays(figure):
        assert np.isfinite(picture[:, :2]).all()
        assert np.isnan(picture[:, 2:]).all()
    assert "60 of 240 voxels with q < 0.05 (FDR) shown" in panels(figure)[0].get_suptitle()


def test_the_null_stands_under_the_title_and_inside_the_picture():
    note = "drama2brain's pooled shuffle: 12.6% false positives (10.6–14.8%), conservative"
    map_ = Map("S1", np.ones(240), everywhere(False), grey(False), note=note)
    figure = slices("t", [map_], "r")
    figure.draw_without_rendering()
    [row] = panels(figure)
    assert row.get_suptitle().splitlines()[-1] == note
    title = row._suptitle.get_window_extent()
    assert row.bbox.x0 <= title.x0 < title.x1 <= row.bbox.x1
    assert title.y0 >= max(axes.title.get_window_extent().y1 for axes in row.axes)


def test_a_voxel_that_is_nan_is_neither_drawn_nor_counted():
    values = np.ones(240)
    values[:40] = np.nan
    figure = draw(values, everywhere(False), grey(False), np.full(240, 0.001))
    assert "200 of 200 voxels" in panels(figure)[0].get_suptitle()


def test_the_colour_bar_has_its_unit_and_limits():
    values = np.linspace(0, 1, 240)
    bar = draw(values, everywhere(False), grey(False), value_limits=(0, 0.4)).axes[-1]
    assert bar.get_ylabel() == "r"
    assert bar.get_ylim() == (0, 0.4)


@pytest.fixture
def pair():
    """A map of three slices of low values over one slice of high values, all or half shown."""
    shape = (8, 10, 1)
    q = np.where(np.arange(80) < 30, 0.01, 0.5)
    low = Map("S1", np.full(240, 0.1), everywhere(False), grey(False))
    high = Map("S2", np.full(80, 0.8), everywhere(False, shape), grey(False, shape), q)
    return slices("t", [low, high], "r")


def test_maps_share_one_colour_scale_and_one_bar(pair):
    scales = {axes.images[1].get_clim() for axes in pair.axes if len(axes.images) > 1}
    assert scales == {(0.0, 0.8)}
    assert [axes.get_ylim() for axes in pair.axes if axes.get_ylabel() == "r"] == [(0.0, 0.8)]


def test_each_map_is_named_and_says_how_much_is_shown(pair):
    assert [panel.get_suptitle() for panel in panels(pair)] == [
        "S1\nall 240 voxels shown",
        "S2\n30 of 80 voxels with q < 0.05 (FDR) shown",
    ]


def test_nothing_of_a_figure_overlaps(pair):
    pair.canvas.draw()
    slots = [panel.get_tightbbox() for panel in (*panels(pair), pair.subfigs[1])]
    assert slots[0].y0 >= slots[1].y1
    assert max(slots[0].x1, slots[1].x1) <= slots[2].x0


def test_slices_of_all_maps_are_equally_wide(pair):
    pair.canvas.draw()
    widths = [axes.get_position().width for axes in pair.axes if len(axes.images) > 1]
    assert widths == pytest.approx([widths[0]] * 4, rel=0.02)


def test_a_grid_is_read_from_scores():
    grid = everywhere(True)
    places = {axis: ("voxel", grid.ijk[:, n]) for n, axis in enumerate("ijk")}
    attrs = {"shape": np.array(SHAPE), "affine": grid.affine.ravel()}
    read = grid_of(xr.Dataset(coords=places, attrs=attrs))
    assert (read.ijk == grid.ijk).all()
    assert read.shape == SHAPE
    assert (read.affine == grid.affine).all()
