"""Simulated volumes of NSD: masks that differ, and a ratio where streams respond."""

import nibabel as nib
import numpy as np
import pytest

from braid.datasets.nsd.volumes import STREAMS
from braid.twins.nsd.brain import make_brain, write_volumes

SHAPE = (20, 26, 18)


@pytest.fixture(scope="module")
def brain():
    return make_brain(SHAPE, np.random.default_rng(0), signal=True)


def test_every_stream_is_there_and_the_same_on_both_sides(brain):
    assert set(np.unique(brain.streams)) == set(range(-1, 8))
    np.testing.assert_array_equal(brain.streams, brain.streams[::-1])


def test_streams_lie_where_they_are_in_the_brain(brain):
    middle = {name: np.argwhere(brain.streams == n).mean(axis=0) for n, name in enumerate(STREAMS)}
    assert middle["early"][1] < min(middle[name][1] for name in ("ventral", "lateral", "parietal"))
    assert middle["ventral"][2] < middle["lateral"][2] < middle["parietal"][2]


def test_neither_mask_holds_the_other(brain):
    streams, general = brain.streams > 0, brain.general > 0
    assert (streams & ~general).any()
    assert (general & ~streams).any()
    assert ((brain.streams == -1) == (brain.general == -1)).all()


def test_masked_voxels_are_in_the_order_of_the_reversed_axes(brain):
    i, j, k = brain.masked
    assert len(i) == np.count_nonzero((brain.streams > 0) | (brain.general > 0))
    assert (np.diff(np.ravel_multi_index((k, j, i), SHAPE[::-1])) > 0).all()
    assert brain.region[0] == STREAMS[max(brain.streams[i[0], j[0], k[0]], 0)]


def test_the_ratio_is_planted_in_streams_and_nowhere_else(brain):
    assert (brain.ncsnr[brain.streams > 0] > 0).all()
    assert not brain.ncsnr[brain.streams <= 0].any()
    means = [brain.ncsnr[brain.streams == n].mean() for n in (1, 7)]
    assert means == pytest.approx([1.125, 0.27], rel=0.05)
    assert not make_brain(SHAPE, np.random.default_rng(0), signal=False).ncsnr.any()


def test_volumes_are_written_as_they_are(brain, tmp_path):
    write_volumes(tmp_path, "subj01", brain)
    roi = tmp_path / "nsddata/ppdata/subj01/func1pt8mm/roi"
    image = nib.load(roi / "streams.nii.gz")
    np.testing.assert_array_equal(image.get_fdata(), brain.streams)
    assert image.header.get_zooms() == pytest.approx((1.8, 1.8, 1.8))
    np.testing.assert_array_equal(nib.load(roi / "nsdgeneral.nii.gz").get_fdata(), brain.general)
