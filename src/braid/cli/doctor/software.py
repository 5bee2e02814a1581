"""Whether the software is here that the locks name."""

import platform
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path

from braid.cli.doctor.check import Check, failure, ok, warning
from braid.sources.commands import run

LOCK = Path("envs/run.lock")
_INSTALL = f"{sys.executable} -m pip install --requirement {LOCK}"
_FEW = 5


def python() -> Iterator[Check]:
    """Python, and every distribution of the lock."""
    version = f"Python {platform.python_version()} in {sys.prefix}"
    pinned, here = _pins(LOCK.read_text("utf-8")), _installed()
    missing = [name for name in pinned if name not in here]
    other = [name for name in pinned if name in here and here[name] != pinned[name]]
    if missing:
        yield failure("python", f"{version}; not installed: {_some(missing)}", _INSTALL)
    elif other:
        told = [f"{name} {here[name]} instead of {pinned[name]}" for name in other]
        yield warning("python", f"{version}; {_some(told)}", _INSTALL)
    else:
        yield ok("python", f"{version}, {len(pinned)} distributions as in {LOCK}")


def git() -> Iterator[Check]:
    """Git, without which no record knows its commit."""
    try:
        said = run(["git", "--version"], Path()).stdout.strip()
    except FileNotFoundError:
        yield failure("git", "is not on this machine", "install it, or load its module")
    else:
        yield ok("git", said.removeprefix("git version "))


def annex() -> Iterator[Check]:
    """git-annex, which comes with the lock and fetches data."""
    try:
        said = run(["git-annex", "version", "--raw"], Path()).stdout.strip()
    except FileNotFoundError:
        yield failure("git-annex", "is not in this environment", _INSTALL)
        return
    pinned = _pins(LOCK.read_text("utf-8"))["git-annex"]
    if said.partition("-")[0] == pinned:
        yield ok("git-annex", said)
    else:
        yield warning("git-annex", f"{said}, the lock has {pinned}", _INSTALL)


def _pins(text: str) -> Mapping[str, str]:
    pairs = (line.split("==") for line in text.splitlines() if "==" in line)
    return {_plain(name): version for name, version in pairs}


def _installed() -> Mapping[str, str]:
    # A local label (+cpu, +cu130) names one build of a version.
    return {_plain(d.metadata["Name"]): d.version.partition("+")[0] for d in distributions()}


def _plain(name: str) -> str:
    """One spelling of names that pip takes for the same."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more
