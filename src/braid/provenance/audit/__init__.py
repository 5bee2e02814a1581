"""An audit: is a figure still what its records say, down to the raw files? It writes nothing."""

from pathlib import Path

from braid.errors import BadInput
from braid.provenance.audit.case import Ask, Case, Planned, Today
from braid.provenance.audit.code import check_code
from braid.provenance.audit.contents import Contents
from braid.provenance.audit.findings import CODES, Finding, Verdict
from braid.provenance.audit.raw import check_raw
from braid.provenance.audit.records import FAULTS, check_records
from braid.provenance.audit.science import check_science
from braid.provenance.audit.since import check_since
from braid.provenance.chain import chain
from braid.provenance.ledger import known
from braid.provenance.passports import record_of
from braid.store import sha256

__all__ = ["CODES", "Finding", "Planned", "Today", "Verdict", "audit"]


def audit(
    file: Path,
    results: Path,
    *,
    deep: bool = False,
    today: Ask | None = None,
    root: Path | None = None,
) -> Verdict:
    """Check a figure, or any other artefact, against the records of everything behind it.

    Parameters
    ----------
    file
        The figure, wherever it was copied.
    results
        The folder of results that its records lie in.
    deep
        Hash every file, also large ones that did not change since they were hashed, and compare
        raw data with digests of other kinds that their locks hold.
    today
        Gives the workflow as it is now for some settings, to say what is behind. Not asked when
        nothing was committed or changed since.
    root
        Of the repository, see `braid.provenance.shelf.shelf_of`.

    Raises
    ------
    BadInput
        When the file is not there, or nothing is on record of it.
    """
    try:
        behind = chain(record_of(file, results), root)
    except BadInput as error:
        if error.field not in FAULTS:
            raise
        return Verdict([Finding(FAULTS[error.field], error.file, error.problem)], 0, 0)
    case = Case(file, behind, deep, sha256 if deep else _hashed)
    contents = Contents(case)
    findings = [
        *check_records(case),
        *contents.check(),
        *check_raw(case),
        *check_code(case),
        *check_science(case),
        *(check_since(case, today) if today else ()),
    ]
    return Verdict(findings, contents.files, contents.bytes, contents.gone)


def _hashed(path: Path) -> str:
    return known(path) or sha256(path)
