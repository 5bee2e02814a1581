"""Correlations within the runs that were left out."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import pearsonr

from braid.evaluation.scoring import Outcome, score

RUNS = np.repeat(["a", "b", "c"], [20, 2, 30])


@pytest.fixture
def scored(plan):
    """Score predictions of two voxels, the folds given by their left-out rows."""

    def run(Y, P, *tests):
        none = np.empty((0, 2))
        folds = [Outcome(np.array(t), P[t], np.ones(2), np.ones(2), none, {}) for t in tests]
        return score(Y, xr.Dataset({"run": ("tr", RUNS)}), folds, plan())

    return run


@pytest.fixture
def values():
    return np.random.default_rng(0).standard_normal((2, len(RUNS), 2)).astype(np.float32)


def test_each_run_is_correlated_by_itself(scored, values):
    Y, P = values
    Y[RUNS == "c"] += 10  # what differs between runs moves no correlation within
    found = scored(Y, P, range(22), range(22, 52))["r_run"]
    assert (found.dims, found.dtype) == (("run", "voxel"), np.float32)
    assert found["run"].values.tolist() == ["a", "b", "c"]
    for run, rows in (("a", slice(0, 20)), ("c", slice(22, 52))):
        expected = [pearsonr(Y[rows, v], P[rows, v]).statistic for v in range(2)]
        np.testing.assert_allclose(found.sel(run=run), expected, atol=1e-6)


def test_two_rows_a_constant_and_a_masked_voxel_have_no_correlation(scored, values):
    Y, P = values
    Y[:, 1] = np.nan
    P[RUNS == "c", 0] = 0.5
    found = scored(Y, P, range(52))["r_run"].values
    np.testing.assert_array_equal(np.isfinite(found), [[True, False], [False] * 2, [False] * 2])


def test_each_block_of_a_run_counts_where_it_is_left_out(scored, values):
    Y, P = values
    found = scored(Y, P, range(10), range(10, 20))["r_run"]
    assert found["run"].values.tolist() == ["a", "a"]
    expected = [pearsonr(Y[rows, 0], P[rows, 0]).statistic for rows in (range(10), range(10, 20))]
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-6)


def test_signal_correlates_in_every_run_and_noise_in_none(design, responses, plan, encode):
    found = encode([design], [responses], plan())[0]["r_run"]
    half = found.sizes["voxel"] // 2
    assert found[:, 1:half].mean("voxel").min() > 0.5
    assert abs(found[:, half:-1].mean()) < 0.05
    assert found[:, [0, -1]].isnull().all()
