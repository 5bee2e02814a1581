"""An artefact that was made again beside the recorded one, or beside the digest that is left."""

from collections.abc import Callable
from pathlib import Path

from braid.provenance import files
from braid.provenance.replay.arrays import compare_arrays
from braid.provenance.replay.levels import BEYOND, EQUAL, UNKNOWN, Difference
from braid.provenance.replay.pictures import compare_pictures
from braid.provenance.replay.tables import compare_tables, compare_texts
from braid.provenance.schema import File

KINDS: dict[str, Callable[[Path, Path], Difference]] = {
    ".nc": compare_arrays,
    ".csv": compare_tables,
    ".png": compare_pictures,
}


def compare(recorded: File, place: Path, made: File, again: Path) -> Difference:
    """Compare one artefact; where either file was temporary, its digest.

    Parameters
    ----------
    recorded, made
        What the records say of the file, the old one and the new one.
    place, again
        Where the recorded file is now, and the one that was made again.
    """
    reproduced = made.sha256 == recorded.sha256
    if not place.exists() or not again.exists():
        return _by_digest(reproduced)
    try:
        kept = files.described(place, recorded.role)
        found = _apart(kept, place, made, again)
    except (OSError, ValueError) as error:
        return Difference(BEYOND, f"the recorded file cannot be read ({error})")
    return found if kept.sha256 == recorded.sha256 else _changed(found, reproduced)


def _by_digest(reproduced: bool) -> Difference:
    if reproduced:
        return Difference(EQUAL, "by its digest; the file is not kept")
    return Difference(UNKNOWN, "the file is not kept, and its digest is another")


def _apart(kept: File, place: Path, made: File, again: Path) -> Difference:
    if kept.sha256 == made.sha256:
        return Difference(EQUAL)
    if made.files is not None:
        return _members(kept.files or {}, made.files)
    return KINDS.get(place.suffix, compare_texts)(place, again)


def _members(kept: dict[str, str], made: dict[str, str]) -> Difference:
    """Count the files of a folder that differ."""
    names = [k for k in sorted(kept.keys() | made.keys()) if kept.get(k) != made.get(k)]
    return Difference(BEYOND, f"{len(names)} of {len(kept)} files differ, first {names[0]}")


def _changed(found: Difference, reproduced: bool) -> Difference:
    """Say of a recorded file that it is not any more what its job wrote."""
    remark = "the recorded file was changed after its job"
    if reproduced:
        remark += ", and what it wrote was made again to the bit"
    return found._replace(text=f"{remark}; {found.text}".removesuffix("; "))
