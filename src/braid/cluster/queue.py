"""Jobs in the queue: those of a folder, and whether Snakemake or a person submitted them."""

import re
from pathlib import Path
from typing import NamedTuple

from braid.cluster.ask import ask

# The comment may hold the sign between the columns, so it comes last.
_COLUMNS = "%A|%T|%M|%r|%j|%Z|%k"
# The executor names the jobs of a run after the run.
_RUN = re.compile(r"(\w+_)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Queued(NamedTuple):
    """A job that waits or runs."""

    id: str
    state: str
    """PENDING, RUNNING, COMPLETING, …"""
    time: str
    """That it has run."""
    reason: str
    """Why it waits."""
    name: str
    folder: str
    comment: str

    @property
    def is_of_run(self) -> bool:
        """Whether the executor submitted it; else it may be a run's own driver."""
        return bool(_RUN.fullmatch(self.name))


def survey(user: str, folder: Path) -> list[Queued]:
    """Ask for the jobs of a user that were submitted in a folder.

    Raises
    ------
    BadInput
        When Slurm does not answer.
    """
    jobs = read(ask(("squeue", "--noheader", "--user", user, "--format", _COLUMNS)))
    return [job for job in jobs if Path(job.folder) == folder.resolve()]


def read(said: str) -> list[Queued]:
    """Read what `squeue` prints."""
    return [Queued(*line.split("|", 6)) for line in said.splitlines() if line]
