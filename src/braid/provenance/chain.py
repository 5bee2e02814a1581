"""From a record back to the raw files: which jobs made what this one read."""

from collections.abc import Iterator
from pathlib import Path

from braid.errors import BadInput
from braid.provenance.schema import Record

SUFFIX = ".prov.json"


def read(path: Path) -> Record:
    """Read one record.

    Raises
    ------
    BadInput
        When it is missing or not of the form of `braid.provenance.schema`.
    """
    try:
        return Record.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            path, "record", f"not readable ({error})", "make the artefact again with its rule"
        ) from error


def chain(path: Path) -> dict[Path, Record]:
    """Read a record and all records upstream of it, nearest first.

    Parameters
    ----------
    path
        A `*.prov.json`.

    Returns
    -------
    dict
        Path of each record, once, and the record. Inputs without one, such as tracked tables, are
        not followed.
    """
    found: dict[Path, Record] = {}
    queue = [path]
    for record in queue:
        if record not in found:
            found[record] = read(record)
            queue.extend(_upstream(found[record]))
    return found


def _upstream(record: Record) -> Iterator[Path]:
    for file in record.inputs:
        path = Path(file.path)
        for candidate in (path.with_name(path.name + SUFFIX), path.with_suffix(SUFFIX)):
            if candidate.exists():
                yield candidate
                break
