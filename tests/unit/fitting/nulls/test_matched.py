import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import binom

from braid.fitting.nulls import block_permutation_test, matched_block_test, matched_blocks
from braid.fitting.nulls.batches import rows_of
from braid.fitting.nulls.matched import LAGS, autocovariance


def _slow(rng, trs, voxels, memory):
    return lfilter([1], [1, -memory], rng.normal(size=(trs + 300, voxels)), axis=0)[300:]


def test_autocovariance_is_a_sum_of_products_within_runs():
    values = np.random.default_rng(0).normal(size=(3, 25)) + 4
    runs = np.repeat([0, 1], [10, 15])
    found = autocovariance(values, rows_of(runs))
    pieces = [values[:, :10], values[:, 10:]]
    centred = [piece - piece.mean(axis=1, keepdims=True) for piece in pieces]
    for lag in range(15):
        products = [
            (one[:, lag:] * one[:, : max(one.shape[1] - lag, 0)]).sum(axis=1) for one in centred
        ]
        np.testing.assert_allclose(found[:, lag], sum(products), atol=1e-10)


@pytest.mark.parametrize(("memory", "other"), [(0.5, 0.5), (0.9, 0.8), (0.9, 0.0)])
def test_blocks_follow_the_mean_lag_of_both_autocorrelations(memory, other):
    """Of AR(1) series the product is w = (memory * other)^|k|, whose mean |k| is 2w / (1 - w^2)."""
    rng = np.random.default_rng(1)
    Y, P = _slow(rng, 20_000, 40, memory), _slow(rng, 20_000, 40, other)
    w = memory * other
    wanted = max(LAGS * 2 * w / (1 - w**2), 20_000 // 200)
    blocks = matched_blocks(Y, P, np.zeros(20_000, int))
    assert wanted * 0.8 <= np.median(blocks) <= wanted * np.sqrt(2) * 1.2


def test_lengths_are_few_and_leave_blocks_to_permute():
    rng = np.random.default_rng(2)
    Y, P = _slow(rng, 400, 300, 0.9), _slow(rng, 400, 300, 0.9)
    blocks = matched_blocks(Y, P, np.repeat([0, 1], 200))
    assert len(np.unique(blocks)) <= 8
    assert blocks.max() <= 400 // 8
    assert blocks.min() >= 400 // 200


@pytest.mark.parametrize(
    ("lengths", "memory", "other"),
    [([400], 0.8, 0.8), ([120] * 8, 0.8, 0.8), ([25] * 5, 0.6, 0.6), ([150] * 4, 0.5, 0.98)],
)
def test_false_positives_are_nominal(lengths, memory, other):
    rng = np.random.default_rng(3)
    voxels = 2000
    Y = np.concatenate([_slow(rng, trs, voxels, memory) for trs in lengths])
    P = np.concatenate([_slow(rng, trs, voxels, other) for trs in lengths])
    runs = np.repeat(np.arange(len(lengths)), lengths)
    p = matched_block_test(Y, P, runs, n_draws=400, seed=0)
    low, high = binom.interval(0.999, voxels, [0.04, 0.06])
    assert low[0] <= (p <= 0.05).sum() <= high[1]


def test_each_voxel_is_tested_with_blocks_of_its_own_length():
    rng = np.random.default_rng(4)
    memory = np.repeat([0.0, 0.95], 5)
    Y = np.hstack([_slow(rng, 400, 1, m) for m in memory])
    P = np.hstack([_slow(rng, 400, 1, m) for m in memory])
    runs, settings = np.repeat([0, 1], 200), {"n_draws": 200, "seed": 0}
    blocks = matched_blocks(Y, P, runs)
    assert blocks[:5].max() < blocks[5:].min()
    p = matched_block_test(Y, P, runs, **settings)
    for voxel in (0, 9):
        one = [voxel]
        alone = block_permutation_test(
            Y[:, one], P[:, one], runs, block=int(blocks[voxel]), **settings
        )
        assert p[voxel] == alone[0]


def test_a_voxel_without_a_score_has_no_block_and_no_p():
    Y, P = np.random.default_rng(5).normal(size=(2, 60, 3))
    Y[3, 0], P[:, 2] = np.nan, 0
    runs = np.zeros(60, int)
    assert (matched_blocks(Y, P, runs) > 0).tolist() == [False, True, False]
    p = matched_block_test(Y, P, runs, n_draws=20, seed=0)
    assert np.isnan(p).tolist() == [True, False, True]
