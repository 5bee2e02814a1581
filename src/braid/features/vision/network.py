"""A network with its weights, and what it makes of pixels before its first layer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from braid.errors import BadInput

Channels = tuple[float, float, float]


@dataclass(frozen=True)
class Network:
    """A network, and the mean and spread of red, green and blue that it was trained with.

    Attributes
    ----------
    module
        Takes pictures (picture, channel, row, column).
    mean, spread
        Of pixels from 0 to 255: taken off, and divided by.
    """

    module: torch.nn.Module
    mean: Channels
    spread: Channels


def imagenet(module: torch.nn.Module) -> Network:
    """Give a network that was trained as those of torchvision."""
    mean, spread = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    return Network(module, _to_pixels(mean), _to_pixels(spread))


def _to_pixels(values: Channels) -> Channels:
    red, green, blue = values
    return 255 * red, 255 * green, 255 * blue


def read_weights(folder: Path) -> dict[str, torch.Tensor]:
    """Read the weights of a fetched model by name.

    Raises
    ------
    BadInput
        When they are absent or damaged.
    """
    try:
        return load_file(folder / "model.safetensors")
    except (OSError, SafetensorError) as error:
        raise BadInput(folder, "model", str(error), "fetch the model again") from error


def fill(
    module: torch.nn.Module, weights: Mapping[str, torch.Tensor], folder: Path
) -> torch.nn.Module:
    """Put weights in their places; each has one, and none is left over.

    Raises
    ------
    BadInput
        When they are those of another network.
    """
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:
        problem = " ".join(str(error).split())
        cure = "name the network that these weights are of in config/models.tsv"
        raise BadInput(folder, "weights", problem, cure) from error
    return module
