"""Members of source archives, wheels and Debian packages, read as data and kept in their place."""

import io
import lzma
import os
import stat
import struct
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
_CHUNK = 1024**2
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    BadGzipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
)

# A Debian package is an `ar` archive of three members (deb(5)). Reading that takes fewer lines than
# the adapter to a library would: after the magic, each member is a header and an even body.
_AR_MAGIC = b"!<arch>\n"
_AR_END = b"`\n"
_AR_HEADER = struct.Struct("16s12s6s6s8s10s2s")


@dataclass(frozen=True)
class _Member:
    name: str
    size: int
    plain: bool
    read: Callable[[], bytes]


def names(archive: Path) -> list[str]:
    """Names of the plain files of an archive, in its order.

    Raises
    ------
    BadInput
        When the archive is damaged or hostile.
    """
    with _readable(archive):
        return [member.name for member in _members(archive) if member.plain]


def read_members(archive: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Read many members in one pass, which is what makes large compressed archives bearable.

    Parameters
    ----------
    archive
        A tar, zip, wheel or Debian package.
    wanted
        Says of a name whether to read it, such as `{"a.txt", "b.txt"}.__contains__`.

    Yields
    ------
    str, bytes
        Name and content of each member that is wanted, in the order of the archive. Members of a
        Debian package are named as installed, without the leading slash.

    Raises
    ------
    BadInput
        When the archive is damaged or hostile, or a wanted member is no plain file.
    """
    with _readable(archive):
        for member in _members(archive):
            if wanted(member.name):
                yield member.name, _read(archive, member)


def read_member(archive: Path, name: str) -> bytes:
    """Bytes of one member of a tar, zip, wheel or Debian package.

    Raises
    ------
    BadInput
        When the archive is damaged or hostile, or has no such plain file.
    """
    for _, content in read_members(archive, name.__eq__):
        return content
    raise _no_member(archive, [name])


def extract(archive: Path, members: Mapping[str, str], folder: Path) -> None:
    """Write members of an archive into `folder`, all or none.

    Parameters
    ----------
    archive
        A tar, zip, wheel or Debian package.
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
    with archive.open("rb") as file, tarfile.open(fileobj=_tar_of(file), mode="r:*") as tar:
        for info in tar:
            if not info.isdir():
                name = info.name.removeprefix("./")
                yield _Member(name, info.size, info.isreg(), lambda i=info: _tar_read(tar, i))
        # tarfile takes a spoilt header for the end; the checksums behind it tell.
        while cast(IO[bytes], tar.fileobj).read(_CHUNK):
            pass


def _tar_of(file: io.BufferedIOBase) -> io.BufferedIOBase:
    """The tar with the files, which is what a tar is itself, and a member of a Debian package."""
    if file.read(len(_AR_MAGIC)) != _AR_MAGIC:
        file.seek(0)
        return file
    while (header := file.read(_AR_HEADER.size)).endswith(_AR_END):
        name, *_, size, _ = _AR_HEADER.unpack(header)
        if name.startswith(b"data.tar"):
            return io.BytesIO(file.read(int(size)))
        file.seek(int(size) + int(size) % 2, os.SEEK_CUR)
    raise EOFError("no data.tar in a Debian package")


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
