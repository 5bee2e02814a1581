"""Pictures for a simulated experiment: photographed things in drawn scenes, and their captions.

Things are the photographic stamps of Tux Paint. Each picture shows one of them, at some place and
size, in a scene and under a light of its own; its captions say what is there, and where.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from braid.sources.archives import read_members

SIZE = 425  # pixels, as in NSD
CAPTIONS = 5
DARKEST = 0.45  # of the full light, at the far end of a picture

_ROOT = "usr/share/tuxpaint/stamps"
_THINGS = (
    *("animals/marsupials/koala", "animals/marsupials/kangaroo", "animals/mammals/camel/camel"),
    *("animals/mammals/rodents/squirrel", "animals/mammals/bears/bear", "animals/birds/penguin"),
    *("animals/mammals/aquatic/dolphin", "animals/mammals/equines/horse", "animals/birds/owl"),
    *("animals/mammals/equines/zebra", "animals/mammals/cats/tiger", "animals/birds/duck"),
    *("animals/mammals/bovines/sheep", "animals/mammals/bovines/cow", "animals/mammals/dogs/dog"),
    *(
        "animals/mammals/giraffe",
        "animals/mammals/elephant",
        "animals/birds/pelican",
        "animals/fish/clownfish",
    ),
    *("food/fruit/Strawberry2", "food/fruit/grapes", "food/fruit/Cherry_Stella"),
    *("food/fruit/avocado", "food/fruit/pineapple", "food/fruit/kiwi"),
    *("plants/flowers/rose", "plants/flowers/daffodil", "plants/trees/liberia-palm"),
    *("vehicles/emergency/firetruck", "vehicles/flight/balloon360", "vehicles/flight/planes/747"),
    *("vehicles/ship/walnutBoat", "vehicles/auto/truck", "vehicles/masstransit/green_korean_bus"),
    *("vehicles/cycle/pink_tricycle", "household/kettle", "household/Lightbulb"),
    *("household/tools/hammer", "household/tools/saw", "hobbies/music/string/guitar_classical"),
    *("hobbies/music/string/violin", "hobbies/music/brass/trumpet"),
    *("hobbies/music/percussion/drumkit", "clothes/hats/sombrero", "clothes/hats/tophat"),
    *("sports/basketball", "sports/soccer"),
)
_CROWDS = MappingProxyType(
    {"among orange marigolds": "plants/flowers/marigold", "among lemons": "food/fruit/lemon"}
)
_KINDS = MappingProxyType(
    {
        "animals": "an animal",
        "food": "something to eat",
        "plants": "a plant",
        "vehicles": "a vehicle",
        "household": "something in a house",
        "hobbies": "a musical instrument",
        "clothes": "a hat",
        "sports": "a ball",
    }
)
_PLAIN = MappingProxyType(
    {
        "red": (190, 40, 45),
        "green": (60, 150, 70),
        "blue": (60, 90, 190),
        "yellow": (235, 205, 70),
        "white": (240, 240, 240),
        "black": (45, 45, 45),
    }
)
_COLOURS = MappingProxyType(  # above and below the horizon
    {
        **{f"on a {name} background": (colour, colour) for name, colour in _PLAIN.items()},
        "on green grass under a blue sky": ((130, 180, 235), (70, 130, 50)),
        "on yellow sand by the blue sea": ((40, 110, 180), (225, 200, 140)),
        "on white snow under a grey sky": ((150, 155, 165), (235, 240, 245)),
    }
)
_SCENES = (*_COLOURS, *_CROWDS)
_PLACES = MappingProxyType({"on the left": 0.27, "in the middle": 0.5, "on the right": 0.73})
_EXTENTS = MappingProxyType({"small": 0.34, "large": 0.62})  # of the width of the picture


class Thing(NamedTuple):
    """A thing that can be shown: what it is (`a koala`), of which kind, and its photograph."""

    name: str
    kind: str
    photo: Image.Image


class Album(NamedTuple):
    """Pictures, and for each of them five captions, of every tenth six."""

    pixels: UInt8[np.ndarray, "picture height width 3"]
    captions: list[list[str]]


def make(archive: Path, count: int, rng: np.random.Generator) -> Album:
    """Compose `count` pictures, in which every thing appears about equally often.

    Parameters
    ----------
    archive
        The Debian package of Tux Paint's stamps.
    count
        How many pictures.
    rng
        Chooses things, places, sizes, scenes and light.
    """
    photos, texts = _read_stamps(archive)
    things = [_thing(name, texts[name], photos[name]) for name in _THINGS]
    pixels = np.empty((count, SIZE, SIZE, 3), np.uint8)
    captions = []
    for number, chosen in enumerate(rng.permutation(np.arange(count) % len(things))):
        scene, place, extent = (str(rng.choice(list(n))) for n in (_SCENES, _PLACES, _EXTENTS))
        back = Image.fromarray(_draw(scene, photos, rng))
        _paste(
            back, things[chosen].photo, _EXTENTS[extent], (_PLACES[place], rng.uniform(0.4, 0.6))
        )
        pixels[number] = _light(np.asarray(back), rng)
        said = _describe(things[chosen], scene, place, extent)
        captions.append(said if number % 10 == 0 else said[:CAPTIONS])
    return Album(pixels, captions)


def _read_stamps(archive: Path) -> tuple[dict[str, Image.Image], dict[str, str]]:
    wanted = [f"{_ROOT}/{name}" for name in (*_THINGS, *_CROWDS.values())]
    files = {f"{name}{suffix}" for name in wanted for suffix in (".png", ".txt")}
    held = dict(read_members(archive, files.__contains__))
    cut = len(_ROOT) + 1
    photos = {n[cut:]: Image.open(BytesIO(held[f"{n}.png"])).convert("RGBA") for n in wanted}
    texts = {n[cut:]: held[f"{n}.txt"].decode("utf-8").splitlines()[0] for n in wanted}
    return photos, texts


def _thing(path: str, text: str, photo: Image.Image) -> Thing:
    name = text.rstrip(".!")
    return Thing(name[0].lower() + name[1:], _KINDS[path.partition("/")[0]], photo)


def _draw(
    scene: str, photos: Mapping[str, Image.Image], rng: np.random.Generator
) -> UInt8[np.ndarray, "height width 3"]:
    if scene in _CROWDS:
        return _crowd(photos[_CROWDS[scene]], rng)
    return _grain(*_COLOURS[scene], rng)


def _grain(
    above: Sequence[int], below: Sequence[int], rng: np.random.Generator
) -> UInt8[np.ndarray, "height width 3"]:
    """Two colours that meet in the middle, with grain."""
    rows = (np.arange(SIZE) < SIZE * rng.uniform(0.4, 0.6))[:, None, None]
    colours = np.where(rows, above, below) + rng.normal(0, 6, (SIZE, SIZE, 1))
    return np.clip(colours, 0, 255).astype(np.uint8)


def _crowd(photo: Image.Image, rng: np.random.Generator) -> UInt8[np.ndarray, "height width 3"]:
    scene = Image.new("RGB", (SIZE, SIZE), (60, 90, 50))
    for place in rng.uniform(size=(45, 2)):
        _paste(scene, photo, rng.uniform(0.15, 0.25), place)
    return np.asarray(scene)


def _paste(
    scene: Image.Image, photo: Image.Image, extent: float, place: Sequence[float] | np.ndarray
) -> None:
    """Put a photograph with its middle at `place`, its longer side `extent` of the scene."""
    scale = extent * SIZE / max(photo.size)
    width, height = (max(round(scale * side), 1) for side in photo.size)
    stamp = photo.resize((width, height), Image.Resampling.LANCZOS)
    corner = (round(place[0] * SIZE - width / 2), round(place[1] * SIZE - height / 2))
    scene.paste(stamp, corner, stamp)


def _light(
    pixels: UInt8[np.ndarray, "height width 3"], rng: np.random.Generator
) -> UInt8[np.ndarray, "height width 3"]:
    """Light that falls off across the picture, which no caption mentions."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    along: Float[np.ndarray, "height width"] = (np.cos(angle) * x + np.sin(angle) * y) / np.sqrt(2)
    light = 1 - (1 - DARKEST) * (1 + along) / 2
    return (pixels * light[:, :, None]).astype(np.uint8)


def _describe(thing: Thing, scene: str, place: str, extent: str) -> list[str]:
    name, upper = thing.name, thing.name[0].upper() + thing.name[1:]
    kind = thing.kind[0].upper() + thing.kind[1:]
    return [
        f"A photo of {name} {scene}.",
        f"{upper} {place} of the picture.",
        f"There is {name}, {extent}, {scene}.",
        f"{kind}: {name}, {place}.",
        f"{upper} {scene}, {extent} and {place}.",
        f"Look at this, {name}!",
    ]
