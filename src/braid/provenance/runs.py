"""Runs of the workflow in a folder: which of them lives, and which was killed."""

import fcntl
import logging
from pathlib import Path
from typing import TextIO

log = logging.getLogger("braid")

# Files that this process holds as long as it lives.
_held: list[TextIO] = []


def say_if_left_locked(state: Path) -> None:
    """Say how to go on where a run was killed and left Snakemake's lock behind.

    Snakemake cannot know whether the holder of its lock lives. Every run that asks here therefore
    shares another lock, which the kernel takes away from it at its end, whatever ends it.

    Parameters
    ----------
    state
        Snakemake's folder, `.snakemake`.
    """
    state.mkdir(exist_ok=True)
    if _is_only_run(state / "alive") and any(state.glob("locks/*")):
        log.warning(
            "A run in this folder was killed and left its lock. What it finished is kept. "
            "To go on:\n    snakemake --unlock\nand then the same command again."
        )


def _is_only_run(path: Path) -> bool:
    """Whether no other process shares the lock of a file; this one shares it from now on."""
    file = path.open("w")
    _held.append(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        is_only = False
    else:
        is_only = True
    fcntl.flock(file, fcntl.LOCK_SH)
    return is_only
