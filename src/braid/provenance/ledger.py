"""Digests of large files, kept as long as the files stay as they are: who reads one need not hash.

Snakemake sets new times on what a job wrote, so a large file is read once by the job that records
it, once by the first that uses it, and never again.
"""

import hashlib
from pathlib import Path

from braid.provenance.digests import ROOT
from braid.store import atomic, sha256, stamp

FOLDER = ROOT / ".cache" / "digests"
# Smaller files are hashed faster than they are looked up.
LARGE = 1 << 20  # bytes


def digest(path: Path) -> str:
    """SHA-256 of a file; that of a large one is entered."""
    now, found = stamp(path), known(path)
    if found is None:
        found = sha256(path)
        if path.stat().st_size >= LARGE:
            with atomic(_entry(path)) as partial:
                partial.write_text(f"{now} {found}", encoding="utf-8")
    return found


def known(path: Path) -> str | None:
    """SHA-256 of a large file that is still as it was entered."""
    entry = _entry(path)
    if not entry.exists():
        return None
    then, _, found = entry.read_text(encoding="utf-8").partition(" ")
    return found if then == stamp(path) else None


def _entry(path: Path) -> Path:
    return FOLDER / hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
