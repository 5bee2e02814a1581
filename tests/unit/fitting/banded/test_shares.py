import numpy as np
import pytest
from himalaya.kernel_ridge import generate_dirichlet_samples

from braid.fitting.banded.shares import draw_shares, number_bands

BANDS = np.array(["sound", "image", "sound", "motor"])


@pytest.fixture
def features():
    return np.random.default_rng(0).normal(size=(30, 4))


def test_bands_are_numbered_as_they_appear(features):
    names, numbers = number_bands(features, BANDS)
    assert names == ("sound", "image", "motor")
    np.testing.assert_array_equal(numbers, [0, 1, 0, 2])


def test_the_same_column_in_two_bands_is_refused(features):
    features[:, 3] = features[:, 1]
    message = "column 3 of band 'motor' is also column 1 of band 'image': bands must be disjoint"
    with pytest.raises(ValueError, match=message):
        number_bands(features, BANDS)


def test_constant_columns_and_twins_within_a_band_are_no_overlap(features):
    features[:, :2] = 0
    features[:, 2] = features[:, 0]
    assert number_bands(features, BANDS)[0] == ("sound", "image", "motor")


def test_a_feature_without_a_band_is_refused(features):
    with pytest.raises(ValueError, match="X has 4 features, 3 have a band"):
        number_bands(features, BANDS[:3])


def test_draws_are_those_of_himalaya_after_equal_shares():
    shares = draw_shares(9, 3, seed=7)
    expected = generate_dirichlet_samples(9, 3, [0.1, 1.0], random_state=7)
    np.testing.assert_array_equal(shares[0], np.full(3, 1 / 3))
    np.testing.assert_array_equal(shares[1:], expected[1:])
    np.testing.assert_allclose(shares.sum(axis=1), 1)
