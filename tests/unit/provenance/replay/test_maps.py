"""The scale of a map of change, and what is said of it."""

import chains
import numpy as np
import pytest
import xarray as xr

from braid.errors import BadInput
from braid.provenance.replay.maps import LEAST, _change, _look, _title
from braid.provenance.shelf import read
from braid.store import save


@pytest.fixture
def change(tmp_path):
    """Give the change between two artefacts of the same voxels."""

    def between(recorded, again):
        for name, r in (("recorded", recorded), ("again", again)):
            values = np.asarray(r, np.float32)
            save(tmp_path / f"{name}.nc", xr.Dataset({"r": ("voxel", values)}))
        return _change(tmp_path / "recorded.nc", tmp_path / "again.nc")

    return between


def test_where_nothing_changed_the_scale_does_not_collapse(change):
    same = change([0.1, np.nan, 0.3], [0.1, np.nan, 0.3])
    unit, look = _look([same])
    low, high = look["value_limits"]
    assert (-low, high * unit) == (high, pytest.approx(LEAST))
    assert same.note == "r is the same in every voxel"


def test_the_scale_reaches_the_largest_change_both_ways_in_all_subjects(change):
    small, large = change([0.1, 0.2], [0.1, 0.201]), change([0.5, 0.2], [0.47, 0.2])
    unit, look = _look([small, large])
    assert unit == pytest.approx(0.01)
    assert np.multiply(look["value_limits"], unit) == pytest.approx([-0.03, 0.03], rel=1e-5)
    assert large.r == pytest.approx([-0.03, 0], abs=1e-7)
    assert large.note == "r differs in 1 of 2 voxels"


def test_other_voxels_are_not_subtracted(change):
    with pytest.raises(BadInput, match="another number of voxels"):
        change([0.1, 0.2], [0.1])


@pytest.mark.parametrize(("simulated", "ending"), [(True, ", simulated data"), (False, "recorded")])
def test_a_map_of_simulated_data_says_so(tmp_path, simulated, ending):
    params = {"figure": {"simulated": simulated}}
    record = read(tmp_path / chains.write(tmp_path, "map", "slices", params=params))
    assert _title(record).endswith(ending)
