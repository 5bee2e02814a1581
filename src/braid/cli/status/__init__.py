"""`braid status`: how the newest run of this folder fares, for people and for machines."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from braid.cli.status import live
from braid.cli.status.failures import Failure, failures
from braid.cli.status.left import Row, left, rows
from braid.cli.status.live import Life
from braid.cli.status.log import FOLDER, Log, newest
from braid.cluster.queue import Queued
from braid.errors import BadInput


class Status(NamedTuple):
    """A run: how it fares, its jobs by rule, what failed, what is left."""

    began: datetime
    host: str
    command: str
    log: Path
    life: Life
    rows: list[Row]
    failures: list[Failure]
    retried: int
    """Attempts that failed and were followed by another."""
    elapsed: float
    """Seconds."""
    left: float | None
    """Seconds; None when it cannot be told."""
    orphans: list[Queued]
    """Jobs that no run waits for any more."""
    silent: str
    """Why Slurm's queue could not be asked; empty when it could, or when there is none."""

    @property
    def exit(self) -> int:
        """0 while all is well, 1 when a job failed or the run was killed."""
        return int(bool(self.failures) or self.life.state in ("failed", "killed"))


class Watcher:
    """The newest run of this folder, whose log is read on at every look.

    Raises
    ------
    BadInput
        When none ever ran here.
    """

    def __init__(self) -> None:
        found = newest()
        if found is None:
            cure = "run it at the root of a repository in which snakemake has run"
            raise BadInput(FOLDER, "*.snakemake.log", "no run has left a log here", cure)
        self.log = found
        self._expected: Mapping[str, float] | None = None

    def look(self) -> Status:
        """Say how the run fares now."""
        self.log.read_on()
        jobs, silent = _queued()
        life = live.judged(self.log, jobs)
        now = _now(self.log, life)
        pending = {job.id for job in jobs if job.state == "PENDING"}
        counted = self._counted(pending)
        began = datetime.fromisoformat(self.log.header["Date"])
        return Status(
            began=began,
            host=self.log.header["Host"],
            command=self.log.header["Command"],
            log=self.log.path,
            life=life,
            rows=counted,
            failures=failures(self.log),
            retried=sum(job.attempts - 1 for job in self.log.jobs.values()),
            elapsed=(now - began).total_seconds(),
            left=left(self.log, counted, now),
            orphans=live.orphans(self.log, jobs, life.state in ("running", "elsewhere")),
            silent=silent,
        )

    def _counted(self, pending: set[str]) -> list[Row]:
        counted = rows(self.log, pending, self._expected or {})
        unknown = any(row.seconds is None and row.waiting + row.running for row in counted)
        if not unknown or self._expected is not None:
            return counted
        # Planning takes seconds: once, and only when a rule has nothing done.
        from braid.cli.status.expected import expected

        self._expected = expected(self.log)
        return rows(self.log, pending, self._expected)


def _queued() -> tuple[list[Queued], str]:
    """Jobs of this folder, and why they could not be asked for."""
    try:
        return live.queued(), ""
    except BadInput as error:
        return [], f"{error.file}: {error.problem}"


def _now(log: Log, life: Life) -> datetime:
    """The time, or that of the last line of a run that is over."""
    over = life.state in ("finished", "failed", "killed")
    return datetime.fromtimestamp(log.path.stat().st_mtime) if over else datetime.now()


def as_json(found: Status) -> str:
    """A status for machines."""
    plain = found._asdict() | {
        "life": found.life._asdict(),
        "rows": [row._asdict() for row in found.rows],
        "failures": [failure._asdict() for failure in found.failures],
        "orphans": [job._asdict() for job in found.orphans],
    }
    return json.dumps(plain, indent=1, default=str)
