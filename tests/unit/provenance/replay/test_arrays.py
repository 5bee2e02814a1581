"""Planted differences between two artefacts are found, measured and placed."""

import numpy as np
import pytest
import xarray as xr

from braid.provenance.replay.arrays import compare_arrays, compare_datasets
from braid.store import save

VOXELS = 4000


@pytest.fixture
def scores():
    random = np.random.default_rng(0)
    r = random.uniform(-0.2, 0.6, VOXELS).astype(np.float32)
    r[7] = np.nan
    alpha = random.choice([1, 10, 100], VOXELS).astype(np.float32)
    p = (random.integers(1, 1001, VOXELS) / 1001).astype(np.float32)
    region = np.repeat(["V1", "A1"], VOXELS // 2)
    data = {
        "r": ("voxel", r),
        "alpha": ("voxel", alpha),
        "p": ("voxel", p),
        "rows": ("voxel", np.arange(VOXELS)),
        "power": ("voxel", random.standard_normal(VOXELS)),
    }
    return xr.Dataset(data, {"region": ("voxel", region)}, {"layers": [1, 1], "rate": 0.05})


@pytest.fixture
def changed(scores):
    def change(name, voxels, by):
        other = scores.copy(deep=True)
        other[name].values[voxels] = by
        return compare_datasets(scores, other)

    return change


def test_equal_values_are_bit_equal(scores):
    assert compare_datasets(scores, scores.copy(deep=True)) == ("bit-equal", "", None)


@pytest.mark.fault(45)
def test_one_voxel_by_a_thousandth_is_beyond_and_placed(scores, changed):
    level, text, largest = changed("r", 3000, scores["r"].values[3000] + np.float32(1e-3))
    assert level == "beyond"
    assert text.startswith(
        "r: largest difference 0.001 at voxel 3000, region A1; beyond in 1 of 4,000 voxels"
    )
    assert largest == pytest.approx(1e-3, rel=1e-3)


@pytest.mark.fault(45)
def test_the_noise_of_float32_is_within_tolerance(scores, changed):
    noisy = scores["r"].values + np.float32(5e-5)
    level, text, largest = changed("r", slice(None), noisy)
    assert (level, largest) == ("within tolerance", pytest.approx(5e-5, rel=1e-2))
    assert "beyond in 0 of 4,000 voxels" in text


@pytest.mark.parametrize(("by", "level"), [(5e-11, "within tolerance"), (1e-9, "beyond")])
def test_float64_may_differ_by_1e_10(scores, changed, by, level):
    assert changed("power", 5, scores["power"].values[5] + by).level == level


@pytest.mark.fault(45)
def test_scores_of_a_flipped_voxel_are_not_compared(scores):
    other = scores.copy(deep=True)
    other["alpha"].values[[10, 20]] *= 10
    other["r"].values[[10, 20]] += np.float32(0.1)
    level, text, _ = compare_datasets(scores, other)
    assert level == "within tolerance"
    assert text == "alpha flipped in 2 of 4,000 voxels, first in voxel 10"


def test_more_flips_than_one_in_a_thousand_are_beyond(scores, changed):
    found = changed("alpha", slice(0, 5), scores["alpha"].values[:5] * 10)
    assert found.level == "beyond"
    assert found.text.startswith("alpha flipped in 5 of 4,000 voxels")


def test_p_may_jump_in_one_voxel_of_a_thousand(changed):
    assert changed("p", slice(0, 4), np.float32(0.5)).level == "within tolerance"
    assert changed("p", slice(0, 5), np.float32(0.5)).level == "beyond"


def test_a_moved_nan_is_beyond(scores):
    other = scores.copy(deep=True)
    other["r"].values[[7, 8]] = 0.1, np.nan
    level, text, largest = compare_datasets(scores, other)
    assert (level, largest) == ("beyond", np.inf)
    assert "of NaN, text or integers at voxel 7" in text


def test_integers_and_texts_must_agree(changed):
    assert changed("rows", 9, 8).level == "beyond"
    assert "region" in changed("region", 9, "A1").text


def test_weights_are_measured_by_their_largest():
    values = np.linspace(-50, 50, 2000 * 3, dtype=np.float32).reshape(3, 2000)
    weights = xr.Dataset({"coef": (("weight", "voxel"), values)})
    near, far = values.copy(), values.copy()
    near += np.float32(4e-3)
    far[:, :3] += np.float32(1e-2)
    levels = [
        compare_datasets(weights, weights.assign(coef=(("weight", "voxel"), v)))
        for v in (near, far)
    ]
    assert [found.level for found in levels] == ["within tolerance", "beyond"]
    assert "weight" in levels[1].text


def test_another_form_is_beyond(scores):
    assert "p: float32" in compare_datasets(scores, scores.drop_vars("p")).text
    short = compare_datasets(scores, scores.isel(voxel=slice(1, None)))
    assert short.level == "beyond"
    assert "3999" in short.text


def test_attributes_count(scores):
    other = compare_datasets(scores, scores.assign_attrs(layers=[1, 2]))
    assert other[:2] == ("beyond", "attribute layers: [1 1] recorded, [1 2] now")
    assert (
        compare_datasets(scores, scores.assign_attrs(rate=0.05 + 1e-6)).level == "within tolerance"
    )
    assert compare_datasets(scores, scores.assign_attrs(rate=0.06)).level == "beyond"
    assert compare_datasets(scores, scores.drop_attrs()).level == "beyond"


def test_files_are_compared_in_blocks(tmp_path, scores):
    whole = scores.assign(one=((), 3.0))
    other = whole.copy(deep=True)
    other["r"].values[3999] += 1
    for name, data in (("a", whole), ("b", other)):
        save(tmp_path / f"{name}.nc", data)
    assert "voxel 3999" in compare_arrays(tmp_path / "a.nc", tmp_path / "b.nc").text
    assert compare_arrays(tmp_path / "a.nc", tmp_path / "a.nc").level == "bit-equal"
