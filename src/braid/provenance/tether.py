"""A job ends with the Snakemake that started it.

A Snakemake that is killed leaves its jobs behind. They would go on unseen, and write beside the
jobs that the next Snakemake starts for the same files.
"""

import os
import threading
import time

import psutil

from braid.sources.commands import kill

VARIABLE = "BRAID_SNAKEMAKE"
"""Environment variable that holds the process ID of Snakemake; the rule files set it."""
# Seconds in which a job may go on: a new Snakemake takes longer to start one.
_POLL = 0.2


def hold() -> None:
    """Let this process, and all that it starts, be killed when its Snakemake is gone.

    Where it was gone before, while this process still loaded its libraries, nothing begins.
    """
    if VARIABLE in os.environ:
        snakemake = int(os.environ[VARIABLE])
        _end_without(snakemake)
        threading.Thread(target=_watch, args=(snakemake,), daemon=True).start()


def _watch(snakemake: int) -> None:
    while True:
        time.sleep(_POLL)
        _end_without(snakemake)


def _end_without(snakemake: int) -> None:
    if not _lives(snakemake):
        kill(os.getpid())


def _lives(process: int) -> bool:
    # Where nobody asks how a killed process ended, it stays as a zombie.
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
