"""Photographed things of Tux Paint (GPL-2.0), cut out, with what they are called in many languages.

Five that are told apart at 24 pixels, whose names give no colour.
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from braid.sources.archives import read_members

LANGUAGES: Mapping[str, str] = MappingProxyType({"fr": "fr", "ja": "ja", "zh": "zh_CN"})
"""Language beside English to its name in the package."""

_ROOT = "usr/share/tuxpaint/stamps"
_THINGS = (
    *("animals/mammals/elephant", "food/fruit/Strawberry2", "plants/flowers/daffodil"),
    *("vehicles/flight/balloon360", "sports/soccer"),
)


class Photo(NamedTuple):
    """A thing that can be shown.

    Attributes
    ----------
    name
        In English, with its article: `an elephant`.
    pixels
        Colours and opacity, without an empty margin.
    said
        What it is called in each of `LANGUAGES`.
    """

    name: str
    pixels: UInt8[np.ndarray, "height width 4"]
    said: Mapping[str, str]


def read_photos(archive: Path) -> list[Photo]:
    """Read the five things.

    Raises
    ------
    BadInput
        When the archive cannot be read.
    """
    files = {f"{_ROOT}/{thing}{suffix}" for thing in _THINGS for suffix in (".png", ".txt")}
    held = dict(read_members(archive, files.__contains__))
    stems = [f"{_ROOT}/{thing}" for thing in _THINGS]
    return [_photo(held[f"{stem}.png"], held[f"{stem}.txt"].decode("utf-8")) for stem in stems]


def _photo(png: bytes, text: str) -> Photo:
    """Read a picture and its text: the name in English, then a line for each other language."""
    english, *lines = text.splitlines()
    names = {key: name for key, _, name in (line.partition(".utf8=") for line in lines)}
    image = Image.open(BytesIO(png)).convert("RGBA")
    pixels = np.asarray(image.crop(image.getchannel("A").getbbox()))
    said = {language: _plain(names[key]) for language, key in LANGUAGES.items()}
    return Photo(_plain(english), pixels, said)


def _plain(sentence: str) -> str:
    """Without what ends a sentence, and without its capital."""
    name = sentence.strip().rstrip(".!。！")
    return name[0].lower() + name[1:]
