"""Write into the profile what the cluster says."""

import difflib
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

from braid.cli.doctor import cluster as clusters
from braid.cli.doctor.cluster import PROFILE, SITE, Cluster
from braid.cluster import limits
from braid.cluster.profile import line_set
from braid.errors import BadInput
from braid.store import atomic


def fill(cluster: Cluster) -> list[str]:
    """Fill the file of partitions, and the lines of the profile for account and status command.

    What agrees with the cluster stays as it is, a second time changes nothing.

    Returns
    -------
    list of str
        What changed, as `diff -u` shows it.

    Raises
    ------
    BadInput
        When no partition is open to the user, or the profile lacks a line.
    """
    if not cluster.partitions:
        cure = "ask who runs the cluster to let you in"
        raise BadInput("scontrol", "partitions", "none is up and open to you", cure)
    before = {path: path.read_text("utf-8") if path.exists() else "" for path in (SITE, PROFILE)}
    after = {SITE: _site(cluster, before[SITE]), PROFILE: _profile(cluster, before[PROFILE])}
    changed = [path for path in before if after[path] != before[path]]
    for path in changed:
        with atomic(path) as partial:
            partial.write_text(after[path], encoding="utf-8")
    return [line for path in changed for line in _diff(path, before[path], after[path])]


def _site(cluster: Cluster, before: str) -> str:
    try:
        agrees = not list(limits.compared(clusters.site(), cluster.partitions))
    except BadInput:
        agrees = False
    return before if agrees else limits.written(cluster.partitions)


def _profile(cluster: Cluster, text: str) -> str:
    asked = clusters.profile()
    wanted = {
        "slurm_account": (clusters.account(asked), _account(cluster, asked)),
        "slurm-status-command": (
            asked.get("slurm-status-command"),
            clusters.wanted_status(cluster, asked),
        ),
        "slurm-init-seconds-before-status-checks": (
            clusters.first(asked),
            _first(cluster, asked),
        ),
        "jobs": (asked["jobs"], min(asked["jobs"], clusters.most_queued(cluster, asked) or inf)),
    }
    for key, (given, right) in wanted.items():
        if given != right:
            text = line_set(text, key, None if right is None else str(right))
    return text


def _first(cluster: Cluster, asked: Mapping[str, Any]) -> int:
    """Early enough for `squeue`, where there are no accounts to ask instead."""
    given, age = clusters.first(asked), cluster.settings.job_age
    return given if cluster.accounts else min(given, max(1, age // 3))


def _account(cluster: Cluster, asked: Mapping[str, Any]) -> str | None:
    """One that is set and allowed stays; else the default where the cluster asks for one."""
    given, found = clusters.account(asked), cluster.accounts
    names = found.names if found else []
    if given and given.lower() in (name.lower() for name in names):
        return given
    if found is None or not cluster.settings.enforces:
        return None
    return found.default or (names[0] if len(names) == 1 else None)


def _diff(path: Path, before: str, after: str) -> list[str]:
    lines = (before.splitlines(), after.splitlines())
    return list(difflib.unified_diff(*lines, str(path), str(path), lineterm="", n=1))
