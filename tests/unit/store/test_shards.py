"""Features of pictures in several files, read a block at a time."""

import h5py
import numpy as np
import pytest
import xarray as xr

from braid.errors import BadInput
from braid.store import FEATURE_BLOCK, Shards, save, shard_numbers

NUMBERS = ([0, 3, 4], [10, 12], [25])


def shard(random, numbers, features=2000):
    values = random.standard_normal((len(numbers), 2, features)).astype(np.float32)
    coords = {"image": numbers, "layer": ["half", "full"]}
    attrs = {"dataset": "nsd", "feature": "z", "shape": [4, 10, 50]}
    return xr.Dataset({"features": (("image", "layer", "feature"), values)}, coords, attrs)


@pytest.fixture
def shards(tmp_path):
    """Six pictures in three files, two layers of 2,000 features, and the same in memory."""
    random = np.random.default_rng(0)
    parts = [shard(random, numbers) for numbers in NUMBERS]
    paths = [tmp_path / f"{i}.nc" for i in range(3)]
    for path, part in zip(paths, parts, strict=True):
        save(path, part)
    return paths, xr.concat(parts, "image")


def test_shards_share_the_pictures_out():
    parts = [shard_numbers(73, 30, shard) for shard in range(3)]
    assert [len(part) for part in parts] == [30, 30, 13]
    assert [number for part in parts for number in part] == list(range(73))


@pytest.mark.parametrize("layer", [0, 1])
def test_pictures_are_found_in_any_order_more_than_once(shards, layer):
    paths, whole = shards
    wanted = np.array([25, 4, 10, 4, 0])
    with Shards(paths, "features") as found:
        rows = found.read(wanted, slice(700, 1900), layer)
        everything = found.read(found.numbers, slice(None), layer)
    expected = whole["features"].sel(image=wanted).values[:, layer, 700:1900]
    np.testing.assert_array_equal(rows, expected)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(everything, whole["features"].values[:, layer])


def test_what_the_first_shard_says_is_at_hand(shards):
    paths, whole = shards
    with Shards(paths, "features") as found:
        assert found.shape == (6, 2, 2000)
        assert found.numbers.tolist() == [0, 3, 4, 10, 12, 25]
        assert found.head["layer"].values.tolist() == ["half", "full"]
        assert found.head.attrs["feature"] == whole.attrs["feature"]
        assert "features" not in found.head


def test_a_block_of_features_lies_together_on_disk(shards):
    paths, _ = shards
    with h5py.File(paths[0]) as file:
        assert file["features"].chunks == (3, 1, FEATURE_BLOCK)


def test_a_picture_in_no_shard_is_named(shards):
    paths, _ = shards
    with (
        Shards(paths, "features") as found,
        pytest.raises(BadInput, match=r"image: 2 pictures are in no shard, first 5"),
    ):
        found.read(np.array([3, 5, 11]), slice(None))


def test_shards_of_other_features_are_refused(shards, tmp_path):
    paths, _ = shards
    save(tmp_path / "other.nc", shard(np.random.default_rng(1), [30], features=9))
    with pytest.raises(BadInput, match=r"other\.nc: feature: 2 x 9 layers and features, 2 x 2000"):
        Shards([*paths, tmp_path / "other.nc"], "features")
