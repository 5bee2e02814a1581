"""Weights of networks for pictures, as a folder with model.safetensors."""

import io
from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
from safetensors.numpy import save_file

from braid.sources import state_dict


def from_state_dict(members: Mapping[str, bytes], folder: Path) -> None:
    """Write the tensors of a state dict of PyTorch; nothing of it is unpickled.

    Parameters
    ----------
    members
        `weights`: the file.
    folder
        Where to write.

    Raises
    ------
    BadInput
        When it is no plain state dict.
    """
    save_file(state_dict.read(members["weights"]), folder / "model.safetensors")


def from_keras(members: Mapping[str, bytes], folder: Path) -> None:
    """Write the convolutions of a network of Keras, named and laid out as PyTorch does.

    Parameters
    ----------
    members
        `weights`: the file, in HDF5; every convolution is a group `vars` with the attribute `name`,
        such as `block1_conv2`, the kernel (row, column, input, output) and the bias.
    folder
        Where to write: `conv1_2.weight` (output, input, row, column), and `conv1_2.bias`.
    """
    found: dict[str, np.ndarray] = {}

    def take(path: str, item: h5py.Group | h5py.Dataset) -> None:
        name = str(item.attrs.get("name", ""))
        if isinstance(item, h5py.Group) and name.startswith("block"):
            name = name.removeprefix("block").replace("_conv", "_")
            kernel, bias = np.asarray(item["0"]), np.asarray(item["1"])
            found[f"conv{name}.weight"] = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
            found[f"conv{name}.bias"] = bias

    with h5py.File(io.BytesIO(members["weights"])) as file:
        file.visititems(take)
    save_file(found, folder / "model.safetensors")
