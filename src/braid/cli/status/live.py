"""Whether a run of this folder is still on, and which jobs of it Slurm has."""

import getpass
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import psutil

from braid.cli.status.log import Log
from braid.cluster import queue
from braid.cluster.ask import has
from braid.cluster.queue import Queued

LOCKS = Path(".snakemake/locks")


class Life(NamedTuple):
    """How a run fares."""

    state: Literal["running", "finished", "failed", "killed", "elsewhere"]
    text: str


def driver(folder: Path = Path()) -> int | None:
    """Number of the process that runs Snakemake in a folder, on this machine."""
    for process in psutil.process_iter(["pid", "cwd", "cmdline"]):
        words = process.info["cmdline"] or []
        # Its jobs are Snakemakes too, in another mode.
        runs = any(Path(word).name == "snakemake" for word in words) and "--mode" not in words
        if runs and process.info["cwd"] == str(folder.resolve()):
            return process.info["pid"]
    return None


def locked(folder: Path = LOCKS) -> bool:
    """Whether a run has locked the files that it makes, or died without unlocking them."""
    return any(folder.glob("*.lock"))


def queued(folder: Path = Path()) -> list[Queued]:
    """Jobs in Slurm's queue that were submitted here; none where there is no Slurm.

    Raises
    ------
    BadInput
        When Slurm does not answer.
    """
    return queue.survey(getpass.getuser(), folder) if has("squeue") else []


def orphans(log: Log | None, jobs: Sequence[Queued], alive: bool) -> list[Queued]:
    """Jobs that a run left in the queue when it died: no later run knows of them."""
    current = log.slurm_run if log and alive else ""
    return [job for job in jobs if job.is_of_run and job.name != current]


def judged(log: Log, jobs: Sequence[Queued]) -> Life:
    """Say how a run fares, by its log, the processes of this machine, and Slurm's queue."""
    if pid := driver():
        return Life("running", f"process {pid}")
    host = log.header.get("Host", "")
    if log.over:
        done = sum(job.state == "done" for job in log.jobs.values())
        return Life("finished" if done == sum(log.planned.values()) else "failed", "")
    if any(not job.is_of_run for job in jobs):
        return Life("running", f"inside a job on {host}")
    if host != platform.node() and locked():
        return Life("elsewhere", f"began on {host}, where alone it can be seen whether it lives")
    return Life("killed", "it ended without a word")
