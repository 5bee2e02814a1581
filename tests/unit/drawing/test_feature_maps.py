"""Maps of all fits share one scale, and the winner of a voxel has the colour of its fit."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_hex
from nibabel.nifti1 import Nifti1Image

from braid.drawing.feature_maps import FEW, feature_maps, mapped
from braid.drawing.style import CATEGORIES
from braid.evaluation.winners import level_rows, stream_rows

SHAPE = (6, 8, 20)
AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])
IJK = np.argwhere(np.ones(SHAPE))
ROI = np.where(IJK[:, 1] < 4, "early", "ventral")


def scores(subject, fit, early, ventral):
    """Significant where r is above .2."""
    r = np.where(ROI == "early", early, ventral)
    places = {axis: ("voxel", IJK[:, n]) for n, axis in enumerate("ijk")}
    return xr.Dataset(
        {"r": ("voxel", r), "q": ("voxel", np.where(r > 0.2, 0.01, 0.5))},
        {**places, "roi": ("voxel", ROI)},
        {"subject": subject, "fit": fit, "label": fit, "shape": list(SHAPE)}
        | {"affine": AFFINE.ravel().tolist()},
    )


@pytest.fixture(scope="module")
def figure():
    anatomy = Nifti1Image(np.full(SHAPE, 100, np.int16), AFFINE)
    fits = {
        s: [scores(s, "z", 0.6, 0.1), scores(s, "c", 0.3, high)]
        for s, high in (("subj01", 0.5), ("subj02", 0.8))
    }
    subjects = [mapped(own, anatomy) for own in fits.values()]
    rows = stream_rows(one for own in fits.values() for one in own)
    along = [scores("subj01", f"zc{n}", n / 10, n / 20) for n in (2, 6)]
    levels = [{"fit": f"zc{n}", "series": "noise", "level": n / 10} for n in (2, 6)]
    return feature_maps("t", subjects, rows, level_rows(along, levels))


def titled(figure, title):
    """The part of a figure under a title that begins so."""
    parts = list(figure.subfigs)
    for part in parts:
        parts.extend(part.subfigs)
    [found] = [part for part in parts if part.get_suptitle().startswith(title)]
    return found


def overlays(part):
    return [axes.images[1] for axes in part.axes if len(axes.images) > 1]


def test_all_maps_of_all_subjects_have_one_scale(figure):
    limits = {
        image.get_clim()
        for subject in ("subj01", "subj02")
        for fit in ("z", "c")
        for image in overlays(titled(figure, f"{subject}, {fit}"))
    }
    [(low, high)] = limits
    assert (low, high) == (0, pytest.approx(0.8))


def test_a_map_has_few_slices_from_the_lowest_to_the_highest(figure):
    part = titled(figure, "subj01, z")
    titles = [axes.get_title() for axes in part.axes if axes.get_title()]
    assert len(titles) == FEW
    assert (titles[0], titles[-1]) == ("z = 0 mm", "z = 38 mm")


def test_only_significant_voxels_are_drawn_and_counted(figure):
    part = titled(figure, "subj01, z")
    assert "480 of 960 voxels with q < 0.05 (FDR) shown" in part.get_suptitle()
    shown = overlays(part)[0].get_array().filled(np.nan)
    assert np.isfinite(shown[:4]).all()
    assert np.isnan(shown[4:]).all()


def test_the_winner_has_the_colour_of_its_fit_and_is_counted(figure):
    part = titled(figure, "subj01, highest")
    image = overlays(part)[0]
    colours = image.cmap(image.norm(image.get_array()))
    assert {to_hex(c) for c in colours[:4].reshape(-1, 4)} == {CATEGORIES[0].lower()}
    assert {to_hex(c) for c in colours[4:].reshape(-1, 4)} == {CATEGORIES[1].lower()}
    [legend] = part.legends
    assert [text.get_text() for text in legend.get_texts()] == ["z: 480", "c: 480"]


def test_bars_are_means_by_stream_and_lines_go_along_the_levels(figure):
    charts = {axes.get_title(): axes for axes in figure.axes if axes.get_ylabel() == "mean r"}
    bars = charts["subj02: mean over voxels, 95 % interval"].patches
    assert [bar.get_height() for bar in bars] == pytest.approx([0.6, 0.1, 0.3, 0.8])
    lines = charts["mean over voxels and subjects"].lines
    assert {line.get_label(): list(line.get_ydata()) for line in lines} == {
        "early": pytest.approx([0.2, 0.6]),
        "ventral": pytest.approx([0.1, 0.3]),
    }
    assert charts["mean over voxels and subjects"].get_xlabel() == "noise"


def test_titles_stay_inside_the_figure(figure):
    figure.draw_without_rendering()
    for part in (titled(figure, f"subj0{n}, {what}") for n in (1, 2) for what in ("z", "highest")):
        box = part._suptitle.get_window_extent()
        assert part.bbox.x0 <= box.x0 < box.x1 <= part.bbox.x1
        assert part.bbox.y0 <= box.y0 < box.y1 <= part.bbox.y1 + 1
