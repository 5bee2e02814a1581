"""Scenes with captions, made of pictures in Debian packages: what a generator is trained on.

Each shows one thing, a garment or a photographed thing, at some place and size before two zones of
colour that meet at a horizon. Captions name the thing only, so layout and category vary apart.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import UInt8

from braid.datasets.scenes.garments import SAID, Garments, read_garments
from braid.datasets.scenes.painting import paint
from braid.datasets.scenes.photos import LANGUAGES, Photo, read_photos
from braid.datasets.scenes.plans import PHOTOS, plan

__all__ = [
    "LANGUAGES",
    "Garments",
    "Photo",
    "Scenes",
    "compose",
    "describe",
    "paint",
    "plan",
    "read_garments",
    "read_photos",
    "translations",
]

_CAPTIONS = (
    "{}",
    "a photo of {}",
    "this is {}",
    "a picture of {} and nothing else",
    "there is {} here",
)


class Scenes(NamedTuple):
    """Pictures, and what is known of them.

    Attributes
    ----------
    pixels
        Square pictures.
    captions
        Five of each picture.
    plan
        A row per picture, as `plan` makes it: `name` says what is shown.
    """

    pixels: UInt8[np.ndarray, "picture size size 3"]
    captions: list[list[str]]
    plan: pd.DataFrame


def compose(
    garments: Garments,
    photos: Sequence[Photo],
    count: int,
    size: int,
    rng: np.random.Generator,
    share: float = PHOTOS,
) -> Scenes:
    """Make scenes.

    Parameters
    ----------
    garments, photos
        What may be shown.
    count, size
        How many pictures, of how many pixels a side.
    rng
        Chooses things, places, extents, horizons, colours and light, whatever the size.
    share
        Of the scenes that show a photographed thing.
    """
    table = plan(garments, photos, count, rng, share)
    pixels = paint(table, garments, photos, size)
    return Scenes(pixels, [describe(name) for name in table["name"]], table)


def describe(name: str) -> list[str]:
    """Five captions of a picture of the thing."""
    return [text.format(name) for text in _CAPTIONS]


def translations(photos: Sequence[Photo]) -> dict[str, Mapping[str, str]]:
    """What each thing is called in each of `LANGUAGES`: garments, and these photographs.

    Parameters
    ----------
    photos
        With the names that their package gives them.

    Returns
    -------
    dict
        Name in English, as `describe` takes it, to language to name.
    """
    return {**SAID, **{photo.name: photo.said for photo in photos}}
