"""The artefact format: what goes in comes out, or nothing does."""

import os

import numpy as np
import pytest
import xarray as xr

from braid.errors import BadInput
from braid.store import atomic, load, save, sha256


@pytest.fixture
def responses():
    bold = np.random.default_rng(0).standard_normal((5, 2500)).astype(np.float32)
    bold[:, 3] = np.nan
    return xr.Dataset(
        {"bold": (("tr", "voxel"), bold)},
        coords={"run": ("tr", ["a", "a", "bb", "bb", "bb"]), "time": ("tr", np.arange(5.0))},
        attrs={"subject": "UTS01", "shape": [4, 5, 6]},
    )


def test_values_names_and_attributes_survive(tmp_path, responses):
    save(tmp_path / "x.nc", responses)
    found = load(tmp_path / "x.nc", {"bold": ("tr", "voxel")}, {"subject": "UTS01"})
    xr.testing.assert_equal(found, responses)
    assert list(found.attrs["shape"]) == [4, 5, 6]
    assert found["bold"].dtype == np.float32


def test_equal_data_have_equal_bytes(tmp_path, responses):
    save(tmp_path / "x.nc", responses)
    save(tmp_path / "y.nc", responses)
    assert sha256(tmp_path / "x.nc") == sha256(tmp_path / "y.nc")


def test_voxels_are_stored_in_blocks_of_all_times(tmp_path, responses):
    save(tmp_path / "x.nc", responses)
    with xr.open_dataset(tmp_path / "x.nc", engine="h5netcdf") as stored:
        assert stored["bold"].encoding["chunksizes"] == (5, 768)


@pytest.mark.fault(5)
def test_what_reads_back_different_is_refused(tmp_path, responses, monkeypatch):
    write = xr.Dataset.to_netcdf

    def corrupt(data, path, **options):
        data = data.copy(deep=True)
        data["bold"].values[0, 2400] += 1
        return write(data, path, **options)

    monkeypatch.setattr(xr.Dataset, "to_netcdf", corrupt)
    with pytest.raises(OSError, match="read back different"):
        save(tmp_path / "x.nc", responses)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fault(29, 30)
@pytest.mark.parametrize(
    ("dims", "identity", "field"),
    [
        ({"bold": ("voxel", "tr")}, {}, "bold"),
        ({"design": ("tr", "layer", "feature")}, {}, "design"),
        ({}, {"subject": "UTS02"}, "subject"),
        ({}, {"space": "UTS01_auto"}, "space"),
    ],
)
def test_another_identity_shape_or_variable_is_refused(tmp_path, responses, dims, identity, field):
    save(tmp_path / "x.nc", responses)
    with pytest.raises(BadInput) as error:
        load(tmp_path / "x.nc", dims, identity)
    assert error.value.field == field
    assert error.value.file.endswith("x.nc")
    assert error.value.cure


@pytest.mark.fault(28)
@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_truncated_artefact_is_named(tmp_path, responses, size):
    save(tmp_path / "x.nc", responses)
    os.truncate(tmp_path / "x.nc", size)
    with pytest.raises(BadInput, match=r"x\.nc: file: not a readable artefact"):
        load(tmp_path / "x.nc")


def test_a_failed_write_leaves_nothing_and_keeps_what_was(tmp_path):
    target = tmp_path / "x.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), atomic(target) as partial:
        partial.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_artefact_can_be_for_its_owner_alone(tmp_path, responses):
    save(tmp_path / "x.nc", responses, mode=0o600)
    assert (tmp_path / "x.nc").stat().st_mode & 0o777 == 0o600
