"""Measure pieces of work, each in a fresh process: CPU and wall seconds, peak memory, BLAS."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

TESTS = Path(__file__).parents[1]
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Measured = dict[str, Any]


@contextmanager
def stopwatch() -> Iterator[Measured]:
    """Fill in CPU and wall seconds of the block, and the peak memory of the process after it."""
    used: Measured = {}
    cpu, wall = process_time(), perf_counter()
    yield used
    used |= {"cpu": process_time() - cpu, "wall": perf_counter() - wall, "peak": peak()}


def peak() -> int:
    """Bytes of memory that this process has held at most, so far.

    Not `ru_maxrss`: Linux lets a child begin at the peak of the process that started it.
    """
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].removesuffix("kB")) * 1024


@dataclass
class Bench:
    """What the themes measure with.

    Attributes
    ----------
    size
        "small" is a smoke test; "full" are the shapes of the table.
    threads
        Of BLAS, the same for all sides.
    folder
        For made-up data; emptied by the caller.
    machine
        What `machine.describe` gave.
    raw
        Everything measured, in order.
    """

    size: str
    threads: int
    folder: Path
    machine: Measured = field(default_factory=dict)
    raw: list[Measured] = field(default_factory=list)

    def measure(self, work: Callable[..., Measured], **arguments: Any) -> Measured:
        """Run `work(**arguments)` in a process of its own; both must pass through JSON."""
        task = {"module": work.__module__, "function": work.__name__, "arguments": arguments}
        found = _run(task, self.threads)
        kept = {key: value for key, value in found.items() if key != "scores"}
        self.raw.append(task | {"measured": kept})
        seconds = f"{found['cpu']:.2f} CPU s" if "cpu" in found else "done"
        print(f"{work.__name__} {_brief(arguments)}: {seconds}", file=sys.stderr, flush=True)
        return found

    def alternate(self, sides: Mapping[str, "Side"]) -> dict[str, list[Measured]]:
        """Measure all sides in turn until each ran its repeats, every second turn in reverse."""
        found: dict[str, list[Measured]] = {name: [] for name in sides}
        for turn in range(max(side.repeats for side in sides.values())):
            due = [name for name, side in sides.items() if turn < side.repeats]
            for name in due[:: -1 if turn % 2 else 1]:
                found[name].append(self.measure(sides[name].work, **sides[name].arguments))
        return found


@dataclass(frozen=True)
class Side:
    """One competitor: what it does, with what, and how often."""

    work: Callable[..., Measured]
    arguments: Mapping[str, Any]
    repeats: int


def median(runs: list[Measured], key: str = "cpu") -> float:
    return statistics.median(run[key] for run in runs)


def ratio(theirs: list[Measured], ours: list[Measured], key: str = "cpu") -> float:
    """By what factor the median of ours is ahead."""
    return median(theirs, key) / median(ours, key)


def _run(task: Measured, threads: int) -> Measured:
    chosen = dict.fromkeys(THREAD_VARIABLES, str(threads))
    done = subprocess.run(
        [sys.executable, "-m", "bench.child"],
        input=json.dumps(task),
        env=os.environ | chosen,
        cwd=TESTS,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _brief(arguments: Mapping[str, Any]) -> str:
    told = {key: value for key, value in arguments.items() if isinstance(value, (int, float, str))}
    return ", ".join(str(value) for key, value in told.items() if key != "folder")
