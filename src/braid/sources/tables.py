"""The reviewed tables of what is fetched: packages, data sets, models, locks of data sets."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, TextIO, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError
from pydantic import model_validator as validates

from braid.errors import BadInput

# What a table says where a column does not apply, as in BIDS.
ABSENT = "n/a"

Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
# A tilde is in versions of Debian.
Filename = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.~-]*$")]
# A file of a model, in a folder of it or not.
Inner = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?$")
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_DIGESTS = {"md5": "[0-9a-f]{32}", "sha256": "[0-9a-f]{64}", "etag": r"[0-9a-f]{32}-\d+"}
Text = Annotated[str, StringConstraints(min_length=1)]


def _pairs(cell: object) -> object:
    """Split `name=value name=value`; anything else is for pydantic to refuse."""
    if not isinstance(cell, str):
        return cell
    parts = (part.partition("=") for part in cell.split())
    return {name: value for name, _, value in parts}


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Package(_Row):
    """A file of a package index that carries data or weights; it is read, never installed."""

    name: Name
    index: Literal["python", "debian"]
    project: Name
    version: Text
    filename: Filename
    bytes: int
    sha256: Sha256
    licence: Text
    terms: Text
    citation: Text


class DataSource(_Row):
    """Where a data set comes from: a commit of a git-annex repository, a bucket, or a package."""

    dataset: Name
    version: Text
    commit: Commit | None = None
    url: Text | None = None
    bucket: Text | None = None
    """Folder of plain files, as fsspec names it; beside a repository, the way out when it fails."""
    package: Name | None = None
    access: Literal["open", "licence"]
    """`licence`: who wants the files must have accepted the terms, and no one else may see them."""
    licence: Text
    terms: Text
    doi: Text | None = None
    tr: float | None = None
    space: Text | None = None
    note: Text

    @validates(mode="after")
    def _one_origin(self) -> "DataSource":
        origins = [self.package, self.commit or self.bucket]
        if all(origins) or not any(origins) or bool(self.url) != bool(self.commit):
            raise ValueError("give url and commit, or bucket, or package")
        return self


class Model(_Row):
    """A model: its files by name, each with its member in the package, or its sha256.

    Of a file of the hub or the web whose sha256 nobody published, it is `n/a` until the first who
    fetches it, whom the error tells it, writes it down: the revision says what the file must be,
    not whether it arrived.
    """

    model: Name
    kind: Literal["package", "hub", "url", "e5", "keras", "spacy", "state_dict", "word2vec"]
    """`package`: files as they are. `url`: a state dict on the web, whose address is the origin.
    The others are formats of what a package holds. All but `package` and `hub` are converted; the
    files are then those that the converter asks for."""
    origin: Text
    revision: Text
    files: Annotated[dict[Inner, Text], BeforeValidator(_pairs)]
    licence: Text
    layers: int
    width: int
    note: Text


class LockedFile(_Row):
    """What a file of a data set must be.

    A bucket that cannot be asked yet leaves size and digest open; such a file cannot be fetched.
    """

    path: Text
    bytes: int | None = None
    algorithm: Literal["md5", "sha256", "etag"] | None = None
    """`etag`: the tag of S3 for an object that was uploaded in parts, `<md5 of md5s>-<parts>`."""
    digest: str | None = None
    place: str | None = None
    """Where it lies when not with the rest: `zip://<folder>::https://<host>/<archive>.zip`."""

    @validates(mode="after")
    def _digest_fits(self) -> "LockedFile":
        if not re.fullmatch(_DIGESTS.get(self.algorithm or "", ""), self.digest or ""):
            raise ValueError(f"digest: {self.digest!r} is none of {self.algorithm}")
        return self


_AnyRow = TypeVar("_AnyRow", bound=_Row)


def load_packages(path: Path) -> dict[str, Package]:
    """Read the table of packages, by name.

    Raises
    ------
    BadInput
        With every error of the table at once, each with its line; so do the other three readers.
    """
    return _load(path, Package, "name")


def load_datasets(path: Path) -> dict[str, DataSource]:
    """Read the table of data sets, by name."""
    return _load(path, DataSource, "dataset")


def load_models(path: Path) -> dict[str, Model]:
    """Read the table of models, by name."""
    return _load(path, Model, "model")


def load_lock(path: Path) -> dict[str, LockedFile]:
    """Read the lock of a data set, by path in the data set."""
    return _load(path, LockedFile, "path")


def _load(path: Path, row: type[_AnyRow], key: str) -> dict[str, _AnyRow]:
    found: dict[str, _AnyRow] = {}
    errors: list[str] = []
    with path.open(encoding="utf-8", newline="") as file:
        for line, cells in enumerate(_cells(file), start=2):
            try:
                value = row.model_validate(cells)
            except ValidationError as error:
                errors += _messages(line, error)
                continue
            if found.setdefault(cells[key], value) is not value:
                errors.append(f"line {line}: {key}: {cells[key]!r} is there twice")
    if errors:
        raise BadInput(path, f"{len(errors)} error(s)", "\n  ".join(errors), "correct the table")
    return found


def _cells(file: TextIO) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restkey="beyond header")
    for cells in reader:
        yield {k: v for k, v in cells.items() if v not in (None, ABSENT)}


def _messages(line: int, error: ValidationError) -> list[str]:
    return [
        f"line {line}: {'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}" for e in error.errors()
    ]
