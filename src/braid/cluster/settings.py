"""Settings of a cluster that decide how a run must behave on it."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from braid.cluster.ask import ask

SHOW = ("scontrol", "show", "config")
SLOWEST = 180
"""Seconds that plugin 2.8.0 may wait between two questions when no job ends."""
_MARGIN = 20
"""Seconds that a question may take."""


class Settings(NamedTuple):
    """What `scontrol show config` says of interest."""

    cluster: str
    version: str
    job_age: int
    """Seconds that the controller remembers a job that ended."""
    requeues: bool
    """Whether a job of a node that died is started anew without being asked."""
    accounting: bool
    """Whether jobs are kept in a database."""
    enforces: bool
    """Whether only those with an account in that database may submit."""


def survey() -> Settings:
    """Ask for the settings of the cluster.

    Raises
    ------
    BadInput
        When Slurm does not answer.
    """
    return read(ask(SHOW))


def read(shown: str) -> Settings:
    """Read what `SHOW` prints."""
    pairs = (line.split("=", 1) for line in shown.splitlines() if "=" in line)
    said = {name.strip(): value.strip() for name, value in pairs}
    return Settings(
        cluster=said.get("ClusterName", ""),
        version=said.get("SLURM_VERSION", ""),
        job_age=_seconds(said["MinJobAge"]),
        requeues=said["JobRequeue"] == "1",
        accounting="slurmdbd" in said["AccountingStorageType"],
        enforces=_enforces(said),
    )


def answers(settings: Settings, first: int) -> bool:
    """Whether the executor takes the word of `squeue`: else it asks `sacct`, whatever it was told.

    Parameters
    ----------
    settings
        Of the cluster.
    first
        Seconds before its first question.
    """
    return settings.job_age >= 3 * first


def remembers(settings: Settings) -> bool:
    """Whether a job that ended is still known when the executor asks the next time."""
    return settings.job_age >= SLOWEST + _MARGIN


def _seconds(text: str) -> int:
    """Of `300 sec`, or of `1h` as some sites' patches print."""
    number, unit = re.findall(r"(\d+)\s*(\w*)", text)[0]
    return int(number) * (3600 if unit.startswith("h") else 1)


def _enforces(said: Mapping[str, str]) -> bool:
    # Limits, QOS and safe each imply associations.
    return said.get("AccountingStorageEnforce", "none").lower() not in ("none", "0", "(null)", "")
