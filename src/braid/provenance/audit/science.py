"""Whether a figure claims more than its study can show."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from braid.evaluation.leaks import leaks
from braid.provenance.audit.case import Case
from braid.provenance.audit.findings import Finding
from braid.provenance.schema import Record


def check_science(case: Case) -> Iterator[Finding]:
    """Yield leaks of the test set, and simulated data that pass for measured ones."""
    # One finding for each leak, however many steps have it.
    found = {(f.code, f.text): f for record in reversed(case.records) for f in _leaks(record)}
    yield from found.values()
    simulated = [record.path for record in case.records if _simulates(record)]
    head = case.chain.head
    figure: Any = head.params.get("figure")
    if simulated and figure and not figure["simulated"]:
        text = f"calls its responses measured, but they come from {simulated[-1]}"
        yield Finding("SIMULATED_AS_PUBLIC", head.path, text)


def _leaks(record: Record) -> Iterator[Finding]:
    try:
        found = leaks(record.rule, record.params)
    except ValidationError:
        text = f"the plan of {record.rule} is of another version of BRAID"
        yield Finding("LEAK_UNKNOWN", record.path, text)
        return
    for leak in found:
        yield Finding("LEAK_DECLARED" if leak.declared else "LEAK", record.path, leak.text)


def _simulates(record: Record) -> bool:
    origin: Any = record.params.get("origin") or {}
    return record.rule == "simulate" or bool(origin.get("simulated"))
