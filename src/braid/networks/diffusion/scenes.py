"""The scenes that a generator and its judge are trained on; they share no garment."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8

from braid.datasets import scenes
from braid.study.generators import OnScenes

CAPTIONS = 5  # of every picture; some have one more
TRAINED = 0.9  # share of the garments that are trained on; the others stop training


class Described(NamedTuple):
    """Pictures, the captions of each (as many of all), and what each shows."""

    pixels: UInt8[np.ndarray, "picture side side 3"]
    captions: Sequence[Sequence[str]]
    names: Sequence[str]


def make_scenes(
    garments: Path, photos: Path, spec: OnScenes, seed: int, *, half: int
) -> tuple[Described, Described]:
    """Compose scenes to train on, and to stop by.

    Parameters
    ----------
    garments, photos
        The packages of Fashion-MNIST and of Tux Paint's stamps.
    spec
        How many scenes, and their side.
    seed
        Of the scenes.
    half
        0 or 1: which garments are shown, every other one. Photographs are the same in both: there
        is one of each thing.
    """
    every = scenes.read_garments(garments, "training")
    own = scenes.Garments(every.pixels[half::2], every.names[half::2])
    things = scenes.read_photos(photos)
    counts = (spec.scenes, spec.held_out)
    made = [
        scenes.compose(part, things, count, spec.size, np.random.default_rng([seed, half, number]))
        for number, (part, count) in enumerate(zip(_parts(own), counts, strict=True))
    ]
    first, second = (
        Described(one.pixels, [said[:CAPTIONS] for said in one.captions], list(one.plan["name"]))
        for one in made
    )
    return first, second


def _parts(garments: scenes.Garments) -> tuple[scenes.Garments, scenes.Garments]:
    """Garments to train on, and others to stop by."""
    cut = round(TRAINED * len(garments.names))
    return (
        scenes.Garments(garments.pixels[:cut], garments.names[:cut]),
        scenes.Garments(garments.pixels[cut:], garments.names[cut:]),
    )
