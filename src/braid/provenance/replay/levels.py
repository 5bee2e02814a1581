"""How near an artefact that was made again comes to the recorded one."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Level = Literal["bit-equal", "within tolerance", "digest differs", "beyond"]

EQUAL: Level = "bit-equal"
WITHIN: Level = "within tolerance"
UNKNOWN: Level = "digest differs"
"""Nothing but a digest is left of the recorded file: how far away it was cannot be said."""
BEYOND: Level = "beyond"
ORDER: tuple[Level, ...] = (EQUAL, WITHIN, UNKNOWN, BEYOND)

FLIPS = 1e-3
"""Share of voxels, or of pixels, that may differ by any amount: penalties in a near tie flip."""
SUMMARY = 1e-4
"""Of numbers in tables and attributes, which sum up scores in float32."""


class Difference(NamedTuple):
    """What differs most."""

    level: Level
    text: str = ""
    """What, by how much, and where; empty when nothing differs."""
    largest: float | None = None
    """In the unit of the variable, or levels of 255 of a picture; None where not measured."""


class Comparison(NamedTuple):
    """One artefact, recorded and made again."""

    path: str
    """As recorded."""
    rule: str
    difference: Difference


def worst(found: Iterable[Difference]) -> Difference:
    """Return the difference of the highest level, and of those the largest."""
    return max(found, key=_severity, default=Difference(EQUAL))


def _severity(difference: Difference) -> tuple[int, float]:
    return ORDER.index(difference.level), difference.largest or 0.0
