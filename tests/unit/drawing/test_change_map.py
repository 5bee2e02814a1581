"""The map of a change: its sign, its middle, and what it hides."""

import numpy as np
import pytest
import xarray as xr
from matplotlib import colormaps

from braid.drawing.change_map import DIVERGING, change_map


def scores(subject, label, r, q):
    attrs = {"subject": subject.name, "space": subject.transform, "label": label}
    return xr.Dataset({"r": ("voxel", r), "q": ("voxel", q)}, attrs=attrs)


@pytest.fixture
def drawn(subject):
    """Better on the left and worse on the right; give q of the two fits."""
    left = subject.x < 0

    def draw(before, after):
        first = scores(subject, "BERT", np.full(left.shape, 0.3), before(left))
        second = scores(subject, "Tuned", np.where(left, 0.5, 0.1), after(left))
        return change_map([(first, second)], subject.filestore).axes[0]

    return draw


def everywhere(left):
    return np.full(left.shape, 0.01)


def nowhere(left):
    return np.full(left.shape, 0.5)


def on_the_left(left):
    return np.where(left, 0.01, 0.5)


def halves(image):
    middle = image.get_array().shape[1] // 2
    return slice(0, middle), slice(middle, None)


def test_better_is_red_and_worse_is_blue(drawn):
    image = drawn(everywhere, nowhere).images[1]
    assert image.get_clim() == pytest.approx((-0.2, 0.2))
    values = image.get_array()
    colours = image.to_rgba(values)
    for side, end in zip(halves(image), (1.0, 0.0), strict=True):
        shown = ~values[:, side].mask
        close = np.abs(colours[:, side][shown] - colormaps[DIVERGING](end)).max(-1) < 0.02
        assert close.mean() > 0.97


def test_voxels_that_neither_fit_predicts_are_hidden_and_counted(drawn, subject):
    axes = drawn(nowhere, on_the_left)
    title = axes.get_title().splitlines()
    count = (subject.x < 0).sum()
    assert title[0] == "UTS09, from “BERT” to “Tuned”"
    assert title[1] == f"{count:,} of {subject.x.size:,} voxels with q < 0.05 (FDR) shown"
    left, right = (axes.images[1].get_array()[:, side].mask for side in halves(axes.images[1]))
    assert left.mean() < 0.6
    assert right.mean() > 0.98
