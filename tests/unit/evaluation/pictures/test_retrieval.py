"""A picture is found among others, as often as it can be worked out."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from braid.errors import BadInput
from braid.evaluation.pictures import retrieval, retrieval_curve


def features(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_the_true_feature_is_always_found_whatever_its_length():
    true = features(40, 30)
    found = retrieval(true, true * np.arange(1, 41, dtype=np.float32)[:, None], 20, 5, 0)
    assert found["forward"].min() == found["backward"].min() == 1


def test_swapped_features_are_never_found():
    true = features(2, 30)
    found = retrieval(true, true[::-1].copy(), 2, 5, 0)
    assert not found["forward"].any() and not found["backward"].any()


def test_a_gallery_is_drawn_without_the_nearer_ones_as_often_as_counting_says():
    true, decoded = features(30, 20), features(30, 20) + features(30, 20, seed=1)
    found = retrieval(true, decoded, 8, 800, 0)
    cosines = decoded @ true.T / np.linalg.norm(decoded, axis=1)[:, None]
    cosines /= np.linalg.norm(true, axis=1)
    for name, table in [("forward", cosines), ("backward", cosines.T)]:
        nearer = (table > table.diagonal()[:, None]).sum(axis=1)
        expected = hypergeom.pmf(0, 29, nearer, 7)
        np.testing.assert_allclose(found[name], expected, atol=0.08)
        assert abs(float(found[name].mean()) - expected.mean()) < 0.01


def test_the_two_directions_are_not_the_same():
    true, decoded = np.eye(3), np.array([[1.0, 0, 0], [0.9, 0.8, 0], [0.9, 0, 0.8]])
    found = retrieval(true, decoded, 3, 1, 0)
    np.testing.assert_array_equal(found["forward"], [1, 0, 0])
    np.testing.assert_array_equal(found["backward"], [1, 1, 1])


def test_a_decoder_that_says_the_same_of_all_is_at_chance():
    found = retrieval(features(20, 10), np.zeros((20, 10), np.float32), 5, 10, 0)
    np.testing.assert_allclose(found["forward"], 1 / 5)
    np.testing.assert_allclose(found["backward"], 1 / 5)


def test_pictures_that_are_described_alike_share_what_is_found():
    """Of three each: one in three is found, whichever it is, however sums were rounded."""
    kinds = features(10, 384)
    true = np.repeat(kinds, 3, axis=0) * np.linspace(0.1, 3, 30, dtype=np.float32)[:, None]
    decoded = true + features(30, 384, seed=1) / 10
    found = retrieval(true, decoded, 30, 5, 0)
    np.testing.assert_allclose(found["forward"], 1 / 3)
    assert found["backward"].mean() == pytest.approx(1 / 3, abs=0.05)


def test_noise_is_at_chance_for_every_size():
    found = retrieval_curve(features(300, 50), features(300, 50, seed=1), [2, 10, 50], 20, 0)
    np.testing.assert_allclose(found["chance"], [0.5, 0.1, 0.02])
    for name in ("forward", "backward"):
        assert found[name].dims == ("gallery", "image")
        np.testing.assert_allclose(found[name].mean("image"), found["chance"], atol=0.05)
        assert (np.diff(found[name].mean("image")) < 0).all()
    alone = retrieval(features(300, 50), features(300, 50, seed=1), 10, 20, 0)
    np.testing.assert_array_equal(found["forward"].sel(gallery=10), alone["forward"])


def test_a_gallery_that_is_too_large_is_refused():
    with pytest.raises(BadInput, match="300 pictures, but there are only 20"):
        retrieval(features(20, 5), features(20, 5), 300, 30, 0)
