"""What the log of a run says of its jobs, read on as it grows.

Every run leaves `.snakemake/log/<time>.snakemake.log` behind, whatever else it was asked to log to.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

FOLDER = Path(".snakemake/log")


@dataclass
class Job:
    """One job: its last attempt."""

    id: str
    rule: str
    started: datetime
    wildcards: str = ""
    logs: list[str] = field(default_factory=list)
    state: str = "running"
    """`running`, `done`, `failed`, or `waiting` for another attempt."""
    ended: datetime | None = None
    attempts: int = 1
    slurm_id: str = ""
    slurm_log: str = ""
    message: str = ""
    """What the executor says of its failure."""


class Log:
    """The log of one run.

    Parameters
    ----------
    path
        Of the file; read by `read_on`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: dict[str, str] = {}
        """`Host`, `Command`, … as Snakemake prints them when it starts."""
        self.slurm_run = ""
        """What its Slurm jobs are called; empty for a run without any."""
        self.planned: dict[str, int] = {}
        """Jobs by rule, in the order of the stages."""
        self.jobs: dict[str, Job] = {}
        self.over = False
        """Whether Snakemake came to its end, by success, failure or a signal that it heeds."""
        self._at = 0
        self._time = datetime.min
        self._job: Job | None = None
        self._failing = False
        self._quote = ""
        self._counting = False
        self._groups: dict[str, list[Job]] = {}
        self._group = ""

    def read_on(self) -> None:
        """Read what was written since the last time, up to the last whole line."""
        with self.path.open("rb") as file:
            file.seek(self._at)
            text, end, _ = file.read().rpartition(b"\n")
        self._at += len(text + end)
        for line in text.decode("utf-8", "replace").split("\n"):
            self._read(line)

    def _read(self, line: str) -> None:
        # Logs of failed jobs are quoted between two lines of `=`, and hold anything.
        if self._quote:
            self._quote = "" if line == self._quote else self._quoted(line)
            return
        for pattern, act in _EVENTS:
            if found := pattern.match(line):
                return act(self, *found.groups())

    def _quoted(self, line: str) -> str:
        """Wait for the line that opens the quotation, then for its like."""
        return line if self._quote == "?" and set(line) == {"="} else self._quote

    def _quotes(self, rest: str) -> None:
        self._quote = "" if rest == " empty file" else "?"

    def _said(self, name: str, value: str) -> None:
        self.header.setdefault(name, value)

    def _named(self, name: str) -> None:
        self.slurm_run = name

    def _counts(self) -> None:
        self.planned, self._counting = {}, True

    def _count(self, rule: str, count: str) -> None:
        if self._counting and rule == "total":
            self._counting = False
        elif self._counting:
            self.planned[rule] = int(count)

    def _ticks(self, indent: str, time: str, rest: str) -> None:
        self._time = datetime.strptime(time, "%a %b %d %H:%M:%S %Y")
        self._job = None
        found = re.match(r"Group job (\S+) ", rest.lstrip())
        self._group = found[1] if found else self._group if indent else ""

    def _starts(self, rule: str) -> None:
        self._failing, self._job = False, Job("", rule, self._time)

    def _fails(self, rule: str) -> None:
        self._failing, self._job = True, Job("", rule, self._time)

    def _field(self, name: str, value: str) -> None:
        job = self._job
        if job is None:
            return
        if name == "jobid":
            self._enter(job, value)
        elif name == "wildcards":
            job.wildcards = value
        elif name == "log" and not self._failing:
            job.logs = value.split(", ")
        elif name == "message" and value != "None":
            job.message = value

    def _enter(self, job: Job, number: str) -> None:
        """A job that starts, or starts again, or a known one that failed."""
        known = self.jobs.get(number)
        if self._failing and known:
            known.state, known.ended, known.message = "failed", self._time, job.message
            self._job = known
            return
        job.id, job.attempts = number, known.attempts + 1 if known else 1
        self.jobs[number] = job
        if self._group:
            self._groups.setdefault(self._group, []).append(job)

    def _submitted(self, number: str, slurm_id: str, slurm_log: str) -> None:
        single = [self.jobs[number]] if number in self.jobs else []
        for job in self._groups.get(number, single):
            job.slurm_id, job.slurm_log = slurm_id, slurm_log

    def _finishes(self, number: str) -> None:
        if job := self.jobs.get(number):
            job.state, job.ended = "done", self._time

    def _restarts(self, number: str) -> None:
        single = [self.jobs[number]] if number in self.jobs else []
        for job in self._groups.pop(number, single):
            job.state = "waiting"

    def _ends(self) -> None:
        self.over = True


_EVENTS: list[tuple[re.Pattern[str], Callable[..., None]]] = [
    (re.compile(pattern), act)
    for pattern, act in (
        (r"( *)\[(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\](.*)$", Log._ticks),
        (r" {4,}(jobid|wildcards|log|message): (.*)$", Log._field),
        (r"(?: {4})?(?:local)?(?:rule|checkpoint) (\w+):$", Log._starts),
        (r"(?: {4})?Error in rule (\w+):$", Log._fails),
        (r"Finished jobid: (\S+)", Log._finishes),
        (r"Job (\S+) has been submitted with SLURM jobid (\S+) \(log: (.*)\)\.$", Log._submitted),
        (r"Trying to restart job (\S+)\.$", Log._restarts),
        (r" *Logfile .*:( empty file)?$", lambda log, rest: log._quotes(rest or "")),
        (r"  (\w[\w ()]*): (.*)$", Log._said),
        (r"SLURM run ID: (\S+)$", Log._named),
        (r"Job stats:$", Log._counts),
        (r"(\w+) +(\d+)$", Log._count),
        (r"Complete log\(s\):", Log._ends),
    )
]


def newest(folder: Path = FOLDER) -> Log | None:
    """Read the log of the last run that began; None when there was none."""
    # Commands that only parse the workflow may leave an empty log behind.
    logs = (path for path in sorted(folder.glob("*.snakemake.log"), reverse=True))
    return next((log for log in _read(logs) if log.header), None)


def _read(paths: Iterator[Path]) -> Iterator[Log]:
    for path in paths:
        log = Log(path)
        log.read_on()
        yield log
