"""Kill a run of Snakemake at a random moment, as machines, batch systems and people do."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from subprocess import Popen
from typing import NamedTuple

import psutil

_SCRIPT = re.compile(r".*/\.snakemake/scripts/tmp\w+\.(\w+)\.py")
_POLL = 0.02  # s


class Kill(NamedTuple):
    """One kill: how, and what ran then."""

    how: str
    rules: list[str]
    orphans: int
    """Jobs that still ran when the run was about to be taken up again."""


class Moment(NamedTuple):
    """When to kill: after so many jobs began, and so many seconds later."""

    jobs: int
    seconds: float


def scripts(processes: Iterator[psutil.Process] | list[psutil.Process]) -> dict[int, str]:
    """Rule of each process that runs the script of a job, by its number."""
    return {process.pid: rule for process in processes if (rule := _rule(process))}


def _rule(process: psutil.Process) -> str | None:
    try:
        words = process.cmdline()
    except psutil.Error:
        return None
    found = _SCRIPT.fullmatch(words[-1]) if words else None
    # A shell that starts a script has the whole command as its last word.
    return found[1] if found and " " not in words[-1] else None


def running(main: Popen[bytes]) -> dict[int, str]:
    """Jobs that a Snakemake runs now."""
    try:
        return scripts(psutil.Process(main.pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return {}


def orphans(folder: Path) -> dict[int, str]:
    """Jobs of a checkout, whoever started them."""
    return scripts([one for one in psutil.process_iter() if _is_in(one, folder)])


def _is_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cwd() == str(folder)
    except psutil.Error:
        return False


def wait_for(main: Popen[bytes], moment: Moment) -> bool:
    """Wait for the moment, and say whether Snakemake still runs then."""
    begun: set[int] = set()
    while main.poll() is None and len(begun) < moment.jobs:
        begun |= running(main).keys()
        time.sleep(_POLL)
    time.sleep(moment.seconds)
    return main.poll() is None


def _kill_a_job(main: Popen[bytes], rng: Random) -> list[str]:
    while main.poll() is None and not (jobs := running(main)):
        time.sleep(_POLL)
    number, rule = rng.choice(sorted(jobs.items()))
    os.kill(number, signal.SIGKILL)
    return [rule]


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


HOW: dict[str, Callable[[Popen[bytes], Random], list[str]]] = {
    "KILL, Snakemake alone": _main(signal.SIGKILL),
    "KILL, Snakemake and its jobs": _all(signal.SIGKILL),
    "KILL, one job": _kill_a_job,
    "TERM, Snakemake alone": _main(signal.SIGTERM),
    "INT, Snakemake and its jobs": _all(signal.SIGINT),
}
"""Out of memory, a machine that goes down, a batch system, a person."""
