"""What a crate holds, what it only names, and why."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from braid.errors import BadInput
from braid.provenance.chain import Chain, makers
from braid.provenance.crate import whence
from braid.provenance.crate.private import is_private
from braid.provenance.schema import File, Record
from braid.provenance.shelf import AGAIN, Shelf
from braid.store import sha256

ELSEWHERE = "left out; --data takes along what may be passed on"
LICENSED = "under a licence that forbids to pass it on, or made from such data"
WEIGHTS = "weights: to be had where they are pinned"
PRIVATE = "names places of the machine that ran it, or a secret of it"
GONE = "no longer among the results"
# What these write are the data themselves, and who asks for it by name does not get it either.
HOLDERS = ("fetch", "respond")


class Item(NamedTuple):
    """One file or folder: in the crate, or only named in it."""

    path: str
    sha256: str
    size: int | None
    """In bytes."""
    source: Path | bytes | None
    """Where it is to be copied from; None when it is only named."""
    why: str = ""
    """It is only named."""
    folder: bool = False


class Contents(NamedTuple):
    """All that the records of some figures speak of."""

    shelf: Shelf
    heads: list[Record]
    """Of the figures."""
    records: dict[str, Record]
    """By path: those of the figures and all upstream."""
    items: dict[str, Item]
    """By path: every record, and every file that a job read or wrote."""

    @property
    def simulated(self) -> bool:
        """Whether any of the data were simulated, whatever a figure says of itself."""
        records = self.records.values()
        found = any(source.kind == "simulated" for source in whence.sources(records))
        return found or any(record.rule == "simulate" for record in records)


def gather(chains: Sequence[Chain], *, data: bool) -> Contents:
    """Decide for every file of some chains whether it goes into the crate.

    Parameters
    ----------
    chains
        Of the figures, all of one run's folder of results.
    data
        Whether intermediates and raw data go in as well, as far as they may be passed on.

    Raises
    ------
    BadInput
        When a record upstream cannot be read, or names a path outside the repository.
    """
    for fault in (fault for one in chains for fault in one.faults.values()):
        raise fault
    records = {path: record for one in chains for path, record in one.records.items()}
    shelf, heads = chains[0].shelf, [one.head for one in chains]
    items = [*_records(records, shelf), *_files(records, heads, shelf, data)]
    return Contents(shelf, heads, records, {_inside(item.path): item for item in items})


def licensed(records: dict[str, Record]) -> set[str]:
    """Paths of the records of licensed data, and of all that was made from them."""

    @cache
    def tainted(path: str) -> bool:
        record = records[path]
        return whence.is_restricted(record) or any(map(tainted, makers(record)))

    return {path for path in records if tainted(path)}


def _records(records: dict[str, Record], shelf: Shelf) -> Iterator[Item]:
    for path, record in records.items():
        place = shelf.place(path)
        why = PRIVATE if is_private(record) else ""
        yield Item(path, sha256(place), place.stat().st_size, None if why else place, why)


def _files(
    records: dict[str, Record], heads: list[Record], shelf: Shelf, data: bool
) -> Iterator[Item]:
    forbidden = licensed(records)
    for record in records.values():
        for file in record.outputs:
            why = _why_not(record, record.path in forbidden, record in heads, data)
            yield _item(file, shelf, why)
        for file in record.inputs:
            if not file.made_by:
                yield _item(file, shelf, "" if data else ELSEWHERE)


def _why_not(record: Record, forbidden: bool, asked: bool, data: bool) -> str:
    """Why the outputs of a job do not go into the crate; nothing when they do."""
    if forbidden and (record.rule in HOLDERS or not asked):
        return LICENSED
    if record.rule == "fetch_model":
        return WEIGHTS
    return "" if asked or data else ELSEWHERE


def _item(file: File, shelf: Shelf, why: str) -> Item:
    place = shelf.place(file.path)
    why = why or ("" if place.exists() else GONE)
    folder = file.files is not None
    return Item(file.path, file.sha256, file.bytes, None if why else place, why, folder)


def _inside(path: str) -> str:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise BadInput(path, "path", "outside the repository", AGAIN)
    return path
