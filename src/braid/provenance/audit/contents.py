"""Whether the files are what their jobs wrote."""

from collections.abc import Iterator
from pathlib import Path

from PIL import UnidentifiedImageError

from braid.drawing import passport
from braid.errors import BadInput
from braid.provenance.audit.case import RAW, Case
from braid.provenance.audit.findings import Finding
from braid.provenance.files import described, pixels
from braid.provenance.schema import File, Record


class Contents:
    """What the files behind a figure hold, compared with their records.

    Attributes
    ----------
    files, bytes
        How much was compared.
    gone
        Intermediates that are not kept.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.files = self.bytes = self.gone = 0

    def check(self) -> Iterator[Finding]:
        """Yield files that changed or are gone: all that a step read, and the figure's own."""
        case = self.case
        for file in case.chain.head.outputs:
            yield from self._figure(case.place(file.path), file)
        read = {file.path for _, file in case.inputs()} - {f.path for f in case.chain.head.outputs}
        for path in sorted(read & case.written.keys()):
            yield from self._upstream(*case.written[path])
        yield from self._copy()

    def _is_same(self, path: Path, file: File) -> bool:
        self.files += 1
        self.bytes += file.bytes
        return described(path, file.role, self.case.hashed).sha256 == file.sha256

    def _upstream(self, record: Record, file: File) -> Iterator[Finding]:
        path = self.case.place(file.path)
        if not path.exists() and record.rule in RAW:
            yield Finding("FILE_MISSING", file.path, f"brought by {record.rule}, not here any more")
        elif not path.exists():
            self.gone += 1
        elif not self._is_same(path, file):
            cached = path.is_symlink() and record.rule not in RAW
            text = f"is not what {record.rule} wrote ({file.sha256[:12]})"
            yield Finding("CACHE_CHANGED" if cached else "OUTPUT_CHANGED", file.path, text)

    def _figure(self, path: Path, file: File) -> Iterator[Finding]:
        if not path.exists():
            yield Finding("FILE_MISSING", file.path, "not here")
        elif not self._is_same(path, file):
            yield Finding(*_altered(path, file))

    def _copy(self) -> Iterator[Finding]:
        """The file itself, when it is a copy of one of the figure's files."""
        case, file = self.case, self.case.file
        outputs = case.chain.head.outputs
        if file.resolve() in [case.place(output.path).resolve() for output in outputs]:
            return
        digest = case.hashed(file)
        if digest in [output.sha256 for output in outputs]:
            return
        same = [output for output in outputs if Path(output.path).suffix == file.suffix]
        yield Finding(*_altered(file, (same or outputs)[0]))


def _altered(path: Path, file: File) -> tuple[str, str, str]:
    """Code, path and text of a file that is not what was written, by what it still carries."""
    try:
        passport.read(path)
    except (BadInput, UnidentifiedImageError):
        code = "FIGURE_CONVERTED" if _is_picture(path) else "OUTPUT_CHANGED"
        return code, str(path), f"carries no passport; {file.path} is the original"
    if file.pixels and _is_picture(path) and pixels(path) == file.pixels:
        return "FIGURE_RECOMPRESSED", str(path), f"every pixel is that of {file.path}"
    return "FIGURE_EDITED", str(path), f"not what was drawn as {file.path}"


def _is_picture(path: Path) -> bool:
    try:
        pixels(path)
    except (UnidentifiedImageError, OSError):
        return False
    return True
