"""The pictures of a simulated NSD: scenes of garments that no generator was trained on, and photos.

They are painted, seen and written in stretches, so that no more than one is in memory.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import pandas as pd
from jaxtyping import Float32

from braid.datasets import scenes
from braid.twins.nsd.vision import look

SIZE = 425  # pixels, as in NSD
STRETCH = 50  # pictures


class Album(NamedTuple):
    """What is known of the pictures.

    Attributes
    ----------
    plan
        A row per picture, of `braid.datasets.scenes.plan`.
    captions
        Five of each picture in English, of every tenth six.
    translated
        One of each picture in each further language.
    seen
        What early visual cortex is shown, of `braid.twins.nsd.vision.look`.
    """

    plan: pd.DataFrame
    captions: list[list[str]]
    translated: list[Mapping[str, str]]
    seen: Float32[np.ndarray, "picture side side 3"]


def write(path: Path, given: Mapping[str, Path], count: int, rng: np.random.Generator) -> Album:
    """Write `count` pictures as NSD has them, except that they are compressed.

    Parameters
    ----------
    path
        Of the HDF5 file.
    given
        The packages `fashion` and `tuxpaint`.
    count
        How many pictures.
    rng
        Chooses what they show.
    """
    garments = scenes.read_garments(given["fashion"], "test")
    photos = scenes.read_photos(given["tuxpaint"])
    plan = scenes.plan(garments, photos, count, rng)
    seen = []
    with h5py.File(path, "w") as file:
        shape = (1, SIZE, SIZE, 3)
        options = {"chunks": shape, "compression": "gzip", "compression_opts": 1}
        brick = file.create_dataset("imgBrick", (count, *shape[1:]), np.uint8, **options)
        for start in range(0, count, STRETCH):
            part = plan.iloc[start : start + STRETCH]
            pixels = scenes.paint(part, garments, photos, SIZE)
            brick[start : start + len(part)] = pixels
            seen.append(look(pixels))
    names, known = plan["name"].tolist(), scenes.translations(photos)
    translated = [known[name] for name in names]
    return Album(plan, _captions(names), translated, np.concatenate(seen))


def _captions(names: list[str]) -> list[list[str]]:
    said = [scenes.describe(name) for name in names]
    return [
        [*texts, f"look at this, {name}"] if number % 10 == 0 else texts
        for number, (name, texts) in enumerate(zip(names, said, strict=True))
    ]
