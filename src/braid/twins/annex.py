"""A folder becomes a datalad data set whose commit depends on nothing but its content."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from braid.store.remains import PREFIX

# As OpenNeuro has them: these small text files are in git, everything else is annexed.
ATTRIBUTES = """\
* annex.backend={backend}
**/.git* annex.largefiles=nothing
*.bval annex.largefiles=nothing
*.bvec annex.largefiles=nothing
*.json annex.largefiles=nothing
*.tsv annex.largefiles=nothing
.bidsignore annex.largefiles=nothing
CHANGES annex.largefiles=nothing
README annex.largefiles=nothing
"""
DATE = "2025-05-21T00:00:00+0000"
PERSON = {"NAME": "BRAID twin", "EMAIL": "twin@braid.invalid"}


@contextmanager
def dataset(
    folder: Path, message: str, backend: Literal["MD5E", "SHA256E"] = "MD5E"
) -> Iterator[Path]:
    """Yield an empty folder; when the body succeeds, it is `folder`, a data set of one commit.

    Small text files are in git, everything else is annexed.

    Parameters
    ----------
    folder
        Must not exist, or be empty; its parent is made.
    message
        Of the commit.
    backend
        Kind of the annex keys, that of the real data set.

    Raises
    ------
    subprocess.CalledProcessError
        When datalad fails.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(
            prefix=PREFIX, suffix=folder.name, dir=folder.parent
        ) as partial,
        tempfile.TemporaryDirectory() as home,
    ):
        inside = Path(partial) / folder.name
        create = ["create", "--description", "simulated", folder.name, "--initial-branch=main"]
        _datalad(create, Path(partial), Path(home))
        yield inside
        (inside / ".gitattributes").write_text(ATTRIBUTES.format(backend=backend))
        _datalad(["save", "--amend", "--message", message], inside, Path(home))
        _thaw(inside)
        inside.rename(folder)


def _thaw(folder: Path) -> None:
    """Let folders of annexed content be deleted: a rule must be able to make its output again."""
    for inner in (folder / ".git" / "annex" / "objects").rglob("*/"):
        inner.chmod(0o755)


def _datalad(arguments: list[str], where: Path, home: Path) -> None:
    environment = _environment(home)
    command = [str(_programs() / "datalad"), *arguments]
    subprocess.run(command, cwd=where, env=environment, check=True, stdout=subprocess.PIPE)


def _programs() -> Path:
    """Folder of datalad and git-annex: they are installed beside the interpreter."""
    return Path(sys.executable).parent


def _environment(home: Path) -> Mapping[str, str]:
    """Fixed identity, dates and data set id; nothing of the user's own configuration."""
    people = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in {**PERSON, "DATE": DATE}.items()
    }
    return {
        **people,
        "PATH": f"{_programs()}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_ANNEX_VECTOR_CLOCK": "1747785600",
        "DATALAD_SEED": "3020",
    }
