"""From a figure, wherever it was copied and whatever became of it, to the record of its job."""

import json
from pathlib import Path

from PIL import UnidentifiedImageError

from braid.drawing import passport
from braid.errors import BadInput
from braid.provenance.files import look
from braid.provenance.shelf import SUFFIX, makers_of

# Bits of 256 that may differ: a copy in another format has a few, other figures many.
ALIKE = 16


def record_of(file: Path, results: Path) -> Path:
    """Find the record of a figure or of any other artefact.

    An artefact has its record beside it. A copy of a figure carries a passport; a picture that
    lost it, such as a screenshot, is recognised by its look.

    Parameters
    ----------
    file
        PNG, SVG, CSV or HTML as `draw` wrote it, under whatever name, a copy in another format, or
        an artefact in its place.
    results
        The folder of results.

    Raises
    ------
    BadInput
        When the file is not there, or there is no such record.
    """
    if not file.exists():
        raise BadInput(file, "file", "not there", "name a figure or an artefact")
    beside = next((record for record, _ in makers_of(file)), None)
    return beside or _by_passport(file, results) or _by_look(file, results) or _unknown(file)


def _by_passport(file: Path, results: Path) -> Path | None:
    try:
        line = f'"passport": "{passport.read(file)}"'
    except (BadInput, UnidentifiedImageError):
        return None
    return next((path for path in _records(results) if line in path.read_text("utf-8")), None)


def _by_look(file: Path, results: Path) -> Path | None:
    try:
        seen = look(file)
    except UnidentifiedImageError:
        return None
    found = [
        (_distance(seen, written["look"]), path)
        for path in _records(results)
        for written in json.loads(path.read_text("utf-8"))["outputs"]
        if written["look"]
    ]
    distance, path = min(found, default=(ALIKE + 1, file))
    return path if distance <= ALIKE else None


def _records(results: Path) -> list[Path]:
    """Records of all figures, and of the report; what stands in them is for others to check."""
    return sorted([*results.glob(f"*/figures/**/*{SUFFIX}"), *results.glob(f"*{SUFFIX}")])


def _distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _unknown(file: Path) -> Path:
    raise BadInput(
        file,
        passport.KEY,
        "no record of this file among the results",
        "run this where the results of its run are, or make the figure again",
    )
