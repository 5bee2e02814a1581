"""What a record says of a file: its digest, and for pictures what survives a conversion."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from braid.errors import BadInput
from braid.provenance.ledger import digest
from braid.provenance.schema import File, Maker
from braid.provenance.shelf import SUFFIX, makers_of, read
from braid.store import sha256, stamp

ANNEX = ".git/annex/objects/"
# Snakemake puts its own stamp into folders that it made.
STAMP = ".snakemake_timestamp"


def given(path: Path, role: str, is_made: bool = False) -> File:
    """Describe a file or folder that is about to be read.

    Parameters
    ----------
    path
        Of the file or folder.
    role
        Its name in the rule.
    is_made
        Whether it lies where only jobs write, so that there must be a record of it.

    Raises
    ------
    BadInput
        When it is not what the job that made it has on record, or should be on record and is not.
    """
    file = described(path, role)
    if path.name.endswith(SUFFIX):
        return _vouched(file, path, file.sha256)
    found = next(makers_of(path), None)
    if found is None and is_made:
        raise BadInput(path, "record", "there is none: no job of ours finished it", _again(path))
    if found is None:
        return file
    record, made = found
    if file.sha256 != made.sha256:
        raise BadInput(
            path,
            "sha256",
            f"{file.sha256[:12]}, but {record} says that {made.sha256[:12]} was written",
            # A record that is a link came out of the cache, with the file.
            f"take them out of the cache: rm {path.resolve()} {record.resolve()}"
            if record.is_symlink()
            else _again(path),
        )
    return _vouched(file, record, sha256(record))


def _again(path: Path) -> str:
    return f"make it again: snakemake --force {path}"


def _vouched(file: File, record: Path, digest: str) -> File:
    """A file and the record of its maker; a record that is read is its own."""
    maker = Maker(record=read(record).path, sha256=digest)
    return file.model_copy(update={"made_by": maker})


def described(path: Path, role: str, hashed: Callable[[Path], str] = digest) -> File:
    """Describe a file or folder as it is.

    Parameters
    ----------
    path
        Of the file or folder.
    role
        Its name in the rule.
    hashed
        How to get the SHA-256 of a file.
    """
    return _folder(path, role, hashed) if path.is_dir() else _file(path, role, hashed)


def stamps(path: Path) -> list[str]:
    """Stamps of a file, or of all files in a folder."""
    return [stamp(member) for member in members(path)] if path.is_dir() else [stamp(path)]


def members(folder: Path) -> list[Path]:
    """Files of a folder in the order of their names; git's own change when it is asked."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != STAMP)
    return sorted(path for path in files if ".git" not in path.relative_to(folder).parts)


def pixels(path: Path) -> str:
    """SHA-256 of a picture's size and colours: the same however it is compressed."""
    with Image.open(path) as picture:
        colours = picture.convert("RGBA")
    return hashlib.sha256(f"{colours.size}".encode() + colours.tobytes()).hexdigest()


def look(path: Path) -> str:
    """256 bits that say where a picture gets brighter from left to right, in hexadecimal.

    A copy in another format or size differs in a few bits, another picture in many.
    """
    with Image.open(path) as picture:
        small = picture.convert("L").resize((17, 16), Image.Resampling.BOX)
    # White next to white is noise after lossy compression, so one step does not count.
    brighter = np.diff(np.asarray(small, int), axis=1) > 1
    return np.packbits(brighter).tobytes().hex()


def _file(path: Path, role: str, hashed: Callable[[Path], str]) -> File:
    target = path.resolve()
    picture = path.suffix == ".png"
    return File(
        path=str(path),
        role=role,
        bytes=target.stat().st_size,
        sha256=hashed(target),
        annex_key=target.name if ANNEX in str(target) else None,
        pixels=pixels(target) if picture else None,
        look=look(target) if picture else None,
    )


def _folder(path: Path, role: str, hashed: Callable[[Path], str]) -> File:
    files = {str(member.relative_to(path)): hashed(member) for member in members(path)}
    listing = "".join(f"{found}  {name}\n" for name, found in files.items())
    return File(
        path=str(path),
        role=role,
        bytes=sum(member.stat().st_size for member in members(path)),
        sha256=hashlib.sha256(listing.encode()).hexdigest(),
        files=files,
    )
