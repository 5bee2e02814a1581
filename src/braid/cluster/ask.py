"""Ask a command of Slurm: never waiting for ever, and one clear error when there is no answer."""

import shlex
import shutil
import subprocess
from collections.abc import Sequence

from braid.errors import BadInput

PATIENCE = 30.0
"""Seconds that a command may take. A controller that is away answers late, or never."""


def has(program: str) -> bool:
    """Whether a command is on this machine."""
    return shutil.which(program) is not None


def ask(command: Sequence[str], patience: float = PATIENCE) -> str:
    """Run a command and give what it prints.

    Parameters
    ----------
    command
        Program and arguments.
    patience
        Seconds that it may take.

    Raises
    ------
    BadInput
        When the command is not here, takes too long, or fails.
    """
    done = tried(command, patience)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        problem = f"exit {done.returncode}: {said}"
        raise BadInput(command[0], "command", problem, f"see what `{shlex.join(command)}` says")
    return done.stdout


def tried(command: Sequence[str], patience: float = PATIENCE) -> subprocess.CompletedProcess[str]:
    """Run a command, whatever its exit code.

    Raises
    ------
    BadInput
        When the command is not here, or takes too long.
    """
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    except FileNotFoundError:
        cure = "go to a login node of the cluster, or load its module"
        raise BadInput(command[0], "command", "is not on this machine", cure) from None
    except subprocess.TimeoutExpired:
        problem = f"no answer within {patience:.0f} s"
        raise BadInput(command[0], "command", problem, "ask again when it answers") from None
