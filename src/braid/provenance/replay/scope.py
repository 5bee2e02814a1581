"""Which jobs run again, and which files are taken as they were."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from braid.errors import BadInput
from braid.provenance.chain import Chain, makers
from braid.provenance.schema import File, Record


class Scope(NamedTuple):
    """A part of a chain that is made again."""

    again: list[Record]
    """Jobs that run, the figure's first."""
    given: list[File]
    """What they read from jobs that do not run."""


def scope(chain: Chain, stage: str | None) -> Scope:
    """Say what has to run.

    Files that were fetched are given, other than those of a twin, which is simulated again.

    Parameters
    ----------
    chain
        Of the figure.
    stage
        A rule whose outputs are given too; nothing upstream of it runs.

    Raises
    ------
    BadInput
        When the chain has no such rule before its figure, or the record of a job is missing.
    """
    behind = [record for record in chain.records.values() if record is not chain.head]
    staged = [record.path for record in behind if record.rule == stage]
    if stage and not staged:
        rules = ", ".join(sorted({record.rule for record in behind}))
        raise BadInput(chain.head.path, "--from", f"no {stage} stands behind it", f"one of {rules}")
    raw = {record.path for record in behind if _is_raw(record)}
    kept = raw | set(_upstream(chain, staged, ()))
    # Where a twin is not simulated again, its files are given.
    fetched = (record for record in behind if record.rule == "fetch")
    kept |= {record.path for record in fetched if kept.issuperset(makers(record))}
    again = [_record(chain, path) for path in _upstream(chain, [chain.head.path], kept)]
    files = {file.path: file for record in again for file in record.inputs if file.made_by}
    given = [f for f in files.values() if f.made_by and f.made_by.record in kept]
    return Scope(again, given)


def _is_raw(record: Record) -> bool:
    if record.rule == "fetch":
        return not record.params["origin"]["simulated"]  # pyright: ignore[reportIndexIssue]
    return record.rule == "fetch_model"


def _upstream(chain: Chain, start: Iterable[str], without: Collection[str]) -> list[str]:
    """Paths of records from some back to the raw files, each once; none beyond those left out."""
    found = dict.fromkeys(start)
    queue = list(found)
    for path in queue:
        record = chain.records.get(path)
        new = [p for p in makers(record) if p not in found and p not in without] if record else []
        found |= dict.fromkeys(new)
        queue += new
    return queue


def _record(chain: Chain, path: str) -> Record:
    if path in chain.faults:
        raise chain.faults[path]
    return chain.records[path]
