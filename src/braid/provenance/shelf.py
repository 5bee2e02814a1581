"""Records where they lie: beside what they vouch for, in a folder that may have been moved."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from braid.errors import BadInput
from braid.provenance.digests import ROOT
from braid.provenance.schema import File, Record, seal

SUFFIX = ".prov.json"
AGAIN = "make the artefact again with its rule"


class Shelf(NamedTuple):
    """Where recorded paths are now."""

    root: Path
    """Of the repository, where tracked inputs lie."""
    results: Path
    """The folder of results."""
    name: str
    """What recorded paths call that folder."""

    def place(self, recorded: str) -> Path:
        """Where a recorded path is now."""
        first, _, rest = recorded.partition("/")
        return self.results / rest if first == self.name else self.root / recorded

    def is_result(self, recorded: str) -> bool:
        """Whether a recorded path lies among the results, where only jobs write."""
        return recorded.startswith(f"{self.name}/")


def read(path: Path) -> Record:
    """Read one record.

    Raises
    ------
    BadInput
        When it is missing (field `record`), not of the form of `braid.provenance.schema` (field
        `form`), or was changed after it was sealed (field `seal`).
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(path, "record", f"not readable ({error})", AGAIN) from None
    try:
        record = Record.model_validate_json(text)
    except ValueError as error:
        first = str(error).splitlines()[:3]
        raise BadInput(path, "form", f"no record of this form: {'; '.join(first)}", AGAIN) from None
    if record.seal != seal(record.model_dump(mode="json")):
        raise BadInput(path, "seal", "the record was changed after its job", AGAIN)
    return record


def shelf_of(record: Path, root: Path | None = None) -> Shelf:
    """Find the folder of results that a record lies in.

    Parameters
    ----------
    record
        A `*.prov.json`.
    root
        Of the repository; the folder that holds the results, or else that of this code.

    Raises
    ------
    BadInput
        When the record cannot be read, or lies at another place among the results than it says.
    """
    said = read(record).path
    name, _, rest = said.partition("/")
    whole = record.absolute()
    depth = len(Path(rest).parts)
    results = whole.parents[depth - 1]
    if whole.relative_to(results) != Path(rest):
        raise BadInput(record, "path", f"this is the record of {said}", "put each file back")
    holds_code = (results.parent / "Snakefile").exists()
    return Shelf(root or (results.parent if holds_code else ROOT), results, name)


def makers_of(path: Path) -> Iterator[tuple[Path, File]]:
    """Find the record beside a file whose job wrote it, and what it says of the file."""
    for candidate in beside(path):
        if candidate.exists():
            outputs = read(candidate).outputs
            yield from ((candidate, file) for file in outputs if Path(file.path).name == path.name)


def unrecorded(folder: Path) -> Iterator[Path]:
    """Files among results beside which, or beside a folder around which, there is no record."""
    for path in sorted(folder.iterdir()):
        is_named = any(candidate.exists() for candidate in beside(path))
        # Hidden are stamps of Snakemake, and what jobs were writing when they were killed.
        if is_named or path.name.endswith(SUFFIX) or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from unrecorded(path)
        else:
            yield path


def beside(path: Path) -> Iterator[Path]:
    """Where the record of a file may be.

    `bert.weights.nc` may stand in `bert.weights.nc.prov.json`, … or `bert.prov.json`.
    """
    yield path.with_name(path.name + SUFFIX)
    while path.suffix:
        path = path.with_suffix("")
        yield path.with_name(path.name + SUFFIX)
