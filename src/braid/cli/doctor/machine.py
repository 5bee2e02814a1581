"""Whether the machine has what a run needs: space, a clock, a GPU."""

import getpass
import shutil
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import psutil

from braid.cli.doctor.check import Check, failure, ok, warning
from braid.cluster.ask import ask, has, tried
from braid.study.config import Config

CACHE = Path(".cache")
_ELSEWHERE = "move the checkout to where there is more"
_FULL, _LOW = 2e9, 20e9  # bytes
_NEARLY = 0.9  # of a quota
_SKEW = 2.0  # seconds that Snakemake and make shrug off


def disk() -> Iterator[Check]:
    """Space where results go."""
    yield roomy(shutil.disk_usage(Path()).free, file_system())


def roomy(free: float, kind: str) -> Check:
    """Judge by the free bytes of a file system."""
    text = f"{free / 1e9:.0f} GB free on {kind}"
    if free > _LOW:
        return ok("disk", text)
    level = failure if free < _FULL else warning
    return level("disk", text, f"`braid plan TARGET` says what one takes; {_ELSEWHERE}")


def file_system() -> str:
    """Type of the file system that this folder lies in."""
    here = Path().resolve()
    mounts = {Path(part.mountpoint): part.fstype for part in psutil.disk_partitions(all=True)}
    return next((mounts[place] for place in (here, *here.parents) if place in mounts), "unknown")


class Quota(NamedTuple):
    """What a user has and may have on one file system."""

    place: str
    what: str
    """`space` or `files`."""
    used: int
    limit: int
    """The lower one, above which a period of grace begins."""


def quota() -> Iterator[Check]:
    """Quotas, on machines that have the command."""
    # With --raw-grace no column is ever empty.
    if not has("quota"):
        return
    # It fails, too, when a quota is exceeded.
    words = ("quota", "--no-wrap", "--raw-grace", "--user", getpass.getuser())
    limits = quotas(tried(words).stdout)
    for one in limits:
        if one.used > _NEARLY * one.limit:
            text = f"{one.place}: {one.used / one.limit:.0%} of the quota of {one.what}"
            yield warning("quota", text, f"delete what is not needed, or {_ELSEWHERE}")
    if not any(one.used > _NEARLY * one.limit for one in limits):
        yield ok("quota", f"{len(limits)} limits, none near")


def quotas(said: str) -> list[Quota]:
    """Read what `quota --no-wrap --raw-grace` prints; what has no limit is left out."""
    rows = (line.replace("*", "").split() for line in said.splitlines())
    numbers = [(row[0], *map(int, row[1:])) for row in rows if len(row) == 9 and row[1].isdigit()]
    return [
        Quota(place, what, used, soft or hard)
        for place, *values in numbers
        for what, (used, soft, hard) in (("space", values[:3]), ("files", values[4:7]))
        if soft or hard
    ]


def cache() -> Iterator[Check]:
    """The folder for downloads and digests; nothing is written into the home."""
    # What does not exist yet is made in the folder above it.
    folder = CACHE if CACHE.exists() else Path()
    try:
        with tempfile.TemporaryFile(dir=folder):
            yield ok(".cache", f"{CACHE.resolve()} can be written")
    except OSError as error:
        cure = f"chown -R {getpass.getuser()} {CACHE.resolve()}, or work in a checkout of your own"
        yield failure(".cache", f"{CACHE.resolve()}: {error.strerror}", cure)


def clock() -> Iterator[Check]:
    """The clock of the file system, which stamps files, beside that of this machine."""
    with tempfile.NamedTemporaryFile(dir=Path()) as file:
        yield skewed(Path(file.name).stat().st_mtime - time.time())


def skewed(seconds: float) -> Check:
    """Judge by how many seconds the file system is ahead of the machine."""
    if abs(seconds) <= _SKEW:
        return ok("clock", "the file system has the time of this machine")
    text = f"the file system is {abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"
    cure = "ask who runs them to set both by NTP: Snakemake compares times of files"
    return failure("clock", text, cure)


def gpu(config: Config) -> Iterator[Check]:
    """GPUs of this machine, and whether torch can use one where the configuration asks for it."""
    found = ask(("nvidia-smi", "--list-gpus")).splitlines() if has("nvidia-smi") else []
    text = "; ".join(line.partition(" (UUID")[0] for line in found) or "none on this machine"
    build, needed = version("torch"), config.backend == "torch_cuda"
    if (found or needed or config.gpu) and build.endswith("+cpu"):
        text += f"; torch {build} cannot use any"
        level = failure if needed else warning
        yield level("gpu", text, "install the build of torch for CUDA")
    elif needed and not found and not has("sinfo"):
        yield failure("gpu", text, "take `backend: torch_cuda` out of config/config.yaml")
    else:
        yield ok("gpu", text)
