"""Identification, distance and category on cases whose answer is known."""

import numpy as np
import pytest
from scipy.spatial.distance import correlation

from braid.evaluation.pictures import category, correlations, distance, two_way

VARIANTS = ["takagi2023", "mindeye"]


def features(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def stretches(array, size):
    return (array[start : start + size] for start in range(0, len(array), size))


def plainly(r, variant):
    """Count pair by pair, as the two sources say it."""
    n, _, samples = r.shape
    right = np.zeros((n, n))
    for i in range(n):
        for j in set(range(n)) - {i}:
            if variant == "takagi2023":
                right[i, j] = np.mean(r[i, i]) > np.mean(r[i, j])
            else:
                right[i, j] = np.mean([r[j, i, k] < r[i, i, k] for k in range(samples)])
    return right.sum(axis=1) / (n - 1)


@pytest.mark.parametrize("size", [1, 4, 21])
def test_correlations_are_those_of_numpy_in_any_stretches(size):
    presented, generated = features(7, 30), features(21, 30, seed=1) + 5
    r = correlations(stretches(presented, size), stretches(generated, size))
    expected = np.corrcoef(presented, generated)[:7, 7:].reshape(7, 7, 3)
    np.testing.assert_allclose(r, expected, atol=1e-6)
    assert r.dtype == np.float32


def test_features_that_are_all_the_same_correlate_with_nothing():
    flat = np.full((2, 30), 0.1, np.float32)
    assert not correlations([features(2, 30)], [flat]).any()


@pytest.mark.parametrize("variant", VARIANTS)
def test_two_way_counts_pairs(variant):
    r = features(9, 9, 5)
    np.testing.assert_allclose(two_way(r, variant), plainly(r, variant))


def test_the_variants_compare_along_different_sides():
    r = np.array([[0.5, 0.6], [0.1, 0.7]])[:, :, None]
    np.testing.assert_array_equal(two_way(r, "takagi2023"), [0, 1])
    np.testing.assert_array_equal(two_way(r, "mindeye"), [1, 1])


def test_samples_are_averaged_before_or_after():
    r = np.array([[[0.9, 0.1], [0.4, 0.4]], [[0.4, 0.4], [0.9, 0.1]]])
    np.testing.assert_array_equal(two_way(r, "takagi2023"), [1, 1])
    np.testing.assert_array_equal(two_way(r, "mindeye"), [0.5, 0.5])


@pytest.mark.parametrize("variant", VARIANTS)
def test_truth_is_told_apart_always_swapped_truth_never_noise_by_chance(variant):
    true = features(80, 200)
    made = np.repeat(true, 2, axis=0) + features(160, 200, seed=1)
    assert two_way(correlations([true], [made]), variant).min() == 1
    assert not two_way(correlations([true[:2]], [true[1::-1]]), variant).any()
    noise = two_way(correlations([true], [features(160, 200, seed=2)]), variant)
    assert abs(noise.mean() - 0.5) < 0.06


def test_distance_is_that_of_scipy():
    presented, generated = features(4, 30), features(4, 3, 30, seed=1)
    found = distance(correlations([presented], [generated.reshape(12, 30)]))
    pairs = zip(presented, generated, strict=True)
    expected = [np.mean([correlation(a, b) for b in samples]) for a, samples in pairs]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_category_counts_samples_of_the_same():
    found = category(np.array([3, 5]), np.array([[3, 3, 5, 3], [3, 3, 3, 3]]))
    np.testing.assert_array_equal(found, [0.75, 0])
