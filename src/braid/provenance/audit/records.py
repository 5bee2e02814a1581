"""Whether records are what their jobs wrote, and each vouches for what the next one read."""

from collections.abc import Iterator

from braid.provenance.audit.case import Case
from braid.provenance.audit.findings import Finding
from braid.provenance.schema import File, Maker, Record, claim
from braid.store import sha256

# What is wrong with a record that cannot be used, by the field that its error names.
FAULTS = {
    "record": "RECORD_MISSING",
    "form": "RECORD_INVALID",
    "seal": "RECORD_EDITED",
    "path": "RECORD_MISPLACED",
}


def check_records(case: Case) -> Iterator[Finding]:
    """Yield what is wrong with records and with the links between them."""
    for path, fault in case.chain.faults.items():
        yield Finding(FAULTS[fault.field], path, fault.problem)
    for path, record in case.chain.records.items():
        if record.path != path:
            yield Finding("RECORD_MISPLACED", path, f"this is the record of {record.path}")
        if record.passport != _claim(record):
            yield Finding("RECORD_EDITED", path, "its passport belongs to another task")
    for record, file in case.inputs():
        yield from _link(case, record, file)


def _claim(record: Record) -> str:
    return claim(record.rule, record.wildcards, record.params, record.inputs)


def _link(case: Case, record: Record, file: File) -> Iterator[Finding]:
    """One input: who made it, and whether it was that."""
    if file.made_by is None:
        if case.chain.shelf.is_result(file.path):
            yield Finding("RECORD_MISSING", file.path, "there was no record of who made this")
        return
    maker = case.chain.records.get(file.made_by.record)
    if maker is None:
        return
    yield from _same_record(case, record, file.made_by, maker)
    if file.path == file.made_by.record:
        return
    made = [output for output in maker.outputs if output.path == file.path]
    if [output.sha256 for output in made] != [file.sha256]:
        wrote = made[0].sha256[:12] if made else "nothing of that name"
        text = f"{record.rule} read {file.sha256[:12]}, {maker.rule} wrote {wrote}"
        yield Finding("CHAIN_BROKEN", file.path, text)


def _same_record(case: Case, record: Record, made_by: Maker, maker: Record) -> Iterator[Finding]:
    if sha256(case.place(made_by.record)) == made_by.sha256:
        return
    if maker.usage.started > record.usage.started:
        text = f"ran again at {maker.usage.started[:19]}, after {record.rule} had read its result"
        yield Finding("RECORD_REMADE", made_by.record, text)
    elif case.place(record.path).is_symlink():
        # It links into the cache, so that its job may have run in another checkout.
        text = f"{record.rule} came out of the shared cache, and read what another checkout made"
        yield Finding("RECORD_REMADE", made_by.record, text)
    else:
        text = f"not the record that {record.rule} saw"
        yield Finding("RECORD_EDITED", made_by.record, text)
