"""Run Snakemake in a checkout: its own code, the recorded settings, this Python."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from braid.errors import BadInput
from braid.provenance.schema import Record

# Lines of the log that are shown when a job failed.
LAST = 40


def make(folder: Path, targets: Sequence[str], like: Record) -> None:
    """Make targets in a checkout.

    Parameters
    ----------
    folder
        The checkout. Settings and log lie beside it.
    targets
        Files.
    like
        The record whose settings and threads are taken.

    Raises
    ------
    BadInput
        When a job fails, with the end of the log.
    """
    settings, log = folder.with_suffix(".yaml"), folder.with_suffix(".log")
    settings.write_text(yaml.safe_dump(like.config), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", *targets, "--configfile", str(settings)]
    with log.open("w", encoding="utf-8") as said:
        done = subprocess.run(
            command,
            cwd=folder,
            env=_environment(folder, like.machine.env),
            stdout=said,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        end = "\n".join(log.read_text(encoding="utf-8").splitlines()[-LAST:])
        raise BadInput(
            like.path, "replay", f"a job failed\n{end}\n", "see the end of its log above"
        )


def _environment(folder: Path, recorded: Mapping[str, str]) -> dict[str, Any]:
    """Our environment without what points git or Snakemake elsewhere, and with recorded threads."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "SNAKEMAKE_"))}
    threads = {k: v for k, v in recorded.items() if k.endswith("_NUM_THREADS")}
    places = {"PYTHONPATH": str(folder / "src"), "XDG_CACHE_HOME": str(folder / ".cache")}
    return ours | threads | places
