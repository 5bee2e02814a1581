"""Plain files of a bucket, a web folder or a folder on this machine: listed, copied, verified."""

import hashlib
import logging
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

from fsspec import AbstractFileSystem
from tenacity import (
    Retrying,
    before_sleep_log,
    retry_if_exception_type,
    stop_after_attempt,
    wait_chain,
    wait_fixed,
)

from braid.errors import BadInput
from braid.sources import etags
from braid.sources.places import connect, failures, open_at
from braid.sources.secrets import redact
from braid.sources.tables import LockedFile

logger = logging.getLogger(__name__)

ABSENT = "file"
"""Field of the error of a file that a place does not have."""

# What is read at once, and lost at most when a copy is killed.
_BLOCK = 16 * 2**20
_ATTEMPTS = 3
_persistently = Retrying(
    stop=stop_after_attempt(_ATTEMPTS),
    wait=wait_chain(wait_fixed(1), wait_fixed(4)),
    retry=retry_if_exception_type(ConnectionError),
    before_sleep=before_sleep_log(logger, logging.WARNING),
    reraise=True,
)


def fetch(
    place: str, path: str, expected: LockedFile | None, target: Path, mode: int = 0o644
) -> Path:
    """Copy one file and verify it.

    What a killed copy left beside the target, as `.part`, is not copied again.

    Parameters
    ----------
    place
        `s3://bucket/folder`, `https://host/folder`, or a folder on this machine.
    path
        Path of the file there.
    expected
        Bytes and digest that it must have.
    target
        Where to put it. A file that is there and right is kept.
    mode
        Its permissions.

    Raises
    ------
    BadInput
        When it is not locked, cannot be had, or is not what the lock says.
    """
    if expected is None or expected.bytes is None or expected.digest is None:
        raise _not_locked(place, path)
    if target.exists() and is_right(target, expected):
        return target
    part = target.with_name(f"{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _explained(place, path, expected.bytes):
        _persistently(_copy, place, path, expected.bytes, part)
    _require_right(place, part, expected)
    part.chmod(mode)
    return part.replace(target)


def absent(place: str, files: Iterable[LockedFile]) -> list[LockedFile]:
    """Those of the files that a place does not hold; of a web folder, that lists nothing, none."""
    client, root = connect(place)
    if "http" in client.protocol:
        return []
    with _explained(place):
        found = set(_persistently(_names, client, root))
    return [file for file in files if f"{root}/{file.path}" not in found]


def _names(files: AbstractFileSystem, root: str) -> list[str]:
    with failures():
        return list(files.find(root))


def listing(place: str, patterns: Sequence[str]) -> list[LockedFile]:
    """Sizes and digests of files of a bucket, as far as it tells them, by path.

    Parameters
    ----------
    place
        As for `fetch`.
    patterns
        Files to list, as in fnmatch: `*` stands for anything, also for several folders. A web
        folder cannot be listed: there they are the paths themselves.

    Raises
    ------
    BadInput
        When the place cannot be reached, or a web folder lacks a file.
    """
    files, root = connect(place)
    if "http" in files.protocol:
        return [_asked(place, files, root, path) for path in sorted(patterns)]
    with _explained(place):
        found = _persistently(_find, files, root, patterns)
    return sorted(found, key=lambda file: file.path)


def _find(files: AbstractFileSystem, root: str, patterns: Sequence[str]) -> list[LockedFile]:
    found: dict[str, dict[str, Any]] = {}
    for folder, start in {_literal(pattern) for pattern in patterns}:
        with failures():
            found |= files.find(f"{root}/{folder}", prefix=start, detail=True)
    facts = {name.removeprefix(f"{root}/"): info for name, info in found.items()}
    return [
        _locked(path, info)
        for path, info in facts.items()
        if any(fnmatchcase(path, pattern) for pattern in patterns)
    ]


def _literal(pattern: str) -> tuple[str, str]:
    """Folder of a pattern, and how names in it begin, before anything stands for several."""
    folder, _, start = re.split(r"[*?[]", pattern, maxsplit=1)[0].rpartition("/")
    return folder, start


def _asked(place: str, files: AbstractFileSystem, root: str, path: str) -> LockedFile:
    with _explained(place, path):
        return _locked(path, _persistently(_info, files, f"{root}/{path}"))


def _info(files: AbstractFileSystem, source: str) -> dict[str, Any]:
    with failures():
        return files.info(source)


def _locked(path: str, info: dict[str, Any]) -> LockedFile:
    algorithm, digest = etags.parse(info.get("ETag", ""))
    return LockedFile(path=path, bytes=info["size"], algorithm=algorithm, digest=digest)


def _copy(place: str, path: str, size: int, part: Path) -> None:
    """Append to `part` what it lacks, once its size shows that the right file is there."""
    files, root = connect(place)
    source = f"{root}/{path}"
    found = _info(files, source)["size"]
    if found not in (size, None):
        raise _wrong(place, path, f"is {found} bytes, the lock says {size}")
    logger.info("fetching %s/%s (%.1f MB)", redact(place), path, size / 1e6)
    part.touch(mode=0o600)
    start = part.stat().st_size
    if start != size:
        _append(files, source, start if start < size else 0, part)


def _append(files: AbstractFileSystem, source: str, start: int, part: Path) -> None:
    with failures():
        remote = open_at(files, source, start)
    with remote, part.open("ab") as local:
        local.truncate(remote.tell())
        for block in iter(partial(_read, remote), b""):
            local.write(block)
        local.flush()
        os.fsync(local.fileno())


def _read(remote: Any) -> bytes:
    # Only this: a full disk on our side is no failure of the place.
    with failures():
        return remote.read(_BLOCK)


def is_right(file: Path, expected: LockedFile) -> bool:
    """Whether a file is what a lock says: its size, and its digest of whichever algorithm."""
    return file.stat().st_size == expected.bytes and _digest(file, expected) == expected.digest


def _digest(file: Path, expected: LockedFile) -> str:
    """Digest of a file, of the algorithm that is expected."""
    if expected.algorithm == "etag":
        return etags.of_parts(file, str(expected.digest))
    with file.open("rb") as content:
        return hashlib.file_digest(content, str(expected.algorithm)).hexdigest()


def _require_right(place: str, part: Path, expected: LockedFile) -> None:
    if not is_right(part, expected):
        problem = (
            f"is {part.stat().st_size} bytes with {expected.algorithm} {_digest(part, expected)}, "
            f"the lock says {expected.bytes} bytes with {expected.digest}"
        )
        part.unlink()
        raise _wrong(place, expected.path, problem)


@contextmanager
def _explained(place: str, path: str = "", size: int | None = None) -> Iterator[None]:
    """Say what it means to a reader that a file is absent, or a place out of reach."""
    try:
        yield
    except (FileNotFoundError, PermissionError) as error:
        expected = f" (expected {size / 1e6:.1f} MB)" if size else ""
        cure = "name a complete copy of the data set in the configuration, under mirrors"
        raise BadInput(_name(place, path), ABSENT, f"{error}{expected}", cure) from None
    except ConnectionError as error:
        raise BadInput(
            _name(place, path),
            "network",
            f"{_ATTEMPTS} attempts failed ({error})",
            "check the network, name a copy within reach in the configuration, under mirrors, "
            "or set AWS_ENDPOINT_URL to an S3 service that has the bucket",
        ) from None


def _not_locked(place: str, path: str) -> BadInput:
    return BadInput(
        _name(place, path),
        "lock",
        "its size and digest are not locked, so that nobody could tell whether it is right",
        "lock the data set first: braid lock <dataset>",
    )


def _wrong(place: str, path: str, problem: str) -> BadInput:
    cure = "run again; if it stays, fetch the data set from another mirror, and tell its keepers"
    return BadInput(_name(place, path), "content", problem, cure)


def _name(place: str, path: str) -> str:
    return f"{redact(place).rstrip('/')}/{path}"
