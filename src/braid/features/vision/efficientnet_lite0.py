"""EfficientNet-lite0: EfficientNet-B0 (Tan & Le 2019, table 1) for phones.

Beside B0 it lacks squeeze and excitation, and ReLU6 takes the place of Swish.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import pad, relu6

from braid.features.vision.network import Network, fill, read_weights

# Of each stage: blocks, side of the kernel, stride of the first block, growth inside, channels out.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM, HEAD, CLASSES = 32, 1280, 1000
_GREY = (127.0, 127.0, 127.0)
_SPREAD = (128.0, 128.0, 128.0)


class _Convolution(nn.Conv2d):
    """Pads as TensorFlow does: one more at the right and the bottom where it is uneven."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        missing = [
            max((-(-size // step) - 1) * step + side - size, 0)
            for size, side, step in zip(
                input.shape[-2:], self.kernel_size, self.stride, strict=True
            )
        ]
        (top, left), (height, width) = [gap // 2 for gap in missing], missing
        return super().forward(pad(input, (left, width - left, top, height - top)))


def _convolution(given: int, made: int, side: int = 1, step: int = 1, groups: int = 1) -> nn.Conv2d:
    return _Convolution(given, made, side, step, groups=groups, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class Block(nn.Module):
    """Widens, filters each channel, narrows; added to what came in where shapes agree."""

    def __init__(self, given: int, made: int, side: int, step: int, growth: int) -> None:
        super().__init__()
        inner = given * growth
        self.widens = growth > 1
        self.adds = step == 1 and given == made
        if self.widens:
            self.expand_conv, self.bn0 = _convolution(given, inner), _norm(inner)
        self.depthwise_conv = _convolution(inner, inner, side, step, inner)
        self.bn1 = _norm(inner)
        self.project_conv, self.bn2 = _convolution(inner, made), _norm(made)

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        """Maps (picture, channel, row, column)."""
        wide = relu6(self.bn0(self.expand_conv(given))) if self.widens else given
        filtered = relu6(self.bn1(self.depthwise_conv(wide)))
        made = self.bn2(self.project_conv(filtered))
        return made + given if self.adds else made


class EfficientNetLite0(nn.Module):
    """`conv_stem`, `blocks.0` to `blocks.15`, `conv_head`, `pool` and `fc`."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_stem, self.bn0 = _convolution(3, STEM, 3, 2), _norm(STEM)
        self.blocks = nn.Sequential(*_blocks())
        self.conv_head, self.bn1 = _convolution(STAGES[-1][-1], HEAD), _norm(HEAD)
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.fc = nn.Linear(HEAD, CLASSES)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Scores of the classes of ImageNet (picture, class)."""
        stem = relu6(self.bn0(self.conv_stem(pictures)))
        head = relu6(self.bn1(self.conv_head(self.blocks(stem))))
        return self.fc(self.pool(head))


def _blocks() -> Iterator[Block]:
    channels = [STEM, *(made for *_, made in STAGES)]
    for (given, made), (count, side, step, growth, _) in zip(
        pairwise(channels), STAGES, strict=True
    ):
        yield Block(given, made, side, step, growth)
        for _ in range(count - 1):
            yield Block(made, made, side, 1, growth)


def load(folder: Path) -> Network:
    """Load the published weights, whose names begin with underscores.

    Raises
    ------
    BadInput
        When they are absent, damaged, or of another network.
    """
    weights = {re.sub(r"(^|\.)_", r"\1", k): v for k, v in read_weights(folder).items()}
    return Network(fill(EfficientNetLite0(), weights, folder), _GREY, _SPREAD)
