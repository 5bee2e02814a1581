"""Members of source archives and wheels, read as data; nothing that could leave its folder."""

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import BadGzipFile
from pathlib import Path, PurePosixPath
from typing import IO, cast

from braid.errors import BadInput
from braid.sources.folders import atomic_folder

# No member that a study needs comes near; a decompression bomb soon does.
_LARGEST_MEMBER = 1024**3
_DAMAGE = (tarfile.TarError, zipfile.BadZipFile, BadGzipFile, EOFError, zlib.error)


@dataclass(frozen=True)
class _Member:
    name: str
    size: int
    plain: bool
    read: Callable[[], bytes]


def read_member(archive: Path, name: str) -> bytes:
    """Bytes of one member of a tar.gz, zip or wheel.

    Raises
    ------
    BadInput
        When the archive is damaged or hostile, or has no such plain file.
    """
    with _readable(archive):
        for member in _members(archive):
            if member.name == name:
                return _read(archive, member)
    raise _no_member(archive, [name])


def extract(archive: Path, members: Mapping[str, str], folder: Path) -> None:
    """Write members of an archive into `folder`, all or none.

    Parameters
    ----------
    archive
        A tar.gz, zip or wheel.
    members
        Name of the file in `folder`, and of its member in the archive.
    folder
        Where to write; what was there is replaced.

    Raises
    ------
    BadInput
        When the archive is damaged or hostile, or lacks one of the plain files.
    """
    targets = {member: target for target, member in members.items()}
    with atomic_folder(folder) as partial, _readable(archive):
        for member in _members(archive):
            if member.name in targets:
                _write(archive, member, partial / targets.pop(member.name))
        if targets:
            raise _no_member(archive, sorted(targets))


def _write(archive: Path, member: _Member, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(_read(archive, member))


@contextmanager
def _readable(archive: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        problem = f"damaged ({type(error).__name__}: {error})"
        raise BadInput(archive, "archive", problem, "delete it and fetch it again") from None


def _members(archive: Path) -> Iterator[_Member]:
    """All members that are no folders, refusing an archive with a name that leads out of it."""
    walk = _zip_members if zipfile.is_zipfile(archive) else _tar_members
    for member in walk(archive):
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts:
            raise BadInput(archive, member.name, "leads out of the archive", "do not use it")
        yield member


def _tar_members(archive: Path) -> Iterator[_Member]:
    with tarfile.open(archive, "r:gz") as tar:
        for info in tar:
            if not info.isdir():
                yield _Member(info.name, info.size, info.isreg(), lambda i=info: _tar_read(tar, i))


def _tar_read(tar: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    with cast(IO[bytes], tar.extractfile(info)) as file:  # None only for what is no plain file
        return file.read()


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            if not info.is_dir():
                kind = stat.S_IFMT(info.external_attr >> 16)
                yield _Member(
                    info.filename,
                    info.file_size,
                    kind in (0, stat.S_IFREG),
                    lambda i=info: file.read(i),
                )


def _read(archive: Path, member: _Member) -> bytes:
    if not member.plain:
        raise BadInput(archive, member.name, "is a link or a device, not a file", "do not use it")
    if member.size > _LARGEST_MEMBER:
        problem = f"unpacks to {member.size} bytes, more than {_LARGEST_MEMBER}"
        raise BadInput(archive, member.name, problem, "do not use it")
    return member.read()


def _no_member(archive: Path, names: list[str]) -> BadInput:
    cure = "check the version and the sha256 of the package in config/packages.tsv"
    return BadInput(archive, ", ".join(names), "no such member in the archive", cure)
