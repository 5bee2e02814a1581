"""Folders that are either whole or absent."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from braid.store import clear, remove
from braid.store.remains import PREFIX


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `folder`; it takes its place only when the body succeeds.

    Nobody else may write `folder` meanwhile: what a killed attempt left is deleted.

    Yields
    ------
    Path
        An empty folder to fill.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    clear(folder)
    partial = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=folder.name, dir=folder.parent))
    try:
        yield partial
        partial.chmod(0o755)
        remove(folder)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def let_read(folder: Path) -> None:
    """Let everybody read the files of a folder: safetensors writes for their owner alone."""
    for path in folder.iterdir():
        path.chmod(0o644)
