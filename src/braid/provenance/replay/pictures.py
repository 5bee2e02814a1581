"""Two PNG files compared pixel by pixel, the foot with the passport apart."""

from pathlib import Path

import numpy as np
from PIL import Image

from braid.drawing.passport import DPI, FOOTER, KEY
from braid.provenance.replay.levels import BEYOND, FLIPS, WITHIN, Difference

FOOT = round(FOOTER * DPI)
STEPS = 8
"""Levels of 255 that a pixel may move: two steps of a colour map."""


def compare_pictures(recorded: Path, again: Path) -> Difference:
    """Say how many pixels differ, and by how much; 0.1 % may by more than two steps of colour.

    The foot does not count when the passports in it differ.
    """
    (one, passport), (other, new) = (_opened(path) for path in (recorded, again))
    if one.shape != other.shape:
        return Difference(BEYOND, f"{_size(one)} pixels recorded, {_size(other)} now")
    rows = slice(None) if passport == new else slice(0, -FOOT)
    apart = np.abs(one[rows].astype(int) - other[rows].astype(int)).max(axis=-1)
    level = WITHIN if (apart > STEPS).mean() <= FLIPS else BEYOND
    text = f"{(apart > 0).mean():.2%} of the pixels differ, by at most {apart.max()} of 255"
    remark = "" if passport == new else "; the foot with another passport left out"
    return Difference(level, text + remark, float(apart.max()))


def _opened(path: Path) -> tuple[np.ndarray, str | None]:
    """Colours, and the passport if it was not lost."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGBA")), picture.info.get(KEY)


def _size(colours: np.ndarray) -> str:
    return f"{colours.shape[1]} x {colours.shape[0]}"
