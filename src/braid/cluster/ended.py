"""How jobs ended: Slurm's state, and what they asked for and took."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from braid.cluster.ask import ask
from braid.cluster.units import seconds, size

_FIELDS = "JobIDRaw,State,ExitCode,Timelimit,Elapsed,ReqMem,MaxRSS,AllocCPUS,NodeList"
# Of a command line, far below what the shell takes.
_AT_ONCE = 500


class Ended(NamedTuple):
    """One job, its steps together."""

    id: str
    state: str
    """OUT_OF_MEMORY also when Slurm says so of a step alone, and FAILED of the job."""
    code: str
    """Exit code and signal."""
    limit: int | None
    """Seconds that it was allowed."""
    elapsed: int | None
    """Seconds that it ran."""
    asked: int | None
    """Bytes of memory."""
    used: int | None
    """Bytes of memory of its largest step, where Slurm measured them."""
    node: str


def survey(ids: Sequence[str]) -> dict[str, Ended]:
    """Ask the database how jobs ended; those that it does not know are left out.

    Raises
    ------
    BadInput
        When the database does not answer.
    """
    parts = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
    words = ("sacct", "--noheader", "--parsable2", f"--format={_FIELDS}", "--jobs")
    return {job.id: job for part in parts for job in read(ask((*words, ",".join(part))))}


def read(said: str) -> list[Ended]:
    """Read what `sacct` prints: a line for each job, then one for each of its steps."""
    rows = [line.split("|") for line in said.splitlines() if line]
    jobs = [row for row in rows if "." not in row[0]]
    return [_ended(job, [row for row in rows if row[0].startswith(f"{job[0]}.")]) for job in jobs]


def _ended(job: Sequence[str], steps: Sequence[Sequence[str]]) -> Ended:
    number, state, code, limit, elapsed, asked, _, cpus, node = job
    states = [_word(step[1]) for step in steps]
    used = [size(step[6]) for step in steps]
    return Ended(
        id=number,
        state="OUT_OF_MEMORY" if "OUT_OF_MEMORY" in states else _word(state),
        code=code,
        limit=seconds(limit),
        elapsed=seconds(elapsed),
        asked=_memory(asked, int(cpus or 1)),
        used=_most(used),
        node=node,
    )


def _word(state: str) -> str:
    """CANCELLED of `CANCELLED by 1000`."""
    return state.split()[0] if state else "UNKNOWN"


def _memory(asked: str, cpus: int) -> int | None:
    """Before Slurm 21.08 a `c` at the end said: for each CPU."""
    found = size(asked)
    return found * cpus if found and asked.endswith("c") else found


def _most(used: Iterable[int | None]) -> int | None:
    return max((one for one in used if one is not None), default=None)
