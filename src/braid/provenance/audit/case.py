"""What an audit looks at."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from braid.provenance.chain import Chain
from braid.provenance.repository import Repository
from braid.provenance.schema import File, Record
from braid.sources.tables import load_lock

# Stages that bring data from outside.
RAW = ("fetch", "fetch_model")


class Planned(NamedTuple):
    """What a step would be asked today."""

    params: Mapping[str, Any]
    inputs: list[str]


@runtime_checkable
class Today(Protocol):
    """The workflow as it is now."""

    def plan(self, record: Record) -> Planned | None:
        """What the step of a record would be asked; None when it is no step any more."""
        ...


# Gives the workflow for the settings of a record.
Ask = Callable[[Mapping[str, object]], AbstractContextManager[Today]]


class Case:
    """One file, the chain behind it, and how to look.

    Parameters
    ----------
    file
        The file that is audited, perhaps a copy elsewhere.
    chain
        Of its record.
    deep
        Whether digests other than SHA-256 are computed, too.
    hashed
        How to get the SHA-256 of a file.
    """

    def __init__(self, file: Path, chain: Chain, deep: bool, hashed: Callable[[Path], str]) -> None:
        self.file = file
        self.chain = chain
        self.deep = deep
        self.hashed = hashed
        self.repository = Repository(chain.shelf.root)
        self.lock = cache(load_lock)

    @property
    def records(self) -> list[Record]:
        """Of all steps, the last one first."""
        return list(self.chain.records.values())

    def place(self, recorded: str) -> Path:
        """Where a recorded path is now."""
        return self.chain.shelf.place(recorded)

    def inputs(self) -> Iterator[tuple[Record, File]]:
        """Everything that a step read."""
        return ((record, file) for record in self.records for file in record.inputs)

    @cached_property
    def written(self) -> dict[str, tuple[Record, File]]:
        """Recorded path of everything that a step wrote, with its record."""
        return {file.path: (record, file) for record in self.records for file in record.outputs}
