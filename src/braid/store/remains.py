"""What writers leave behind when they are killed, and folders that go at once."""

import glob
import shutil
import tempfile
from pathlib import Path

PREFIX = ".partial-"
# Python's tempfile draws so many characters.
_DRAWN = "?" * 8


def clear(path: Path) -> None:
    """Delete what earlier attempts at writing `path` left beside it.

    Only whoever alone may write `path` may say so: an attempt that still goes on would fail.
    """
    for remains in path.parent.glob(f"{PREFIX}{_DRAWN}{glob.escape(path.name)}"):
        _delete(remains)


def remove(folder: Path) -> None:
    """Delete a folder, if it is there, so that nobody ever sees a part of it under its name."""
    if folder.exists():
        aside = tempfile.mkdtemp(prefix=PREFIX, suffix=folder.name, dir=folder.parent)
        _delete(folder.rename(aside))


def _delete(path: Path) -> None:
    # git-annex forbids to change the folders that it keeps content in.
    for inner in path.rglob("*/"):
        inner.chmod(0o755)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
