"""Standardised responses against scipy, and what is masked."""

import numpy as np
import pytest
import xarray as xr
from scipy import signal, stats

from braid.datasets import responses
from braid.datasets.responses import standardise

RUNS = np.repeat(["a", "b"], [40, 30])


def recording(values, repeats=None) -> xr.Dataset:
    arrays = {"bold": (("tr", "voxel"), values)}
    if repeats is not None:
        arrays["repeats"] = (("repeat", "tr", "voxel"), repeats)
    coords = {"run": ("tr", RUNS), "i": ("voxel", np.arange(values.shape[1]))}
    return xr.Dataset(arrays, coords, {"subject": "UTS01"})


def drifting(voxels=6, seed=0):
    rng = np.random.default_rng(seed)
    return 1000 + 3 * np.arange(70)[:, None] + rng.normal(0, 5, (70, voxels))


def untouched(values, axis):
    return values


@pytest.mark.parametrize(
    ("cleaning", "clean"),
    [
        (("detrend", "zscore"), lambda v, axis: stats.zscore(signal.detrend(v, axis), axis)),
        (("zscore",), stats.zscore),
        (("detrend",), signal.detrend),
        ((), untouched),
    ],
)
def test_matches_scipy_within_each_run(cleaning, clean):
    values = drifting()
    expected = [clean(part, axis=0) for part in np.split(values, [40])]
    found = standardise(recording(values), cleaning)
    np.testing.assert_allclose(found["bold"], np.concatenate(expected), rtol=1e-6, atol=1e-5)
    assert found["bold"].dtype == np.float32
    assert found.attrs == {"subject": "UTS01", "masked_nan": 0, "masked_constant": 0}
    assert found["i"].values.tolist() == list(range(6))


def test_each_repeat_is_standardised_by_itself():
    values = drifting()
    repeats = np.stack([drifting(seed=1), 50 * drifting(seed=2)])
    found = standardise(recording(values, repeats), ("zscore",))["repeats"]
    np.testing.assert_allclose(found[1, :40], stats.zscore(repeats[1, :40]), atol=1e-5)


@pytest.mark.parametrize("where", ["bold", "repeats"])
def test_a_voxel_lost_in_a_repeat_or_in_the_mean_is_lost_everywhere(where):
    given = recording(drifting(), np.stack([drifting(seed=1), drifting(seed=2)]))
    given[where][..., 3, 4] = np.nan
    found = standardise(given, ("zscore",))
    assert np.isnan(found["bold"][:, 4]).all()
    assert np.isnan(found["repeats"][:, :, 4]).all()
    assert found.attrs["masked_nan"] == 1


def test_a_voxel_that_is_only_trend_is_constant_after_detrending():
    values = drifting()
    values[:40, 2] = 1000 + 0.1 * np.arange(40)
    assert standardise(recording(values), ("detrend", "zscore")).attrs["masked_constant"] == 1
    assert standardise(recording(values), ("zscore",)).attrs["masked_constant"] == 0


def test_the_input_is_left_alone():
    values = drifting()
    given = recording(values.copy())
    standardise(given, ("detrend", "zscore"))
    np.testing.assert_array_equal(given["bold"], values)
    assert "masked_nan" not in given.attrs


def test_voxels_beyond_one_block_are_cleaned_and_masked(monkeypatch):
    values = drifting(voxels=7)
    values[3, 6] = np.nan
    whole = standardise(recording(values), ("zscore",))
    monkeypatch.setattr(responses, "_BLOCK", 3)
    xr.testing.assert_identical(standardise(recording(values), ("zscore",)), whole)
    assert whole.attrs["masked_nan"] == 1


def test_rows_without_cleaning_keep_their_values_and_lose_broken_voxels():
    values = np.random.default_rng(0).integers(-300, 300, (70, 5)).astype(np.int16)
    values[:, 2] = 7
    rows = xr.Dataset({"bold": (("tr", "voxel"), values)}, {"run": ("tr", RUNS)})
    found = standardise(rows, ())
    assert found["bold"].dtype == np.float32
    np.testing.assert_array_equal(found["bold"].drop_isel(voxel=2), np.delete(values, 2, axis=1))
    assert np.isnan(found["bold"][:, 2]).all()
    assert found.attrs == {"masked_nan": 0, "masked_constant": 1}
