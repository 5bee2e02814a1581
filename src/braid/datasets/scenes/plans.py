"""What is to be seen in each scene: independent draws, so that nothing tells of anything else."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from braid.datasets.scenes.garments import Garments
from braid.datasets.scenes.photos import Photo

PHOTOS = 1 / 3
"""Share of the scenes that show a photographed thing."""

EXTENT = (0.4, 0.7)  # of the side of the picture
HORIZON = (0.3, 0.7)  # from the top
CHANNELS = ("red", "green", "blue")

_LIGHTNESS, _CHROMA = (0.25, 0.75), (0.02, 0.25)
# Things as often darker as brighter than what is behind them: their shape alone tells the pixels
# nothing.
_CLOTH, _TINT = (0.3, 1.1), (0.0, 0.2)
_FALL = (0.0, 0.22)
_THIRDS = 2 * np.pi / 3 * np.arange(3)


def plan(
    garments: Garments,
    photos: Sequence[Photo],
    count: int,
    rng: np.random.Generator,
    share: float = PHOTOS,
) -> pd.DataFrame:
    """Plan scenes.

    Parameters
    ----------
    garments, photos
        What may be shown; each photograph is as often as the others.
    count
        How many scenes.
    rng
        Chooses everything.
    share
        Of the scenes that show a photograph.

    Returns
    -------
    pandas.DataFrame
        A row per scene. `photo` (whether), `item` (row of its kind) and `name`: what is shown.
        `x`, `y` (its middle, from the left and the top), `extent` (its longer side) and `horizon`,
        as shares of the side. `above_red` ... `below_blue`: the zones. `tint_red` ...: a factor on
        the brightness of the thing. `angle` (radian) and `fall`: the light is `1 + fall` at one
        end of the picture and `1 - fall` at the other.
    """
    photo = rng.permutation(np.arange(count) < round(share * count))
    item = rng.integers(len(garments.names), size=count)
    shown = np.arange(photo.sum()) % max(len(photos), 1)
    item[photo] = rng.permutation(shown)
    extent = rng.uniform(*EXTENT, count)
    x, y = extent / 2 + rng.uniform(size=(2, count)) * (1 - extent)
    table = {"photo": photo, "item": item, "name": _names(photo, item, garments, photos)}
    table |= {"x": x, "y": y, "extent": extent, "horizon": rng.uniform(*HORIZON, count)}
    lightness = rng.uniform(*_LIGHTNESS, (2, count, 1))
    table |= _columns("above", lightness[0] + _hues(_CHROMA, count, rng))
    table |= _columns("below", lightness[1] + _hues(_CHROMA, count, rng))
    table |= _columns("tint", rng.uniform(*_CLOTH, (count, 1)) + _hues(_TINT, count, rng))
    angle, fall = rng.uniform(0, 2 * np.pi, count), rng.uniform(*_FALL, count)
    return pd.DataFrame(table | {"angle": angle, "fall": fall})


def _names(
    photo: np.ndarray, item: np.ndarray, garments: Garments, photos: Sequence[Photo]
) -> list[str]:
    pairs = zip(photo.tolist(), item.tolist(), strict=True)
    return [photos[n].name if of_photo else garments.names[n] for of_photo, n in pairs]


def _hues(
    strength: tuple[float, float], count: int, rng: np.random.Generator
) -> Float[np.ndarray, "scene 3"]:
    """Departures from grey, in every direction alike."""
    hue = rng.uniform(0, 2 * np.pi, (count, 1))
    return rng.uniform(*strength, (count, 1)) * np.cos(hue - _THIRDS)


def _columns(prefix: str, colours: Float[np.ndarray, "scene 3"]) -> dict[str, np.ndarray]:
    return {f"{prefix}_{name}": colours[:, n] for n, name in enumerate(CHANNELS)}
