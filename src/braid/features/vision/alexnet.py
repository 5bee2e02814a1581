"""AlexNet (Krizhevsky 2014, arXiv 1404.5997), with the layers and names of torchvision."""

from pathlib import Path

import torch
from torch import nn

from braid.features.vision.network import Network, fill, imagenet, read_weights

CLASSES = 1000
_SIDE = 6  # of the last map of features


class AlexNet(nn.Module):
    """Five convolutions, `features.0` to `features.12`, and `classifier.1` to `classifier.6`."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, 2),
            nn.Conv2d(64, 192, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, 2),
            nn.Conv2d(192, 384, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(3, 2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(_SIDE)
        self.classifier = nn.Sequential(
            nn.Dropout(),
            nn.Linear(256 * _SIDE**2, 4096),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Linear(4096, CLASSES),
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Scores of the classes of ImageNet (picture, class)."""
        return self.classifier(self.avgpool(self.features(pictures)).flatten(1))


def load(folder: Path) -> Network:
    """Load the weights of torchvision.

    Raises
    ------
    BadInput
        When they are absent, damaged, or of another network.
    """
    return imagenet(fill(AlexNet(), read_weights(folder), folder))
