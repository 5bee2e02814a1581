from itertools import chain

import numpy as np
import pytest
import torch

from braid.features.diffusion.batches import BATCH, batches, gather

CPU = torch.device("cpu")


def test_stretches_follow_each_other_and_are_no_longer_than_a_batch():
    stretches = [stretch for stretch, _ in batches(21, CPU, lambda stretch: None)]
    assert [(s.start, s.stop) for s in stretches] == [(0, 8), (8, 16), (16, 21)]
    assert BATCH["cpu"] == 8


def _room_for(most):
    def work(stretch):
        if stretch.stop - stretch.start > most:
            raise torch.OutOfMemoryError
        return list(range(stretch.start, stretch.stop))

    return work


def test_what_does_not_fit_passes_in_halves():
    parts = [done for _, done in batches(21, CPU, _room_for(3))]
    assert [*chain(*parts)] == [*range(21)]
    assert {len(part) for part in parts} == {2, 1}


def test_no_room_for_one_is_an_error():
    with pytest.raises(torch.OutOfMemoryError):
        list(batches(3, CPU, _room_for(0)))


def test_layers_are_flattened_and_know_their_shape():
    numbers, layers = np.array([5, 7, 11] * 4), np.array([0.2, 0.8])

    def work(part):
        return torch.from_numpy(part)[:, None, None, None] * torch.arange(12.0).reshape(2, 3, 2)

    found = gather(numbers, layers, CPU, work)
    assert found["features"].dims == ("image", "layer", "feature")
    assert found["features"].dtype == np.float32
    assert found.attrs["shape"] == (3, 2)
    expected = numbers[:, None, None] * np.arange(12.0).reshape(2, 6)
    np.testing.assert_array_equal(found["features"], expected)
    np.testing.assert_array_equal(found["layer"], layers)
    np.testing.assert_array_equal(found["image"], numbers)
