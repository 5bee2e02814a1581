"""Whether what ran came from a commit that everybody can look up."""

from collections.abc import Iterator
from itertools import groupby

from braid.provenance.audit.case import Case
from braid.provenance.audit.findings import Finding
from braid.provenance.schema import Record
from braid.store import sha256


def check_code(case: Case) -> Iterator[Finding]:
    """Yield commits that are gone, and code or tables that ran but are not in their commit."""
    by_commit = sorted(case.records, key=lambda record: record.code.commit or "")
    for commit, group in groupby(by_commit, key=lambda record: record.code.commit or ""):
        records = list(group)
        changed = [record for record in records if record.code.dirty]
        if changed:
            text = f"{_steps(changed)} ran from uncommitted changes on {commit[:12] or 'no commit'}"
            yield Finding("RAN_UNCOMMITTED", changed[0].path, text)
        read = _sources(records) | _tables(case, records)
        if commit and case.repository.has(commit):
            yield from _in_commit(case, commit, read)
        else:
            yield _gone(case, commit, records, read)


def _in_commit(case: Case, commit: str, read: dict[str, tuple[str, str]]) -> Iterator[Finding]:
    for path, (digest, code) in sorted(read.items()):
        if case.repository.digest(commit, path) != digest:
            yield Finding(
                code, path, f"{digest[:12]} was used, {commit[:12]} holds another or none"
            )


def _gone(
    case: Case, commit: str, records: list[Record], read: dict[str, tuple[str, str]]
) -> Finding:
    """Without the commit its files are still compared with those that are here."""
    places = {path: case.chain.shelf.root / path for path in read}
    other = sorted(
        path
        for path, (digest, _) in read.items()
        if not places[path].is_file() or sha256(places[path]) != digest
    )
    same = f"of its {len(read)} files {len(read) - len(other)} are here unchanged"
    differ = f"; others: {', '.join(other[:5])}" if other else ""
    name = commit[:12] or "no commit"
    text = f"{_steps(records)} ran at {name}, which git does not know; {same}{differ}"
    return Finding("COMMIT_GONE", records[0].path, text)


def _sources(records: list[Record]) -> dict[str, tuple[str, str]]:
    """Path of each file of code that ran, with its digest and the code of a difference."""
    return {
        path: (digest, "SOURCE_NOT_IN_COMMIT")
        for record in records
        for path, digest in record.code.modules.items()
    }


def _tables(case: Case, records: list[Record]) -> dict[str, tuple[str, str]]:
    """Tracked files that were read."""
    return {
        file.path: (file.sha256, "INPUT_CHANGED")
        for record in records
        for file in record.inputs
        if file.made_by is None and not case.chain.shelf.is_result(file.path)
    }


def _steps(records: list[Record]) -> str:
    rules = ", ".join(sorted({record.rule for record in records}))
    return f"{len(records)} steps ({rules})"
