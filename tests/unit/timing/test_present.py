"""Features of pictures brought to the trials that showed them."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from braid.errors import BadInput
from braid.store import Shards, save
from braid.timing import Stimulus, present

FEATURES = 1000
PICTURES = [3, 5, 6, 20, 21, 40]


def trials(shown):
    """Two sessions of as many trials."""
    half = len(shown) // 2
    runs = np.repeat(["session01", "session02"], half)
    clock = np.tile(np.arange(half, dtype=float), 2)
    text = [str(number) for number in shown]
    events = pd.DataFrame({"run": runs, "onset": clock - 0.5, "offset": clock + 0.5, "label": text})
    return Stimulus(events, {"session01": clock[:half], "session02": clock[:half]})


@pytest.fixture
def features():
    random = np.random.default_rng(0)
    values = 5 + 3 * random.standard_normal((len(PICTURES), 2, FEATURES)).astype(np.float32)
    values[:, 1, 900] = 7
    coords = {"image": PICTURES, "layer": [0.2, 0.8]}
    attrs = {"dataset": "nsd", "feature": "zc", "shape": [10, 10, 10]}
    return xr.Dataset({"features": (("image", "layer", "feature"), values)}, coords, attrs)


@pytest.fixture
def shown(tmp_path):
    """Cut features into two shards and present them."""

    def show(features, stimulus):
        paths = [tmp_path / "0.nc", tmp_path / "1.nc"]
        for path, part in zip(paths, (slice(0, 4), slice(4, None)), strict=True):
            save(path, features.isel(image=part))
        with Shards(paths, "features") as shards:
            return present(shards, stimulus)

    return show


def test_each_trial_has_the_features_of_its_picture_z_scored_over_all(features, shown):
    seen = [5, 40, 3, 5, 21, 3, 5, 20]
    design = shown(features, trials(seen))
    raw = features["features"].sel(image=seen).values.astype(float)
    raw[0, 1, 900] += 1  # else its z-score is not defined
    expected = stats.zscore(raw, axis=0)
    expected[:, 1, 900] = 0
    np.testing.assert_allclose(design["design"], expected, atol=1e-5)
    assert design["design"].dtype == np.float32
    assert design["design"].dims == ("tr", "layer", "feature")


def test_rows_say_session_time_and_picture(features, shown):
    design = shown(features, trials([5, 40, 3, 5]))
    assert design["run"].values.tolist() == ["session01"] * 2 + ["session02"] * 2
    assert design["time"].values.tolist() == [0, 1, 0, 1]
    assert design["image"].values.tolist() == [5, 40, 3, 5]
    assert design["layer"].values.tolist() == [0.2, 0.8]
    assert (design.attrs["feature"], design.attrs["clock"]) == ("zc", "tr")


def test_it_can_be_stored(features, shown, tmp_path):
    save(tmp_path / "design.nc", shown(features, trials([5, 40, 3, 5])))


def test_a_picture_that_nobody_has_embedded_is_named(features, shown):
    with pytest.raises(BadInput, match="1 pictures are in no shard, first 4"):
        shown(features, trials([5, 4, 3, 5]))


def test_a_feature_that_is_not_finite_is_named(features, shown):
    features["features"].values[3, 1, 800] = np.nan
    assert shown(features, trials([5, 3, 6, 40]))["design"].notnull().all()
    with pytest.raises(BadInput, match=r"features zc of nsd: picture 20, layer 0\.8, feature 800"):
        shown(features, trials([5, 3, 20, 40]))


def test_memory_is_the_result_and_a_block(tmp_path):
    random = np.random.default_rng(0)
    values = random.standard_normal((60, 1, 20 * 768)).astype(np.float32)
    dims = ("image", "layer", "feature")
    save(
        tmp_path / "a.nc",
        xr.Dataset({"features": (dims, values)}, {"image": range(60), "layer": [0]}),
    )
    stimulus = trials(random.integers(0, 60, 600))
    with Shards([tmp_path / "a.nc"], "features") as shards:
        tracemalloc.start()
        design = present(shards, stimulus)["design"]
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 1.5 * design.nbytes
