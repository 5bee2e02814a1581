"""The log of a job, and the lock beside it: who holds that is at the job, and nobody else is."""

import faulthandler
import fcntl
import logging
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from braid.errors import BadInput

log = logging.getLogger("braid")


@contextmanager
def alone(path: Path, rule: str) -> Iterator[None]:
    """Hold the lock beside the log of a job; wait, and say so, while another process holds it.

    When a run is killed, its jobs may live on. The next run starts them anew, and no two may write
    the same files. The lock ends with its holder, whatever ends that. Snakemake would remove a lock
    on the log itself, with the log.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            log.warning(
                "%s: waiting for a process of an earlier run that makes the same files: %s",
                rule,
                file.read(),
            )
            fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(f"process {os.getpid()} on {platform.node()}")
        file.flush()
        yield


@contextmanager
def logged(path: Path, rule: str, memory: int | None) -> Iterator[None]:
    """Send log lines to the log of a job, the first of which says what it is.

    Parameters
    ----------
    path
        Of the log.
    rule
        Of the job.
    memory
        MB that the job asked for.

    Raises
    ------
    SystemExit
        On bad input, after one clear error in the log and on the terminal.
    """
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=[
            logging.FileHandler(path, mode="w", encoding="utf-8"),
            logging.StreamHandler(),
        ],
        force=True,
    )
    # Of a crash in C, such as that of HDF5 on a full disk, the log shows where it happened.
    if not faulthandler.is_enabled():
        faulthandler.enable(path.open("a", encoding="utf-8"))
    log.info("%s on %s, %s MB asked for", rule, platform.node(), memory)
    try:
        yield
    except BadInput as error:
        log.error("%s", error)
        raise SystemExit(1) from error
    except Exception:
        log.exception("%s failed", rule)
        raise
