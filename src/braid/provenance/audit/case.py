"""What an audit looks at."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from braid.provenance.chain import Chain
from braid.provenance.repository import Repository
from braid.provenance.schema import File, Record

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


class Case:
    """One file, the chain behind it, and how to look.

    Parameters
    ----------
    file
        The file that is audited, perhaps a copy elsewhere.
    chain
        Of its record.
    hashed
        How to get the SHA-256 of a file.
    """

    def __init__(self, file: Path, chain: Chain, hashed: Callable[[Path], str]) -> None:
        self.file = file
        self.chain = chain
        self.hashed = hashed
        self.repository = Repository(chain.shelf.root)

    @property
    def records(self) -> list[Record]:
        """Of all steps, the last one first."""
        return list(self.chain.records.values())

    def place(self, recorded: str) -> Path:
        """Where a recorded path is now."""
        return self.chain.shelf.place(recorded)

    def is_result(self, recorded: str) -> bool:
        """Whether a recorded path lies among the results, where only jobs write."""
        return recorded.startswith(f"{self.chain.shelf.name}/")

    def inputs(self) -> Iterator[tuple[Record, File]]:
        """Everything that a step read."""
        return ((record, file) for record in self.records for file in record.inputs)

    @cached_property
    def written(self) -> dict[str, tuple[Record, File]]:
        """Recorded path of everything that a step wrote, with its record."""
        return {file.path: (record, file) for record in self.records for file in record.outputs}
