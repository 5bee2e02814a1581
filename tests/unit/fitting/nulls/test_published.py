import numpy as np
import pytest
from scipy import stats

from braid.fitting import pearson
from braid.fitting.nulls import (
    denk2023_test,
    drama2brain_test,
    huthlab_test,
    litcoder_test,
    luo2025_test,
    shuffled_correlation,
)

SETTINGS = {"n_draws": 300, "seed": 0}


@pytest.fixture
def pair():
    Y, P = np.random.default_rng(0).normal(size=(2, 84, 6)) + 3
    P[:, 0] += Y[:, 0]
    return Y, P, np.repeat([0, 1], 42)


def test_huthlab_draws_blocks_with_replacement_on_both_sides(pair):
    Y, P, runs = pair
    drawn = np.random.default_rng(0).integers(0, 8, size=(2, 300, 8))
    rows = np.arange(80).reshape(8, 10)
    null = [pearson(Y[rows[a].ravel()], P[rows[b].ravel()]) for a, b in zip(*drawn, strict=True)]
    expected = (np.array(null) >= pearson(Y[:80], P[:80])).mean(axis=0)
    np.testing.assert_allclose(huthlab_test(Y, P, runs, **SETTINGS), expected, atol=1e-12)
    assert expected[0] == 0


def test_huthlab_leaves_out_draws_in_which_a_sparse_prediction_is_constant():
    rng = np.random.default_rng(1)
    Y, P = rng.normal(size=(80, 3)), np.zeros((80, 3))
    P[5] = 1
    p = huthlab_test(Y, P, np.zeros(80, int), **SETTINGS)
    assert (p < 0.9).all()


@pytest.mark.parametrize("trs", [8, 84])
def test_denk_correlates_pairs_of_white_vectors(pair, trs):
    Y, P, runs = (values[:trs] for values in pair)
    a, b = np.random.default_rng(2).normal(size=(2, trs, 40_000))
    expected = (pearson(a, b)[:, None] > pearson(Y, P)).mean(axis=0)
    p = denk2023_test(Y, P, runs, n_draws=40_000, seed=0)
    np.testing.assert_allclose(p, expected, atol=0.01)


def test_litcoder_is_pearsonr_voxel_by_voxel(pair):
    Y, P, runs = pair
    expected = [stats.pearsonr(Y[:, i], P[:, i]).pvalue for i in range(6)]
    np.testing.assert_allclose(litcoder_test(Y, P, runs, **SETTINGS), expected, rtol=1e-8)


def test_one_shuffle_moves_whole_blocks_of_all_voxels(pair):
    Y, P, _ = pair
    null = shuffled_correlation(Y, P, seed=4)
    order = np.random.default_rng(4).permutation(9)
    assert order.tolist() != list(range(9))
    rows = np.concatenate([np.arange(84)[10 * i : 10 * i + 10] for i in order])
    np.testing.assert_allclose(null, pearson(Y[rows], P), atol=1e-12)


def test_drama2brain_ranks_each_voxel_in_the_pool_of_all():
    r, null = np.array([0.3, 0.1, np.nan, -0.2]), np.array([0.2, 0.1, np.nan, -0.1])
    np.testing.assert_allclose(drama2brain_test(r, null), [0, 1 / 3, np.nan, 1])


def test_luo_takes_the_number_of_voxels_for_that_of_samples():
    r = np.full(40, 0.3)
    r[0] = np.nan
    t = 0.3 * np.sqrt(37 / (1 - 0.09))
    p = luo2025_test(r, r)
    np.testing.assert_allclose(p[1:], 2 * stats.t.sf(t, 37))
    assert np.isnan(p[0])
