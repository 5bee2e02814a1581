import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.metrics import r2_score

from braid.fitting.columns import BLOCK, unit_columns
from braid.fitting.scores import normalise, pearson, r2, unscored


@pytest.fixture
def rng():
    return np.random.default_rng(0)


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


@pytest.mark.fault(33)
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


@pytest.mark.parametrize("score", [pearson, r2])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_score_does_not_depend_on_the_columns_beside_it(rng, score, order):
    Y, P = (np.array(a, order=order) for a in rng.normal(2, 1, (2, 1001, BLOCK + 7)))
    together = score(Y, P)
    for columns in ([0], [5, 700], range(3, 17), range(BLOCK - 2, BLOCK + 7)):
        part = list(columns)
        np.testing.assert_array_equal(score(Y[:, part], P[:, part]), together[part])


@pytest.mark.parametrize("order", ["C", "F"])
def test_unit_columns_do_not_depend_on_the_columns_beside_them(rng, order):
    Y = np.array(rng.normal(2, 1, (1001, 40)), order=order)
    together = unit_columns(Y)
    np.testing.assert_allclose((together**2).sum(axis=0), 1)
    np.testing.assert_allclose(together.sum(axis=0), 0, atol=1e-12)
    for part in ([0], [5, 39], list(range(3, 17))):
        np.testing.assert_array_equal(unit_columns(Y[:, part]), together[:, part])


def test_scores_without_value_are_counted(rng):
    Y, P = rng.normal(size=(2, 30, 6))
    Y[:, 0], Y[5, 1], P[:, 4] = 1.5, np.nan, 0
    assert unscored(pearson(Y, P)) == 3
    assert unscored(r2(Y, P)) == 2


def test_a_share_of_the_ceiling_exists_only_above_the_floor():
    r = np.array([0.3, 0.3, 0.1, np.nan, 0.3, 0.45])
    ceiling = np.array([0.6, 0.2, 0.1999, 0.6, np.nan, 0.4])
    shares = normalise(r, ceiling, floor=0.2)
    np.testing.assert_allclose(shares, [0.5, 1.5, np.nan, np.nan, np.nan, 1.125])


def test_a_ceiling_of_zero_divides_nothing():
    assert np.isnan(normalise(np.array([0.1]), np.array([0.0]), floor=1e-9)).all()


def test_the_true_signal_is_worth_all_of_its_ceiling(rng):
    signal, noise = rng.normal(size=(2, 4000, 50))
    single = np.sqrt(0.4) * signal + np.sqrt(0.6) * noise
    shares = normalise(pearson(single, signal), np.full(50, np.sqrt(0.4)), floor=0.2)
    assert shares.mean() == pytest.approx(1, abs=0.01)
