"""The convolutions of VGG-16 (Simonyan & Zisserman 2015, D), `conv1_1` to `conv5_3`."""

from pathlib import Path

from torch import nn

from braid.features.vision.network import Network, fill, read_weights

# Convolutions and channels between two poolings.
STAGES = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
MEAN = (122.67892, 116.66877, 104.00699)


def build() -> nn.Sequential:
    """Convolutions, each followed by `relu1_1` and so on, and `pool1` to `pool4` between stages."""
    layers: dict[str, nn.Module] = {}
    channels = 3
    for stage, (count, width) in enumerate(STAGES, start=1):
        for number in range(1, count + 1):
            layers[f"conv{stage}_{number}"] = nn.Conv2d(channels, width, 3, padding=1)
            layers[f"relu{stage}_{number}"] = nn.ReLU()
            channels = width
        layers[f"pool{stage}"] = nn.MaxPool2d(2)
    del layers[f"pool{len(STAGES)}"]
    network = nn.Sequential()
    for name, layer in layers.items():
        network.add_module(name, layer)
    return network


def load(folder: Path) -> Network:
    """Load weights that were trained on blue, green and red, less their means, in this order.

    Raises
    ------
    BadInput
        When they are absent, damaged, or of another network.
    """
    weights = read_weights(folder)
    network = fill(build(), weights, folder)
    first = network.get_parameter("conv1_1.weight")
    first.data = first.data.flip(1)
    return Network(network, MEAN, (1.0, 1.0, 1.0))
