"""From a record back to the raw files: which jobs made what this one read."""

from pathlib import Path
from typing import NamedTuple

from braid.errors import BadInput
from braid.provenance.schema import Record
from braid.provenance.shelf import Shelf, read, shelf_of


class Chain(NamedTuple):
    """A figure's record and all records upstream of it."""

    shelf: Shelf
    head: Record
    """Of the figure."""
    records: dict[str, Record]
    """By their recorded paths, the head first, then what it read from, nearest first."""
    faults: dict[str, BadInput]
    """Records that could not be read."""


def chain(record: Path, root: Path | None = None) -> Chain:
    """Read a record and all records upstream of it.

    Inputs that no job made, such as tracked tables, lead nowhere.

    Parameters
    ----------
    record
        A `*.prov.json`, wherever its folder of results is now.
    root
        Of the repository, see `braid.provenance.shelf.shelf_of`.

    Raises
    ------
    BadInput
        When the record itself cannot be read or is out of its place.
    """
    head, shelf = read(record), shelf_of(record, root)
    found, faults = {head.path: head}, {}
    queue = makers(head)
    for path in queue:
        if path not in found and path not in faults:
            try:
                found[path] = read(shelf.place(path))
            except BadInput as error:
                faults[path] = error
            else:
                queue += makers(found[path])
    return Chain(shelf, head, found, faults)


def makers(record: Record) -> list[str]:
    """Recorded paths of the records of all jobs that a job read from, each once."""
    return list(dict.fromkeys(file.made_by.record for file in record.inputs if file.made_by))
