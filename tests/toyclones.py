"""Steps that tests of git-annex data sets share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import toys

from braid.sources import annex
from braid.sources.datalad import clone as clone_at

_ROLES = ("AUTHOR", "COMMITTER")


def commit(published: Path) -> str:
    """Commit whatever changed in a published data set."""
    toys.git(published, "add", "--all")
    toys.git(published, "commit", "--quiet", "--allow-empty", "-m", "next version")
    return toys.git(published, "rev-parse", "HEAD")


def clone(published: Path, folder: Path) -> Path:
    """Commit whatever changed in a published data set, and clone that."""
    return clone_at(str(published), commit(published), folder / "ds1")


def add(published: Path, files: dict[str, bytes]) -> None:
    """Put files under git-annex."""
    for path, content in files.items():
        (published / path).parent.mkdir(exist_ok=True)
        (published / path).write_bytes(content)
    toys.git(published, "annex", "add", "--quiet", *files)


def datalad(published: Path, *arguments: str) -> None:
    """Run datalad as whoever publishes a data set does, with another home than who fetches it."""
    program = Path(sys.executable).with_name("datalad")
    people = {f"GIT_{role}_{field}": "x@y" for role in _ROLES for field in ("NAME", "EMAIL")}
    home = {"HOME": str(published.parent), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    environment = os.environ | people | home
    subprocess.run(
        [program, *arguments], cwd=published, env=environment, check=True, capture_output=True
    )


def move_to_web(published: Path, path: str, address: str) -> None:
    """Make a web address the only copy of a file's content."""
    key = toys.git(published, "annex", "lookupkey", path)
    toys.git(published, "annex", "registerurl", key, address)
    toys.git(published, "annex", "drop", "--force", "--quiet", path)


def allow_this_machine(dataset: Path) -> None:
    """Let git-annex read the servers of a test, which it refuses to everyone else."""
    toys.git(dataset, "config", "annex.security.allowed-ip-addresses", "127.0.0.1")


def spoil(file: Path) -> None:
    """Flip one bit, as a bad disk would."""
    content = bytearray(file.read_bytes())
    content[7] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pauses between attempts a hundredth as long."""
    monkeypatch.setattr(annex, "_PAUSES", tuple(pause / 100 for pause in annex._PAUSES))
