"""Colour and contrast of pictures, by hand."""

import h5py
import numpy as np
import pandas as pd
import pytest

from braid.features import find_of_pictures, picture_statistics
from braid.timing import Stimulus
from braid.timing.stimulus import Images


@pytest.fixture
def stimulus(tmp_path):
    pixels = np.zeros((70, 4, 4, 3), np.uint8)
    pixels[:, :2, :, 0] = 200  # the upper half is red
    pixels[3] = 51
    with h5py.File(tmp_path / "pictures.hdf5", "w") as file:
        file["imgBrick"] = pixels
    return Stimulus(pd.DataFrame(), {}, images=Images(tmp_path / "pictures.hdf5", "imgBrick"))


def test_means_and_contrast_are_those_of_the_pixels(stimulus):
    found = picture_statistics.extract(stimulus, None, np.array([2, 3]), 0)
    red = 100 / 255
    grey = 200 / 3 / 255
    np.testing.assert_allclose(found["features"][0, 0], [red, 0, 0, grey / 2], rtol=1e-5)
    np.testing.assert_allclose(found["features"][1, 0], [0.2, 0.2, 0.2, 0], atol=1e-6)
    assert found["image"].values.tolist() == [2, 3]


def test_pictures_of_several_batches_keep_their_order(stimulus):
    numbers = np.arange(70)
    found = picture_statistics.extract(stimulus, None, numbers, 0)
    assert found["features"].shape == (70, 1, 4)
    assert np.flatnonzero(np.isclose(found["features"][:, 0, 1], 0.2)).tolist() == [3]


def test_it_is_found_among_the_features_of_pictures():
    assert find_of_pictures("picture_statistics") is picture_statistics
