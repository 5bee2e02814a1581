"""Whether raw data and weights are those that tables and locks name."""

from collections.abc import Iterator
from typing import Any

from braid.provenance.audit.case import Case
from braid.provenance.audit.findings import Finding
from braid.provenance.schema import File, Record
from braid.sources.buckets import is_right
from braid.sources.keys import parse
from braid.sources.tables import LockedFile


def check_raw(case: Case) -> Iterator[Finding]:
    """Yield raw files that differ from their lock, and weights that differ from their pin.

    Keys of git-annex are compared by their own hash, as `git annex fsck` does; unlike that, this
    moves nothing.
    """
    for record in case.records:
        if record.rule == "fetch":
            yield from _fetched(case, record)
        if record.rule == "fetch_model":
            yield from _weights(record)


def _fetched(case: Case, record: Record) -> Iterator[Finding]:
    [file] = record.outputs
    for expected in _expected(case, record, file):
        if not _agrees(case, file, expected):
            text = f"{file.sha256[:12]}, locked is {expected.algorithm} {expected.digest}"
            yield Finding("RAW_NOT_LOCKED", file.path, text)


def _expected(case: Case, record: Record, file: File) -> Iterator[LockedFile]:
    """What a fetched file must be, by all that says so: package, lock, a twin's lock, key."""
    origin: dict[str, Any] = record.params["origin"]  # pyright: ignore[reportAssignmentType]
    path = record.wildcards["path"]
    if origin["package"]:
        row = origin["package"]
        yield _locked(path, row["bytes"], "sha256", row["sha256"])
    if origin["locked"]:
        yield LockedFile.model_validate(origin["locked"])
    for lock in (one for one in record.inputs if case.place(one.path).exists()):
        yield case.lock(case.place(lock.path))[path]
    if file.annex_key:
        key = parse(file.annex_key, path)
        if key.algorithm in ("md5", "sha256"):
            yield _locked(path, key.size, key.algorithm, key.digest)


def _locked(path: str, size: int, algorithm: str, digest: str) -> LockedFile:
    row = {"path": path, "bytes": size, "algorithm": algorithm, "digest": digest}
    return LockedFile.model_validate(row)


def _agrees(case: Case, file: File, expected: LockedFile) -> bool:
    """SHA-256 is on record; other digests were compared when the file was fetched."""
    if expected.algorithm == "sha256":
        return file.sha256 == expected.digest
    place = case.place(file.path)
    return not (case.deep and expected.digest and place.exists()) or is_right(place, expected)


def _weights(record: Record) -> Iterator[Finding]:
    model: dict[str, Any] = record.params["model"]  # pyright: ignore[reportAssignmentType]
    [folder] = record.outputs
    if model["kind"] == "hub" and folder.files != model["files"]:
        pinned, files = model["files"], folder.files or {}
        wrong = sorted(name for name in {*pinned, *files} if pinned.get(name) != files.get(name))
        text = f"{model['origin']} at {model['revision']}: {', '.join(wrong)}"
        yield Finding("WEIGHTS_NOT_PINNED", folder.path, text)
