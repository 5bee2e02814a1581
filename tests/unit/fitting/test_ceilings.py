import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.fitting.ceilings import ceiling_floor, explainable_variance, noise_ceiling, split_half
from braid.fitting.scores import pearson


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _repeats(rng, n, trs, voxels, signal):
    """Unit-variance responses whose shared part has variance `signal`."""
    shared = np.sqrt(signal) * rng.normal(size=(trs, voxels))
    return shared, shared + np.sqrt(1 - signal) * rng.normal(size=(n, trs, voxels))


def test_explainable_variance_is_the_published_formula(rng):
    repeats = _repeats(rng, 4, 60, 10, 0.5)[1] * 7 + 3
    z = (repeats - repeats.mean(axis=1, keepdims=True)) / repeats.std(axis=1, keepdims=True)
    expected = z.mean(axis=0).var(axis=0, ddof=1) / z.var(axis=1, ddof=1).mean(axis=0)
    biased, corrected = explainable_variance(repeats)
    np.testing.assert_allclose(biased, expected)
    np.testing.assert_allclose(corrected, expected - (1 - expected) / 3)


@pytest.mark.parametrize("signal", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("n", [2, 10])
def test_corrected_explainable_variance_finds_the_planted_share(rng, n, signal):
    _, repeats = _repeats(rng, n, 500, 400, signal)
    biased, corrected = explainable_variance(repeats)
    assert corrected.mean() == pytest.approx(signal, abs=0.01)
    assert biased.mean() == pytest.approx(signal + (1 - signal) / n, abs=0.01)


def test_identical_repeats_are_wholly_explainable(rng):
    biased, corrected = explainable_variance(np.tile(rng.normal(size=(1, 50, 3)), (3, 1, 1)))
    np.testing.assert_allclose(biased, 1)
    np.testing.assert_allclose(corrected, 1)


@pytest.mark.parametrize("averaged", [1, 3, 8])
@pytest.mark.parametrize("signal", [0.1, 0.6])
def test_the_true_signal_reaches_the_noise_ceiling(rng, averaged, signal):
    shared, repeats = _repeats(rng, 8, 2000, 100, signal)
    ceiling = noise_ceiling(repeats, averaged)
    reached = pearson(repeats[:averaged].mean(axis=0), shared)
    assert ceiling.mean() == pytest.approx(reached.mean(), abs=0.01)


def test_ceiling_of_one_and_of_all_repeats_in_closed_form(rng):
    _, repeats = _repeats(rng, 5, 300, 20, 0.5)
    biased, corrected = explainable_variance(repeats)
    np.testing.assert_allclose(noise_ceiling(repeats, 1), np.sqrt(corrected))
    np.testing.assert_allclose(noise_ceiling(repeats, 5), np.sqrt(corrected / biased))


def test_ceiling_is_zero_where_repeats_disagree(rng):
    one = rng.normal(size=(40, 2))
    np.testing.assert_array_equal(noise_ceiling(np.stack([one, -one]), 1), [0, 0])


def test_a_voxel_bad_in_any_repeat_has_no_ceiling(rng):
    repeats = rng.normal(size=(3, 40, 3))
    repeats[1, :, 0], repeats[2, 4, 1] = 2, np.nan
    assert np.isnan(noise_ceiling(repeats, 1)).tolist() == [True, True, False]


def test_one_repeat_has_no_explainable_variance(rng):
    with pytest.raises(ValueError, match="two repeats or more, got 1"):
        explainable_variance(rng.normal(size=(1, 40, 3)))


def test_the_mean_correlation_of_pairs_is_the_corrected_explainable_variance(rng):
    _, repeats = _repeats(rng, 5, 60, 4, 0.4)
    pairs = [pearson(repeats[i], repeats[j]) for i in range(5) for j in range(i)]
    np.testing.assert_allclose(explainable_variance(repeats)[1], np.mean(pairs, axis=0))


@settings(max_examples=20, deadline=None)
@given(
    signal=st.floats(0.2, 0.9),
    n=st.integers(2, 6),
    averaged=st.integers(1, 6),
    seed=st.integers(0, 99),
)
def test_split_half_and_explainable_variance_find_the_planted_ceiling(signal, n, averaged, seed):
    _, repeats = _repeats(np.random.default_rng(seed), n, 400, 150, signal)
    planted = np.sqrt(signal / (signal + (1 - signal) / averaged))
    assert noise_ceiling(repeats, averaged).mean() == pytest.approx(planted, abs=0.02)
    assert split_half(repeats, averaged).mean() == pytest.approx(planted, abs=0.02)


def test_two_halves_of_two_repeats_are_stepped_up_by_spearman_and_brown(rng):
    _, repeats = _repeats(rng, 2, 80, 6, 0.5)
    r = pearson(repeats[0], repeats[1])
    np.testing.assert_allclose(split_half(repeats, 2), np.sqrt(2 * r / (1 + r)))
    np.testing.assert_allclose(split_half(repeats, 1), np.sqrt(r))


def test_all_splits_of_four_repeats_are_the_three_there_are(rng):
    z = rng.normal(size=(4, 200, 3))
    z = (z - z.mean(axis=1, keepdims=True)) / z.std(axis=1, keepdims=True)
    z += rng.normal(size=(200, 3))
    z = (z - z.mean(axis=1, keepdims=True)) / z.std(axis=1, keepdims=True)
    splits = [([0, 1], [2, 3]), ([0, 2], [1, 3]), ([0, 3], [1, 2])]
    r = np.mean([pearson(z[a].mean(axis=0), z[b].mean(axis=0)) for a, b in splits], axis=0)
    np.testing.assert_allclose(split_half(z, 2), np.sqrt(r))


def test_of_three_repeats_each_is_left_out_once(rng):
    _, repeats = _repeats(rng, 3, 100, 5, 0.6)
    pairs = [pearson(repeats[i], repeats[j]) for i, j in [(0, 1), (0, 2), (1, 2)]]
    np.testing.assert_allclose(split_half(repeats, 1), np.sqrt(np.mean(pairs, axis=0)))


def test_random_splits_come_from_the_seed_and_near_all_splits(rng):
    _, repeats = _repeats(rng, 6, 300, 40, 0.5)
    some = split_half(repeats, 6, n_splits=40, seed=1)
    np.testing.assert_array_equal(some, split_half(repeats, 6, n_splits=40, seed=1))
    assert (some != split_half(repeats, 6, n_splits=40, seed=2)).all()
    np.testing.assert_allclose(some, split_half(repeats, 6), atol=0.02)


def test_split_half_is_zero_where_repeats_disagree_and_nan_where_one_is_bad(rng):
    one = rng.normal(size=(40, 3))
    repeats = np.stack([one, -one])
    repeats[1, 3, 2] = np.nan
    np.testing.assert_array_equal(split_half(repeats, 1), [0, 0, np.nan])


@pytest.mark.parametrize("ceiling", [noise_ceiling, split_half])
def test_a_ceiling_does_not_depend_on_the_voxels_beside_it(rng, ceiling):
    _, repeats = _repeats(rng, 4, 301, 1030, 0.3)
    together = ceiling(repeats, 4)
    for part in ([0], [7, 1029], list(range(3, 20))):
        np.testing.assert_array_equal(ceiling(repeats[:, :, part], 4), together[part])


@pytest.mark.parametrize(("n", "averaged"), [(2, 1), (3, 3), (10, 10)])
def test_noise_hardly_ever_reaches_the_floor(rng, n, averaged):
    ceiling = noise_ceiling(rng.normal(size=(n, 100, 20_000)), averaged)
    assert 1e-4 < (ceiling > ceiling_floor(n, 100, averaged)).mean() < 0.01


def test_the_floor_of_slow_noise_counts_its_independent_samples(rng):
    a, noise = 0.6, rng.normal(size=(4, 240, 4000))
    for t in range(1, 240):
        noise[:, t] += a * noise[:, t - 1]
    ceiling = noise_ceiling(noise[:, 40:], 4)
    # The autocorrelation of products of two such series is a squared.
    independent = 200 * (1 - a**2) / (1 + a**2)
    assert (ceiling > ceiling_floor(4, independent, 4)).mean() < 0.01
    assert (ceiling > ceiling_floor(4, 200, 4)).mean() > 0.015
