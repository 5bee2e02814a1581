"""Garments of Fashion-MNIST (Xiao, Rasul & Vollgraf 2017, MIT): grey, on black, 28 pixels a side.

Five of its ten classes, those that are told apart at 16 pixels: no shirt, coat and T-shirt beside
the pullover, no boot and sandal beside the sneaker.
"""

import gzip
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import UInt8

from braid.sources.archives import read_members

Part = Literal["training", "test"]

SIDE = 28
NAMES: Mapping[int, str] = MappingProxyType(
    {1: "a pair of trousers", 2: "a pullover", 3: "a dress", 7: "a sneaker", 8: "a bag"}
)
"""Label of the data set to what a caption calls it."""
SAID: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "a pair of trousers": {"fr": "un pantalon", "ja": "ズボン", "zh": "一条裤子"},
        "a pullover": {"fr": "un pull", "ja": "セーター", "zh": "一件套头衫"},
        "a dress": {"fr": "une robe", "ja": "ワンピース", "zh": "一条连衣裙"},
        "a sneaker": {"fr": "une basket", "ja": "スニーカー", "zh": "一只运动鞋"},
        "a bag": {"fr": "un sac", "ja": "バッグ", "zh": "一个包"},
    }
)
"""What captions in the languages of the photographs call it."""

_FOLDER = "usr/share/datasets/fashion-mnist"
_PREFIXES: Mapping[Part, str] = MappingProxyType({"training": "train", "test": "t10k"})
_IMAGES_HEADER, _LABELS_HEADER = 16, 8  # bytes


class Garments(NamedTuple):
    """Pictures of garments, and what each is."""

    pixels: UInt8[np.ndarray, "garment 28 28"]
    names: list[str]


def read_garments(archive: Path, part: Part) -> Garments:
    """Read the garments of five classes, 6,000 of each for training and 1,000 for test.

    Raises
    ------
    BadInput
        When the archive cannot be read.
    """
    stem = f"{_FOLDER}/{_PREFIXES[part]}"
    images, labels = f"{stem}-images-idx3-ubyte.gz", f"{stem}-labels-idx1-ubyte.gz"
    held = dict(read_members(archive, {images, labels}.__contains__))
    label = np.frombuffer(gzip.decompress(held[labels]), np.uint8, offset=_LABELS_HEADER)
    pixels = np.frombuffer(gzip.decompress(held[images]), np.uint8, offset=_IMAGES_HEADER)
    kept = np.isin(label, list(NAMES))
    return Garments(pixels.reshape(-1, SIDE, SIDE)[kept], [NAMES[n] for n in label[kept].tolist()])
