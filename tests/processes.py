"""Processes that a test starts, waits for, and kills."""

import os
import signal
import time
from collections.abc import Callable

import psutil


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(process: int) -> bool:
    """Whether a process does something still."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill_all(process: int) -> None:
    """Kill a process and all that it started, as when their machine dies."""
    first = psutil.Process(process)
    for each in (first, *first.children(recursive=True)):
        os.kill(each.pid, signal.SIGKILL)
