"""Flatmaps show the value that was put in, where it was put in."""

import numpy as np
import pytest
from matplotlib import colormaps

from braid.drawing.cortex_store import use_filestore
from braid.drawing.flatmap import flatmap, project
from braid.drawing.panels import Panel
from braid.errors import BadInput


def panel(subject, values, **more):
    return Panel("r", subject.name, subject.transform, np.asarray(values, float), **more)


def map_image(figure):
    """Values and colours of the data image (the underlay is the first image)."""
    image = figure.axes[0].images[1]
    return np.asarray(image.get_array().filled(np.nan)), image.to_rgba(image.get_array())


def test_a_planted_left_half_is_coloured_on_the_left_of_the_map(subject):
    figure = flatmap(
        [panel(subject, np.where(subject.x < 0, 0.9, 0.1))],
        subject.filestore,
        "r",
        value_limits=(0, 1),
    )
    values, colours = map_image(figure)
    middle = values.shape[1] // 2
    high, low = (np.array(colormaps["viridis"](v)) for v in (0.9, 0.1))
    for half, planted in ((slice(0, middle), high), (slice(middle, None), low)):
        drawn = np.isfinite(values[:, half])
        close = np.abs(colours[:, half][drawn] - planted).max(-1) < 0.02
        assert drawn.mean() > 0.4
        assert close.mean() > 0.97


def test_voxels_that_are_nan_are_transparent(subject):
    values = np.where(subject.x < 0, np.nan, 0.5)
    image, colours = map_image(flatmap([panel(subject, values)], subject.filestore, "r"))
    left = colours[:, : image.shape[1] // 2]
    right = colours[:, image.shape[1] // 2 :]
    assert (left[..., 3] > 0).mean() < 0.02
    assert (right[..., 3] > 0).mean() > 0.4


def test_voxels_that_are_not_significant_are_transparent_and_counted(subject):
    q = np.where(subject.x < 0, 0.05, 0.01)
    figure = flatmap([panel(subject, np.ones_like(q), q=q)], subject.filestore, "r")
    image, colours = map_image(figure)
    assert (colours[:, : image.shape[1] // 2, 3] > 0).mean() < 0.02
    count = f"{(q < 0.05).sum():,} of {q.size:,} voxels with q < 0.05 (FDR) shown"
    assert count in figure.axes[0].get_title()


def test_the_null_stands_under_the_title_and_inside_the_picture(subject):
    note = "drama2brain's pooled shuffle: 12.6% false positives (10.6–14.8%), conservative"
    figure = flatmap(
        [panel(subject, np.ones_like(subject.x), note=note)] * 2, subject.filestore, "r"
    )
    figure.draw_without_rendering()
    for axes in figure.axes[:2]:
        assert axes.get_title().splitlines()[-1] == note
        box = axes.title.get_window_extent()
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1
    above, below = figure.axes[0].texts[0], figure.axes[1].title
    assert below.get_window_extent().y1 < above.get_window_extent().y0


def test_a_voxel_outside_the_mask_does_not_dilute_its_neighbours(subject):
    cortex = use_filestore(subject.filestore)
    image, _ = project(cortex, panel(subject, np.ones_like(subject.x)), np.ones_like(subject.x))
    assert np.nanmin(image) == pytest.approx(1)


def test_panels_share_their_colour_limits(subject):
    quiet, loud = (panel(subject, np.full_like(subject.x, v)) for v in (0.1, 0.8))
    figure = flatmap([quiet, loud], subject.filestore, "r")
    scales = {axes.images[1].get_clim() for axes in figure.axes[:2]}
    assert scales == {(0.0, 0.8)}


def test_a_map_of_another_mask_is_refused_with_both_counts(subject):
    wrong = panel(subject, np.ones(subject.x.size - 1))
    with pytest.raises(
        BadInput, match=rf"UTS09 has {subject.x.size} voxels.* {subject.x.size - 1}"
    ):
        flatmap([wrong], subject.filestore, "r")


def test_a_region_is_outlined_and_named_in_its_own_hemisphere(subject):
    region = subject.x > 20
    figure = flatmap(
        [panel(subject, subject.x, regions={"planted": region})], subject.filestore, "r"
    )
    axes = figure.axes[0]
    names = [text for text in axes.texts if text.get_text() == "planted"]
    left, right, *_ = axes.images[0].get_extent()
    assert [text.get_position()[0] > (left + right) / 2 for text in names] == [True]
