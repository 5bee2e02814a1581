"""Kill a run of Snakemake at a random moment, as machines, batch systems and people do."""

import os
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from subprocess import Popen
from typing import NamedTuple

import psutil
from soak.checkout import records

_SCRIPT = re.compile(r".*/\.snakemake/scripts/tmp\w+\.(\w+)\.py")
_POLL = 0.02  # s


class Kill(NamedTuple):
    """One kill: how, and what ran then."""

    how: str
    rules: list[str]
    orphans: int
    """Jobs that were still there when the run was about to be taken up again."""
    written: int
    """Files that those wrote then."""


class Moment(NamedTuple):
    """When to kill: after so many jobs are done and another runs, and so many seconds later."""

    done: int
    seconds: float


def running(main: Popen[bytes]) -> dict[int, str]:
    """Rule of each job that a Snakemake runs now, by the number of its process."""
    try:
        children = psutil.Process(main.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return {}
    return {child.pid: rule for child in children if (rule := _rule(child))}


def _rule(process: psutil.Process) -> str | None:
    try:
        words = process.cmdline()
    except psutil.Error:
        return None
    found = _SCRIPT.fullmatch(words[-1]) if words else None
    # A shell that starts a script has the whole command as its last word.
    return found[1] if found and " " not in words[-1] else None


def orphans(folder: Path) -> list[psutil.Process]:
    """Jobs of a checkout, whoever started them."""
    return [one for one in psutil.process_iter() if _is_in(one, folder) and _rule(one)]


def _is_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cwd() == str(folder)
    except psutil.Error:
        return False


def wait_for(main: Popen[bytes], folder: Path, moment: Moment) -> bool:
    """Wait for the moment, and say whether Snakemake still runs then."""
    while main.poll() is None and not (
        running(main) and len([*records(folder / "results")]) >= moment.done
    ):
        time.sleep(_POLL)
    time.sleep(moment.seconds)
    return main.poll() is None


def _kill_a_job(main: Popen[bytes], rng: Random) -> list[str] | None:
    while main.poll() is None:
        if jobs := sorted(running(main).items()):
            number, rule = rng.choice(jobs)
            with suppress(ProcessLookupError):  # It has just ended.
                os.kill(number, signal.SIGKILL)
                return [rule]
        time.sleep(_POLL)
    return None


def _all(number: signal.Signals) -> Callable[[Popen[bytes], Random], list[str]]:
    def strike(main: Popen[bytes], rng: Random) -> list[str]:
        hit = sorted(running(main).values())
        os.killpg(main.pid, number)
        return hit

    return strike


def _main(number: signal.Signals) -> Callable[[Popen[bytes], Random], list[str]]:
    def strike(main: Popen[bytes], rng: Random) -> list[str]:
        hit = sorted(running(main).values())
        main.send_signal(number)
        return hit

    return strike


HOW: dict[str, Callable[[Popen[bytes], Random], list[str] | None]] = {
    "KILL, Snakemake alone": _main(signal.SIGKILL),
    "KILL, Snakemake and its jobs": _all(signal.SIGKILL),
    "KILL, one job": _kill_a_job,
    "TERM, Snakemake alone": _main(signal.SIGTERM),
    "INT, Snakemake and its jobs": _all(signal.SIGINT),
}
"""Out of memory, a machine that goes down, a batch system, a person. Each says which jobs ran then;
none, not even an empty list, when the run was over before it could strike."""
