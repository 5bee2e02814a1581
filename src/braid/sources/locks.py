"""Locks: what every file of a data set must be, known before any content is fetched."""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from braid.errors import BadInput
from braid.sources import buckets
from braid.sources.commands import feed, run
from braid.sources.keys import parse
from braid.sources.secrets import redact
from braid.sources.tables import ABSENT, LockedFile
from braid.store import atomic, sha256

_SYMLINK = "120000"
_OBJECTS = b"/annex/objects/"
_LOCKABLE = ("md5", "sha256")
_EVERYTHING = ("*",)


class _Blob(NamedTuple):
    mode: str
    name: str
    size: int
    path: str


def of_repository(clone: Path, patterns: Sequence[str], commit: str = "HEAD") -> list[LockedFile]:
    """Lock of a data set under git-annex, from its tree alone: no content need be there.

    Parameters
    ----------
    clone
        A repository, bare or not.
    patterns
        Files to lock, as in fnmatch: `*` stands for anything, also for several folders.
    commit
        Version to lock.

    Returns
    -------
    list of LockedFile
        By path. An annexed file is told by its key, a file in git by its bytes.

    Raises
    ------
    BadInput
        When there is no such commit, or a file has neither content in git nor a key that holds
        its MD5 or SHA-256.
    """
    blobs = sorted(
        (blob for blob in _tree(clone, commit) if _is_wanted(blob.path, patterns)),
        key=lambda blob: blob.path,
    )
    contents = _contents(clone, blobs)
    return [
        _locked(f"{clone.name}/{blob.path}", blob, content)
        for blob, content in zip(blobs, contents, strict=True)
    ]


def of_folder(folder: Path, patterns: Sequence[str]) -> list[LockedFile]:
    """Lock of a folder of plain files, by path."""
    files = {str(f.relative_to(folder)): f for f in folder.rglob("*") if f.is_file()}
    return [
        LockedFile(path=path, bytes=file.stat().st_size, algorithm="sha256", digest=sha256(file))
        for path, file in sorted(files.items())
        if _is_wanted(path, patterns)
    ]


def of_bucket(place: str, patterns: Sequence[str]) -> list[LockedFile]:
    """Lock of a bucket, by path, as far as its listing tells size and digest."""
    return buckets.listing(place, patterns)


def of_data(folder: Path) -> list[LockedFile]:
    """Lock of every file of a data set on this machine: a repository, or plain files."""
    lock = of_repository if (folder / ".git").exists() else of_folder
    return lock(folder, _EVERYTHING)


def write(path: Path, files: Iterable[LockedFile]) -> None:
    """Write the table that `load_lock` reads."""
    with atomic(path) as partial, partial.open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(
            table, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n"
        )
        writer.writerow(LockedFile.model_fields)
        for file in sorted(files, key=lambda file: file.path):
            cells = file.model_dump().values()
            writer.writerow(ABSENT if cell is None else cell for cell in cells)


def differences(lock: Mapping[str, LockedFile], found: Iterable[LockedFile]) -> list[str]:
    """What a rebuilt lock says otherwise than the lock, in words, by path.

    Parameters
    ----------
    lock
        What `load_lock` gave.
    found
        The rebuilt lock.
    """
    now = {file.path: file for file in found}
    paths = sorted(lock.keys() | now.keys())
    return [
        _difference(path, lock.get(path), now.get(path))
        for path in paths
        if lock.get(path) != now.get(path)
    ]


def _difference(path: str, old: LockedFile | None, new: LockedFile | None) -> str:
    if old and new:
        return f"changed: {path}: {_words(old)}, now {_words(new)}"
    return f"added: {path}: {_words(new)}" if new else f"missing: {path}"


def _words(file: LockedFile) -> str:
    size = "unknown size" if file.bytes is None else f"{file.bytes} bytes"
    return f"{size}, {file.algorithm} {file.digest}" if file.digest else f"{size}, no digest"


def _is_wanted(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _tree(clone: Path, commit: str) -> Iterator[_Blob]:
    """Files of a commit; what is no file, such as a data set inside, is passed over."""
    done = run(["git", "ls-tree", "-r", "-z", "--long", commit], clone)
    if done.returncode:
        raise BadInput(
            clone,
            "commit",
            f"git cannot list {commit}: {redact(done.stderr.strip())}",
            "name a clone of the data set, and a commit that it has",
        )
    for row in done.stdout.split("\0")[:-1]:
        facts, _, path = row.partition("\t")
        mode, kind, name, size = facts.split()
        if kind == "blob":
            yield _Blob(mode, name, int(size), path)


def _contents(clone: Path, blobs: Sequence[_Blob]) -> Iterator[bytes]:
    """What git itself holds of each file: the file, or the name of its key."""
    names = "".join(f"{blob.name}\n" for blob in blobs)
    answer = BytesIO(feed(["git", "cat-file", "--batch"], clone, names.encode()))
    for blob in blobs:
        answer.readline()
        yield answer.read(blob.size)
        answer.readline()


def _locked(file: str, blob: _Blob, content: bytes) -> LockedFile:
    if blob.mode == _SYMLINK or content.startswith(_OBJECTS):
        return _annexed(file, blob.path, content)
    digest = hashlib.sha256(content).hexdigest()
    return LockedFile(path=blob.path, bytes=blob.size, algorithm="sha256", digest=digest)


def _annexed(file: str, path: str, link: bytes) -> LockedFile:
    """Lock of a file from what its symbolic link, or the text in its place, leads to."""
    if _OBJECTS not in link:
        cure = "lock the file that it leads to, and not this one"
        raise BadInput(file, "link", f"leads to {link.decode()!r}, not to an annex key", cure)
    # Of a pointer, only the first line counts.
    key = parse(link.splitlines()[0].rpartition(b"/")[2].decode(), file)
    if key.algorithm not in _LOCKABLE:
        raise BadInput(
            file,
            "annex key",
            f"{key.name.partition('-')[0]} is not a hash of locks ({', '.join(_LOCKABLE)})",
            "ask the maintainers of the data set for a version with SHA256E keys",
        )
    facts = {"bytes": key.size, "algorithm": key.algorithm, "digest": key.digest}
    return LockedFile.model_validate({"path": path, **facts})
