"""Scores against chance: the same in shards as in one, and with their calibration."""

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
import xarray as xr
from scipy.signal import lfilter
from scipy.stats import pearsonr

from braid.evaluation.chance import HELPERS, finish, of_noise, voxelwise
from braid.fitting import circular_shift_test, fdr
from braid.fitting.nulls import POOLED, block_permutation_test
from braid.fitting.nulls.calibration import sampled
from braid.study.chance import Chance, Null

VOXELS, SEGMENTS = 1100, np.repeat(["0/a", "0/b", "1/c"], 60)


@pytest.fixture(scope="module")
def data():
    """A tenth of the voxels follow their prediction; one is masked."""
    rng = np.random.default_rng(0)
    Y, P = (
        np.concatenate([_slow(rng, 60, VOXELS) for _ in range(3)]).astype(np.float32)
        for _ in range(2)
    )
    Y[:, ::10] += P[:, ::10]
    Y[:, 3] = np.nan
    return Y, P


def _slow(rng, trs, voxels):
    return lfilter([1], [1, -0.7], rng.normal(size=(trs + 100, voxels)), axis=0)[100:]


def _scored(data, chance, edges=(0, VOXELS)):
    """Scores of all voxels, gathered from shards between these edges; noise is Y and P unpaired."""
    Y, P = data
    name = of_noise(chance)
    noise = np.where(sampled(VOXELS), np.roll(Y, 1, axis=1), np.nan)
    arrays = {}
    for key, responses in (("", Y), (name[1], noise)):
        shards = [
            voxelwise(responses[:, a:b], P[:, a:b], SEGMENTS, 1, chance, 0, 2.0)
            for a, b in pairwise(edges)
        ]
        whole = {one: np.concatenate([shard[one] for shard in shards]) for one in shards[0]}
        arrays |= {key: whole[name[0]]} if key else whole
    found = {name: ("voxel", values.astype(np.float32)) for name, values in arrays.items()}
    return finish(xr.Dataset({"r": ("voxel", np.zeros(VOXELS)), **found}), chance)


@pytest.mark.parametrize("kind", get_args(Null))
def test_shards_give_the_same_bits_and_the_same_card(data, kind):
    chance = Chance(kind=kind, n_draws=50)
    whole = _scored(data, chance)
    xr.testing.assert_identical(whole, _scored(data, chance, (0, 1, 2, 400, 1037, VOXELS)))
    assert not set(HELPERS) & set(whole)
    assert set(whole) == {"r", "p", "q"}
    assert np.flatnonzero(np.isnan(whole["p"].values)).tolist() == [3]
    assert whole["p"].values[::10].mean() < 0.1 < whole["p"].values[1::10].mean()
    assert whole.attrs["chance"] == kind
    assert whole.attrs["false_positives_n"] == pytest.approx(1000, abs=3)


def test_the_default_is_the_circular_shift_test_with_bh(data):
    Y, P = data
    scores = _scored(data, Chance(n_draws=99))
    p = circular_shift_test(Y, P, SEGMENTS, n_draws=99, seed=0).astype(np.float32)
    np.testing.assert_array_equal(scores["p"].values, p)
    np.testing.assert_array_equal(scores["q"].values, fdr(p).astype(np.float32))
    assert scores.attrs["correction"] == "bh"


def test_by_is_stricter_than_bh(data):
    bh, by = (_scored(data, Chance(n_draws=99, correction=one)) for one in ("bh", "by"))
    assert (bh["q"] < 0.5).sum() > (by["q"] < 0.5).sum()


@pytest.mark.parametrize("kind", ["circular_shift", "block_permutation"])
def test_the_card_is_that_of_noise_and_not_of_the_responses(data, kind):
    card = _scored(data, Chance(kind=kind, n_draws=200)).attrs
    assert card["false_positives_low"] <= 0.05 <= card["false_positives_high"]
    assert card["false_positives"] == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize("kind", ["denk2023", "litcoder", "luo2025"])
def test_the_card_of_a_test_of_white_noise_is_liberal(data, kind):
    assert _scored(data, Chance(kind=kind, n_draws=1000)).attrs["false_positives_low"] > 0.08


def test_blocks_in_seconds_become_trs(data):
    Y, P = data
    scores = _scored(data, Chance(kind="block_permutation", n_draws=50, block=20))
    p = block_permutation_test(Y, P, SEGMENTS, block=10, n_draws=50, seed=0)
    np.testing.assert_array_equal(scores["p"].values, p.astype(np.float32))


def test_the_pool_is_that_of_all_voxels(data):
    Y, P = data
    scores = _scored(data, Chance(kind="drama2brain"))
    order = np.random.default_rng(0).permutation(18)
    rows = np.arange(180).reshape(18, 10)[order].ravel()
    kept = np.arange(VOXELS) != 3
    pool = pearsonr(Y[rows][:, kept], P[:, kept], axis=0).statistic
    r = pearsonr(Y[:, 7], P[:, 7]).statistic
    assert scores["p"].values[7] == pytest.approx((pool > r).mean(), abs=1e-6)
    assert set(POOLED) == {"drama2brain", "luo2025"}


def test_predictions_that_are_all_flat_have_no_p_and_no_card():
    Y, flat = np.random.default_rng(0).normal(size=(180, 5)), np.zeros((180, 5))
    chance = Chance(n_draws=10)
    found = voxelwise(Y, flat, SEGMENTS, 1, chance, 0, 2.0)
    found["calibration_p"] = found["p"]
    scores = finish(xr.Dataset({k: ("voxel", v) for k, v in found.items()}), chance)
    assert np.isnan(scores["q"].values).all()
    assert scores.attrs["false_positives_n"] == 0
