"""Files that are either whole or absent, and their digests."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import sleep, time

from braid.errors import BadInput
from braid.store.remains import PREFIX

# The longest tick of the clock that kernels stamp files with.
_TICK = 0.01  # seconds


@contextmanager
def atomic(path: str | Path, mode: int = 0o644, size: int = 0) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it takes the name `path` only when the body succeeds.

    Parameters
    ----------
    path
        Where the file goes; parents are made.
    mode
        Its permissions.
    size
        Bytes that it will have at least: a library that meets a full disk may crash.

    Yields
    ------
    Path
        Where to write. It keeps the suffixes of `path`, since writers choose formats by suffix.

    Raises
    ------
    BadInput
        When the disk has no room for it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _require_room(path, size)
    handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=path.name, dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        _flush(partial)
        partial.chmod(mode)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _require_room(path: Path, size: int) -> None:
    if size > (free := shutil.disk_usage(path.parent).free):
        raise BadInput(
            path,
            "disk",
            f"has {size:,} bytes, and the disk has {free:,} left",
            "make room, or move the folder of results to another disk",
        )


def sha256(path: str | Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes, read once as long as its stamp stays."""
    return _digest(os.path.realpath(path), stamp(path))


def stamp(path: str | Path) -> str:
    """Size, times of change in ns and inode of a file: who has its stamp knows its digest.

    Nobody can set the time of the last change of an inode, other than that of its content.
    """
    status = Path(path).stat()
    _settle(status.st_ctime)
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


@cache
def _digest(path: str, stamp: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settle(changed: float) -> None:
    """Let the tick in which a file was changed pass: the next change then has another time."""
    if 0 <= time() - changed < _TICK:
        sleep(_TICK)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
