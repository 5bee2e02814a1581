"""Weights of packages become safetensors with the names and shapes of PyTorch."""

import io

import h5py
import numpy as np
import torch
from safetensors.numpy import load_file

from braid.sources.weights import from_keras, from_state_dict


def test_a_state_dict_becomes_safetensors(tmp_path):
    file = io.BytesIO()
    weights = {"b": torch.randn(2, 3).T, "a": torch.tensor(4)}
    torch.save(weights, file)
    from_state_dict({"weights": file.getvalue()}, tmp_path)
    found = load_file(tmp_path / "model.safetensors")
    assert found.keys() == weights.keys()
    for name, tensor in weights.items():
        np.testing.assert_array_equal(found[name], tensor.numpy())


def test_convolutions_of_keras_are_turned_and_the_rest_is_left(tmp_path):
    kernel = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for path, name in {"block3/conv2d_1": "block3_conv2", "dsn1": "conv2d"}.items():
            group = file.create_group(f"{path}/vars")
            group.attrs["name"] = name
            group["0"], group["1"] = kernel, np.ones(5, np.float32)
    from_keras({"weights": content.getvalue()}, tmp_path)
    found = load_file(tmp_path / "model.safetensors")
    assert sorted(found) == ["conv3_2.bias", "conv3_2.weight"]
    assert found["conv3_2.weight"].shape == (5, 4, 2, 3)
    assert found["conv3_2.weight"][4, 3, 1, 2] == kernel[1, 2, 3, 4]
