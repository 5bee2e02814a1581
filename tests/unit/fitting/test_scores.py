import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.metrics import r2_score

from braid.fitting import explainable_variance, noise_ceiling, pearson, r2


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _repeats(rng, n, trs, voxels, signal):
    """Unit-variance responses whose shared part has variance `signal`."""
    shared = np.sqrt(signal) * rng.normal(size=(trs, voxels))
    return shared, shared + np.sqrt(1 - signal) * rng.normal(size=(n, trs, voxels))


def test_pearson_is_exact_at_short_lengths(rng):
    Y, P = rng.normal(3, 2, (2, 7, 20))
    expected = [pearsonr(y, p).statistic for y, p in zip(Y.T, P.T, strict=True)]
    np.testing.assert_allclose(pearson(Y, P), expected, atol=1e-14)


def test_pearson_of_a_column_with_itself_is_one_and_no_more(rng):
    Y = rng.normal(size=(31, 500))
    r = pearson(Y, 3 * Y + 1)
    assert (r <= 1).all()
    np.testing.assert_allclose(r, 1)


def test_pearson_of_single_precision_is_computed_in_double(rng):
    Y, P = rng.normal(1000, 10, (2, 200, 5)).astype(np.float32)
    expected = pearson(Y.astype(np.float64), P.astype(np.float64))
    np.testing.assert_allclose(pearson(Y, P), expected, atol=1e-12)


def test_pearson_takes_integers(rng):
    Y, P = rng.integers(0, 4000, (2, 50, 3)).astype(np.int16)
    np.testing.assert_allclose(pearson(Y, P), pearson(Y.astype(float), P.astype(float)))


def test_r2_agrees_with_scikit_learn(rng):
    Y, P = rng.normal(3, 2, (2, 40, 20))
    np.testing.assert_allclose(r2(Y, P), r2_score(Y, P, multioutput="raw_values"))


def test_r2_of_the_mean_is_zero(rng):
    Y = rng.normal(3, 2, (40, 4))
    np.testing.assert_allclose(r2(Y, np.tile(Y.mean(axis=0), (40, 1))), 0, atol=1e-14)


@pytest.mark.parametrize("score", [pearson, r2])
def test_voxels_without_a_score_are_nan_and_the_others_untouched(rng, score):
    Y, P = rng.normal(size=(2, 30, 5))
    expected = score(Y, P)[4]
    Y[:, 0], Y[5, 1], P[7, 2], Y[:, 3] = 1.5, np.nan, np.inf, np.nan
    result = score(Y, P)
    assert np.isnan(result[:4]).all()
    assert result[4] == expected


def test_pearson_of_a_constant_prediction_is_nan(rng):
    assert np.isnan(pearson(rng.normal(size=(9, 1)), np.ones((9, 1)))).all()


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
