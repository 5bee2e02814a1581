"""What is known of a cluster, and what the profile for it says."""

import getpass
import grp
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from snakemake_executor_plugin_slurm.partitions import read_partition_file
from snakemake_interface_common.exceptions import WorkflowError

from braid.cluster import accounts, partitions, settings
from braid.cluster.accounts import Accounts
from braid.cluster.partitions import Partition
from braid.cluster.settings import Settings
from braid.errors import BadInput

PROFILE = Path("profiles/slurm/config.yaml")
SITE = Path("profiles/slurm/partitions.yaml")
FILL = "braid doctor --fill"
_FIRST = 40
"""Seconds before the executor asks for the first time, if the profile does not say."""


class Cluster(NamedTuple):
    """What was found out about the cluster and the user there."""

    settings: Settings
    partitions: list[Partition]
    """Those that are open to the user."""
    accounts: Accounts | None
    """None where no database answers."""


def survey() -> Cluster:
    """Ask the cluster.

    Raises
    ------
    BadInput
        When the controller does not answer.
    """
    said = settings.survey()
    found = _accounts(said)
    names = found.names if found else []
    groups = [grp.getgrgid(number).gr_name for number in os.getgroups()]
    mine = [one for one in partitions.survey() if one.admits(names, groups)]
    return Cluster(said, mine, found)


def profile() -> Mapping[str, Any]:
    """Read the profile."""
    return yaml.safe_load(PROFILE.read_text("utf-8"))


def account(asked: Mapping[str, Any]) -> str | None:
    """Account that the profile charges."""
    return (asked.get("default-resources") or {}).get("slurm_account")


def site() -> Mapping[str, Mapping[str, Any]]:
    """Limits by partition, as the executor reads them.

    Raises
    ------
    BadInput
        When it could not.
    """
    try:
        return {one.name: vars(one.limits) for one in read_partition_file(SITE)}
    except (WorkflowError, TypeError, KeyError) as error:
        raise BadInput(SITE, "partitions", str(error), FILL) from None


def first(asked: Mapping[str, Any]) -> int:
    """Seconds before the executor asks for the first time."""
    return asked.get("slurm-init-seconds-before-status-checks", _FIRST)


def wanted_status(cluster: Cluster, asked: Mapping[str, Any]) -> str:
    """Command that the executor should ask for the states of jobs."""
    squeue = settings.answers(cluster.settings, first(asked)) or cluster.accounts is None
    return "squeue" if squeue else "sacct"


def most_queued(cluster: Cluster, asked: Mapping[str, Any]) -> int | None:
    """Jobs that may be in the queue at a time on the account that is charged."""
    if cluster.accounts is None:
        return None
    charged = account(asked) or cluster.accounts.default
    found = [one.submitted for one in cluster.accounts.associations if one.account == charged]
    return min((limit for limit in found if limit is not None), default=None)


def _accounts(said: Settings) -> Accounts | None:
    try:
        return accounts.survey(getpass.getuser()) if said.accounting else None
    except BadInput:
        return None
