"""How long a run will still take, by what its jobs took so far."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median
from typing import NamedTuple

from braid.cli.status.log import Job, Log


class Row(NamedTuple):
    """Jobs of one rule."""

    rule: str
    jobs: int
    done: int
    running: int
    queued: int
    """Submitted to Slurm, and waiting there."""
    waiting: int
    """For their inputs, or for a free place."""
    failed: int
    seconds: float | None
    """What one takes, from its start or submission to its end: median of those that are done, else
    what its shapes tell; None when neither is known."""


def rows(log: Log, pending: set[str], expected: Mapping[str, float]) -> list[Row]:
    """Count the jobs of each rule.

    Parameters
    ----------
    log
        Of the run.
    pending
        Numbers of jobs that Slurm has not started.
    expected
        Seconds of a job by rule, for rules of which no job is done.
    """
    return [_row(rule, count, log, pending, expected) for rule, count in log.planned.items()]


def _row(rule: str, count: int, log: Log, pending: set[str], expected: Mapping[str, float]) -> Row:
    jobs = [job for job in log.jobs.values() if job.rule == rule]
    states = [_state(job, pending) for job in jobs]
    done, running, queued, failed = map(states.count, ("done", "running", "queued", "failed"))
    waiting = count - done - running - queued - failed
    took = [_age(job, datetime.max) for job in jobs if job.state == "done"]
    seconds = median(took) if took else expected.get(rule)
    return Row(rule, count, done, running, queued, waiting, failed, seconds)


def _state(job: Job, pending: set[str]) -> str:
    return "queued" if job.state == "running" and job.slurm_id in pending else job.state


def _age(job: Job, now: datetime) -> float:
    return ((job.ended or now) - job.started).total_seconds()


def left(log: Log, counted: Iterable[Row], now: datetime) -> float | None:
    """Seconds until the run ends, if as many jobs are at work as on average so far.

    Jobs that failed are not made again, and what waits for them is counted all the same. None when
    of some rule nothing is known.
    """
    takes = {row.rule: row.seconds for row in counted}
    waiting = {row.rule: row.waiting for row in counted}
    if any(takes[rule] is None for rule, number in waiting.items() if number):
        return None
    at_work = [job for job in log.jobs.values() if job.state == "running"]
    rest = [max((takes[job.rule] or 0) - _age(job, now), 0.0) for job in at_work]
    work = sum(rest) + sum((takes[rule] or 0) * number for rule, number in waiting.items())
    longest = max(
        [*rest, *((takes[rule] or 0) for rule, number in waiting.items() if number)], default=0.0
    )
    return max(work / width(log, now), longest)


def width(log: Log, now: datetime) -> float:
    """How many jobs were at work at a time, on average since the first began; at least one."""
    jobs = [job for job in log.jobs.values() if job.state != "waiting"]
    if not jobs:
        return 1.0
    elapsed = (now - min(job.started for job in jobs)).total_seconds()
    return max(1.0, sum(_age(job, now) for job in jobs) / max(elapsed, 1.0))
