"""Standardised responses against scipy, and what is masked."""

import numpy as np
import pytest
import xarray as xr
from scipy import signal, stats

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


@pytest.mark.parametrize("detrend", [True, False])
def test_matches_scipy_within_each_run(detrend):
    values = drifting()
    kind = "linear" if detrend else "constant"
    expected = [stats.zscore(signal.detrend(v, axis=0, type=kind)) for v in np.split(values, [40])]
    found = standardise(recording(values), detrend)
    np.testing.assert_allclose(found["bold"], np.concatenate(expected), atol=1e-5)
    assert found["bold"].dtype == np.float32
    assert found.attrs == {"subject": "UTS01", "masked_nan": 0, "masked_constant": 0}
    assert found["i"].values.tolist() == list(range(6))


def test_each_repeat_is_standardised_by_itself():
    values = drifting()
    repeats = np.stack([drifting(seed=1), 50 * drifting(seed=2)])
    found = standardise(recording(values, repeats), detrend=False)["repeats"]
    np.testing.assert_allclose(found[1, :40], stats.zscore(repeats[1, :40]), atol=1e-5)


def test_a_voxel_lost_in_a_repeat_is_lost_everywhere():
    repeats = np.stack([drifting(seed=1), drifting(seed=2)])
    repeats[1, 3, 4] = np.nan
    found = standardise(recording(drifting(), repeats), detrend=False)
    assert np.isnan(found["bold"][:, 4]).all()
    assert np.isnan(found["repeats"][:, :, 4]).all()
    assert found.attrs["masked_nan"] == 1


def test_a_voxel_that_is_only_trend_is_constant_after_detrending():
    values = drifting()
    values[:40, 2] = 1000 + 0.1 * np.arange(40)
    assert standardise(recording(values), detrend=True).attrs["masked_constant"] == 1
    assert standardise(recording(values), detrend=False).attrs["masked_constant"] == 0


def test_the_input_is_left_alone():
    values = drifting()
    given = recording(values.copy())
    standardise(given, detrend=True)
    np.testing.assert_array_equal(given["bold"], values)
    assert "masked_nan" not in given.attrs
