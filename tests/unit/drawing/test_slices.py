"""A voxel is drawn where it lies, whatever the orientation of its volume."""

import nibabel as nib
import numpy as np
import pytest
from nibabel.nifti1 import Nifti1Image

from braid.drawing.slices import Grid, slices

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


def overlays(figure):
    pictures = [axes.images[1] for axes in figure.axes if len(axes.images) > 1]
    return [np.asarray(picture.get_array().filled(np.nan)) for picture in pictures]


@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("under", [True, False])
def test_right_front_is_drawn_right_and_up(flip, under):
    grid = everywhere(flip)
    x, y, _ = nib.affines.apply_affine(grid.affine, grid.ijk).T
    values = np.where((x > 8) & (y > 10), 0.8, 0.1)
    for picture in overlays(slices("t", values, grid, grey(under), "r")):
        assert (picture[6:, 5:] == 0.8).all()  # rows go up, as the origin is below
        assert (picture[:5] == 0.1).all()
        assert (picture[:, :4] == 0.1).all()


def test_every_slice_with_a_scored_voxel_is_drawn_at_its_height():
    grid = everywhere(False)
    values = np.where(grid.ijk[:, 2] == 1, np.nan, 0.5)
    figure = slices("t", values, grid, grey(False), "r")
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == ["z = 0 mm", "z = 6 mm"]


def test_one_slice_is_enough():
    shape = (8, 10, 1)
    figure = slices("t", np.full(80, 0.5), everywhere(True, shape), grey(True, shape), "r")
    assert len(overlays(figure)) == 1


def test_a_finer_anatomy_shows_the_same_voxels():
    fine = Nifti1Image(np.full((16, 20, 9), 100, np.int16), np.diag([1.0, 1.0, 1.0, 1.0]))
    grid = everywhere(False)
    values = np.where(grid.ijk[:, 0] > 3, 0.8, 0.1)
    for picture in overlays(slices("t", values, grid, fine, "r")):
        assert (picture[:18, 9:14] == 0.8).all()
        assert (picture[:, :7][np.isfinite(picture[:, :7])] == 0.1).all()


def test_only_significant_voxels_are_drawn_and_counted():
    grid = everywhere(False)
    q = np.where(grid.ijk[:, 0] < 2, 0.01, 0.05)
    figure = slices("t", np.ones(240), grid, grey(False), "r", q=q)
    for picture in overlays(figure):
        assert np.isfinite(picture[:, :2]).all()
        assert np.isnan(picture[:, 2:]).all()
    assert "60 of 240 voxels with q < 0.05 (FDR) shown" in figure.get_suptitle()


def test_a_voxel_that_is_nan_is_neither_drawn_nor_counted():
    values = np.ones(240)
    values[:40] = np.nan
    figure = slices("t", values, everywhere(False), grey(False), "r", q=np.full(240, 0.001))
    assert "200 of 200 voxels" in figure.get_suptitle()


def test_the_colour_bar_has_its_unit_and_limits():
    figure = slices("t", np.linspace(0, 1, 240), everywhere(False), grey(False), "correlation r",
                    value_limits=(0, 0.4))  # fmt: skip
    bar = figure.axes[-1]
    assert bar.get_ylabel() == "correlation r"
    assert bar.get_ylim() == (0, 0.4)
