"""The judge of scenes that a study trains: which thing a picture shows."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from torch import nn

from braid.errors import BadInput
from braid.features.vision.network import Network, fill, read_weights

CONFIG = "judge.json"
MIDDLE = 127.5  # of pixels from 0 to 255
GROUPS = 8  # of channels that are normalised together


class Judge(nn.Module):
    """Convolutions that halve the side, their mean over the picture, and a linear `head`.

    Parameters
    ----------
    channels
        Of each convolution.
    names
        How many things there are.
    """

    def __init__(self, channels: Sequence[int], names: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((3, *channels), channels, strict=False):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.GroupNorm(GROUPS, after)]
            layers += [nn.ReLU(), nn.MaxPool2d(2)]
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(channels[-1], names)

    def forward(
        self, pictures: Float[torch.Tensor, "picture 3 side side"]
    ) -> Float[torch.Tensor, "picture name"]:
        """Logits of the things."""
        return self.head(self.layers(pictures).mean(dim=(2, 3)))


def load(folder: Path) -> Network:
    """Load a judge that `braid.networks.diffusion.judge` trained.

    Raises
    ------
    BadInput
        When its folder is damaged.
    """
    module = Judge(_config(folder)["channels"], len(_config(folder)["names"]))
    middle = (MIDDLE, MIDDLE, MIDDLE)
    return Network(fill(module, read_weights(folder), folder), middle, middle)


def names(folder: Path) -> list[str]:
    """What the logits of a judge are of.

    Raises
    ------
    BadInput
        When its folder is damaged.
    """
    return _config(folder)["names"]


def _config(folder: Path) -> dict:
    try:
        return json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(folder, "judge", f"damaged ({error})", "train it again") from error
