"""What reconstructions begin from: decoded features, true ones, or none."""

import numpy as np
import pytest
import xarray as xr

from braid.generation.inputs import read_given
from braid.store import save

NUMBERS = np.array([4, 9, 11])


@pytest.fixture
def files(tmp_path):
    """Decoded z of three pictures, and the true z of five, in two shards."""
    decoded = np.arange(3 * 8, dtype=np.float32).reshape(3, 8)
    coords, attrs = {"image": NUMBERS}, {"shape": [2, 2, 2]}
    save(tmp_path / "z.nc", xr.Dataset({"decoded": (("image", "feature"), decoded)}, coords, attrs))
    shards = []
    for shard, numbers in enumerate(([4, 5, 9], [11, 12])):
        true = np.repeat(np.array(numbers, np.float32)[:, None, None], 8, axis=2)
        shards.append(tmp_path / f"{shard}.nc")
        held = xr.Dataset(
            {"features": (("image", "layer", "feature"), true)},
            {"image": numbers, "layer": [0]},
            attrs,
        )
        save(shards[-1], held)
    return [tmp_path / "z.nc"], shards


def test_what_was_decoded_has_its_shape_again(files):
    numbers, z, c = read_given(files, ([], []), true_features=False)
    assert numbers.tolist() == NUMBERS.tolist()
    assert z.shape == (3, 2, 2, 2)
    assert z[1].flatten().tolist() == list(range(8, 16))
    assert c is None


def test_true_features_are_those_of_the_same_pictures(files):
    _, z, _ = read_given(files, ([], []), true_features=True)
    assert z[:, 0, 0, 0].tolist() == [4, 9, 11]


def test_seeds_are_kept_beside_the_numbers(files):
    given = read_given(([], []), files, true_features=False)
    frame = given.frame(2, seed=5)
    assert given.z is None
    assert frame["seed"].shape == (3, 2)
    assert len(np.unique(frame["seed"])) == 6
    assert frame["image"].values.tolist() == NUMBERS.tolist()
