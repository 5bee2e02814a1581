"""What two records of a job say it was asked to do."""

from collections.abc import Iterable

from braid.provenance.plans import changed
from braid.provenance.schema import Record


def asked_otherwise(recorded: Record, again: Record) -> str:
    """Name the parameters and inputs in which two records differ; empty when passports agree."""
    if recorded.passport == again.passport:
        return ""
    params = changed(recorded.params, again.params)
    inputs = changed(_digests(recorded), _digests(again))
    return f"{recorded.path}: asked for other {', '.join([*params, *inputs])}"


def ran_otherwise(records: Iterable[Record], commit: str) -> list[str]:
    """Say which of the recorded jobs did not run the code of a commit."""
    states = [(record.rule, record.code) for record in records]
    dirty = sorted({rule for rule, code in states if code.dirty})
    moved = sorted({rule for rule, code in states if code.commit != commit})
    remarks = []
    if dirty:
        remarks.append(
            f"{', '.join(dirty)} ran from uncommitted code: the commit is replayed, not what ran"
        )
    if moved:
        remarks.append(
            f"{', '.join(moved)} ran at another commit: all is replayed at {commit[:12]}"
        )
    return remarks


def _digests(record: Record) -> dict[str, str]:
    return {file.path: file.sha256 for file in record.inputs}
