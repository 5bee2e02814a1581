"""What every test of chance owes: the same bits however voxels are split, and NaN where masked."""

import typing
from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import lfilter

from braid.fitting.nulls import POOLED, TESTS
from braid.study.chance import Null

SETTINGS = {"n_draws": 40, "seed": 0}
VOXELS = 70


@pytest.fixture(params=[np.float32, np.float64])
def data(request):
    rng = np.random.default_rng(0)
    Y, P = lfilter([1], [1, -0.7], rng.normal(size=(2, 301, VOXELS)), axis=1).astype(request.param)
    return Y, P, np.repeat(["a", "b", "c"], [100, 100, 101])


def test_a_study_can_ask_for_every_test_and_no_other():
    assert set(typing.get_args(Null)) == set(TESTS) | set(POOLED)


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("splits", [[1, 2, 3], [35], [64], range(1, VOXELS)])
def test_any_split_of_the_voxels_gives_the_same_bits(data, name, splits):
    Y, P, runs = data
    whole = TESTS[name](Y, P, runs, **SETTINGS)
    edges = [0, *splits, VOXELS]
    parts = [TESTS[name](Y[:, a:b], P[:, a:b], runs, **SETTINGS) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert len(np.unique(whole)) > 10


@pytest.mark.parametrize("name", TESTS)
def test_memory_order_gives_the_same_bits(data, name):
    Y, P, runs = data
    turned = TESTS[name](np.asfortranarray(Y), np.asfortranarray(P), runs, **SETTINGS)
    np.testing.assert_array_equal(turned, TESTS[name](Y, P, runs, **SETTINGS))


@pytest.mark.parametrize("name", TESTS)
def test_a_masked_voxel_is_nan_and_touches_no_other(data, name):
    Y, P, runs = data
    clean = TESTS[name](Y, P, runs, **SETTINGS)
    Y[7, 3], P[:, 5] = np.nan, 2
    masked = TESTS[name](Y, P, runs, **SETTINGS)
    assert np.flatnonzero(np.isnan(masked)).tolist() == [3, 5]
    kept = np.isfinite(masked)
    np.testing.assert_array_equal(masked[kept], clean[kept])


@pytest.mark.parametrize("name", ["circular_shift", "block_permutation", "huthlab", "denk2023"])
def test_the_seed_decides(data, name):
    Y, P, runs = data
    first, again, other = (TESTS[name](Y, P, runs, n_draws=40, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
