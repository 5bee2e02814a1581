"""Planned scenes as pixels, of any size."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8
from PIL import Image
from scipy.ndimage import binary_erosion, maximum_filter
from scipy.special import expit

from braid.datasets.scenes.garments import Garments
from braid.datasets.scenes.photos import Photo
from braid.datasets.scenes.plans import CHANNELS

_SOFT = 0.008  # width of the horizon, share of the side
_FAINTEST, _SPECK = 4, 40  # grey values: of cloth, and of dirt around it
_DARKEST = 0.12  # brightness of black cloth
_BRIGHTNESS = 0.7  # of a photograph, on average: about that of cloth


class _Scene(NamedTuple):
    """A row of the plan, as arrays."""

    centre: Float[np.ndarray, "2"]
    extent: float
    horizon: float
    zones: Float[np.ndarray, "2 3"]
    tint: Float[np.ndarray, "3"]
    light: Float[np.ndarray, "2"]


def paint(
    table: pd.DataFrame, garments: Garments, photos: Sequence[Photo], size: int
) -> UInt8[np.ndarray, "scene size size 3"]:
    """Paint scenes.

    Parameters
    ----------
    table
        Rows of a `plan` of these garments and photographs.
    garments, photos
        What is shown.
    size
        Pixels a side.
    """
    pixels = np.empty((len(table), size, size, 3), np.uint8)
    small = [_shrunk(photo.pixels, size) for photo in photos]
    shown = zip(table["photo"].tolist(), table["item"].tolist(), _scenes(table), strict=True)
    for number, (photo, item, scene) in enumerate(shown):
        picture = _zones(scene, size)
        if photo:
            thing = _lit(small[item], scene.tint.mean())
        else:
            thing = _cloth(garments.pixels[item], scene.tint)
        _paste(picture, thing, scene)
        pixels[number] = np.clip(picture * _light(scene, size) * 255, 0, 255)
    return pixels


def _scenes(table: pd.DataFrame) -> list[_Scene]:
    zones = np.stack([_colours(table, zone) for zone in ("above", "below")], axis=1)
    light = np.stack([np.cos(table["angle"]), np.sin(table["angle"])], axis=1)
    light *= table["fall"].to_numpy()[:, None] / np.sqrt(2)
    parts = (table[["x", "y"]].to_numpy(), table["extent"], table["horizon"], zones)
    return [_Scene(*row) for row in zip(*parts, _colours(table, "tint"), light, strict=True)]


def _colours(table: pd.DataFrame, prefix: str) -> Float[np.ndarray, "scene 3"]:
    return table[[f"{prefix}_{name}" for name in CHANNELS]].to_numpy()


def _shrunk(
    pixels: UInt8[np.ndarray, "height width 4"], size: int
) -> Float[np.ndarray, "rows columns 4"]:
    """Photograph no larger than is of use, since it will be resized often; of one brightness."""
    image = Image.fromarray(pixels)
    image.thumbnail((2 * size, 2 * size), Image.Resampling.BOX)
    layers = np.asarray(image) / 255
    brightness = np.average(layers[..., :3].mean(axis=-1), weights=layers[..., 3])
    layers[..., :3] *= _BRIGHTNESS / brightness
    return layers


def _lit(photo: Float[np.ndarray, "rows columns 4"], brightness: float) -> Image.Image:
    """Photograph in more or less light: its own would tell the pixels what it is."""
    return _image(photo[..., :3] * brightness, photo[..., 3:])


def _cloth(grey: UInt8[np.ndarray, "28 28"], tint: Float[np.ndarray, "3"]) -> Image.Image:
    """Garment without the black around it, which its outline is mixed with."""
    inside = binary_erosion(grey > _FAINTEST, np.ones((3, 3)))
    pure = np.where(inside, grey, maximum_filter(grey, 3))
    opacity = np.where(inside, 1, (pure > _SPECK) * grey / np.maximum(pure, 1))
    brightness = _DARKEST + (1 - _DARKEST) * pure / 255
    return _image(brightness[..., None] * tint, opacity[..., None])


def _image(
    colours: Float[np.ndarray, "rows columns 3"], opacity: Float[np.ndarray, "rows columns 1"]
) -> Image.Image:
    layers = np.concatenate([colours, opacity], axis=-1)
    return Image.fromarray(np.clip(255 * layers, 0, 255).astype(np.uint8))


def _zones(scene: _Scene, size: int) -> Float[np.ndarray, "size size 3"]:
    rows = (np.arange(size) + 0.5) / size
    below = expit((rows - scene.horizon) / max(_SOFT, 0.5 / size))[:, None]
    colours = (1 - below) * scene.zones[0] + below * scene.zones[1]
    return np.repeat(colours[:, None], size, axis=1)


def _paste(picture: Float[np.ndarray, "size size 3"], thing: Image.Image, scene: _Scene) -> None:
    """Blend the thing in, its longer side being the extent."""
    size = len(picture)
    growth = scene.extent * size / max(thing.size)
    width, height = (max(round(growth * side), 1) for side in thing.size)
    layers = np.asarray(thing.resize((width, height), Image.Resampling.BICUBIC)) / 255
    left, top = np.rint(scene.centre * size - np.array([width, height]) / 2).astype(int)
    # Enlarged outlines are soft; a steeper ramp of the opacity makes them firm again.
    opacity = np.clip((layers[..., 3:] - 0.5) * max(growth / 2, 1) + 0.5, 0, 1)
    place = picture[top : top + height, left : left + width]
    place += opacity * (layers[..., :3] - place)


def _light(scene: _Scene, size: int) -> Float[np.ndarray, "size size 1"]:
    """More light at one end of the picture than at the other."""
    along = np.linspace(-1, 1, size)
    return (1 + scene.light[0] * along + scene.light[1] * along[:, None])[..., None]
