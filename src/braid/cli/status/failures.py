"""Why jobs failed: the last lines of their logs, and what Slurm says."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from braid.cli.status.log import Job, Log
from braid.cluster import ended
from braid.cluster.ask import has
from braid.cluster.ended import Ended
from braid.errors import BadInput
from braid.sources.secrets import redact

LINES = 12
"""Of a log that are shown."""
_TAIL = 20_000  # bytes
_CURES = {
    "OUT_OF_MEMORY": "give it more: --set-resources {rule}:mem_mb=NUMBER",
    "TIMEOUT": "give it longer: --set-resources {rule}:runtime=MINUTES",
    "NODE_FAIL": "the node died, not the job: run the same command again",
    "PREEMPTED": "another job took its place: run the same command again",
    "CANCELLED": "somebody, or the run itself when it was stopped, cancelled it",
}


class Failure(NamedTuple):
    """A job that failed in its last attempt."""

    rule: str
    wildcards: str
    attempts: int
    reason: str
    """What Slurm, or else the executor says; empty for a job on this machine."""
    cure: str
    log: str
    lines: list[str]
    """Last ones of its log."""
    slurm_id: str
    slurm_log: str
    slurm_lines: list[str]


def failures(log: Log) -> list[Failure]:
    """Say of every job that failed why it did."""
    jobs = [job for job in log.jobs.values() if job.state == "failed"]
    said = _asked([job.slurm_id for job in jobs if job.slurm_id])
    return [_failure(job, said) for job in jobs]


def _asked(ids: Sequence[str]) -> dict[str, Ended]:
    """What accounting says; a cluster without it, or one that is away, says nothing."""
    if not ids or not has("sacct"):
        return {}
    try:
        return ended.survey(ids)
    except BadInput:
        return {}


def _failure(job: Job, said: Mapping[str, Ended]) -> Failure:
    slurm = said.get(job.slurm_id)
    path = job.logs[0] if job.logs else ""
    return Failure(
        rule=job.rule,
        wildcards=job.wildcards,
        attempts=job.attempts,
        reason="; ".join(_facts(slurm)) if slurm else job.message,
        cure=_CURES.get(slurm.state, "").format(rule=job.rule) if slurm else "",
        log=path,
        lines=tail(Path(path)) if path else [],
        slurm_id=job.slurm_id,
        slurm_log=job.slurm_log,
        slurm_lines=tail(Path(job.slurm_log)) if job.slurm_log else [],
    )


def _facts(slurm: Ended) -> Iterator[str]:
    yield f"{slurm.state} on {slurm.node}, exit {slurm.code}"
    if slurm.asked:
        # Slurm looks now and then: of a job that was killed for it, it saw less than there was.
        seen = slurm.used if slurm.state != "OUT_OF_MEMORY" else None
        used = f", used {seen / 2**20:.0f} MB" if seen else ""
        yield f"asked for {slurm.asked / 2**20:.0f} MB{used}"
    if slurm.elapsed is not None and slurm.limit:
        yield f"ran {slurm.elapsed / 60:.1f} of {slurm.limit / 60:.0f} minutes"


def tail(path: Path, lines: int = LINES) -> list[str]:
    """Last lines of a log without credentials; none when it is not there."""
    if not path.is_file():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        text = file.read().decode("utf-8", "replace")
    return redact(text).rstrip().splitlines()[-lines:]
