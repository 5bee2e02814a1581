"""Run git, git-annex and datalad: never asking, never hanging, never touching the home."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

# Seconds in which not one byte arrives before a transfer is given up; git-annex itself would wait
# for ever. Long enough to verify 10 GB that came in before.
_STALL = 120.0
_POLL = 1.0

# A hook of git that runs us would otherwise point every command at its own repository.
_OF_ANOTHER_REPOSITORY = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}


def run(
    command: list[str], folder: Path, watched: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, or until nothing arrives any more in the folder `watched`.

    Parameters
    ----------
    command
        Program and arguments; programs of this Python's environment come first.
    folder
        Where to run it.
    watched
        Folder that grows while the command makes progress. Without one the command may take as
        long as it likes, as is right for those that use no network.

    Returns
    -------
    subprocess.CompletedProcess
        Exit code, standard output and standard error. A command that stalled was killed, and its
        standard error says so.
    """
    with subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            output, messages = _wait(process, watched) if watched else process.communicate()
        finally:
            _end(process)
    return subprocess.CompletedProcess(command, process.returncode, output, messages)


def kill(process: int) -> None:
    """Kill all that a process started, and the process."""
    parent = psutil.Process(process)
    for each in (*parent.children(recursive=True), parent):
        with suppress(psutil.NoSuchProcess):
            each.kill()


def feed(command: list[str], folder: Path, questions: bytes) -> bytes:
    """Standard output of a command of git that reads `questions` and cannot fail."""
    return subprocess.run(
        command,
        cwd=folder,
        env=_environment(folder),
        input=questions,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


def _wait(process: subprocess.Popen[str], watched: Path) -> tuple[str, str]:
    size, since = -1, time.monotonic()
    while time.monotonic() - since < _STALL:
        try:
            return process.communicate(timeout=_POLL)
        except subprocess.TimeoutExpired:
            if (now := _bytes(watched)) != size:
                size, since = now, time.monotonic()
    _end(process)
    return "", f"fatal: nothing arrived for {_STALL:.0f} s"


def _end(process: subprocess.Popen[str]) -> None:
    """Kill the command and all that it started, if it still runs."""
    # They stay in our process group, so that whoever kills that, as batch systems do, kills them
    # with us: a transfer that lived on would hold git-annex's lock against the next one.
    if process.poll() is None:
        kill(process.pid)
        process.wait()


def _bytes(folder: Path) -> int:
    return sum(_size(Path(parent) / name) for parent, _, names in os.walk(folder) for name in names)


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except FileNotFoundError:  # git removes its temporary files while we look
        return 0


def _environment(folder: Path) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if k not in _OF_ANOTHER_REPOSITORY}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    identity = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", "braid"), ("EMAIL", "braid@localhost"))
    }
    return (
        inherited
        | identity
        | {
            "PATH": programs,
            # Nobody sits at a compute node to be asked for a password.
            "GIT_TERMINAL_PROMPT": "0",
            "SSH_ASKPASS": "false",
            "SSH_ASKPASS_REQUIRE": "force",
            # A folder that is no repository must not be taken for the repository around it.
            "GIT_CEILING_DIRECTORIES": str(folder.resolve().parent),
            # Multiplexed ssh keeps its sockets in the home directory.
            "DATALAD_SSH_MULTIPLEX__CONNECTIONS": "0",
        }
    )
