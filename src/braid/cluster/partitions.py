"""Partitions of a cluster, and what one job may take on one node of each."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from braid.cluster.ask import ask
from braid.cluster.units import seconds

SHOW = ("scontrol", "show", "partition", "--oneliner")
# Without --exact it prints the smallest node and a plus.
NODES = ("sinfo", "--noheader", "--exact", "--format", "%R|%D|%c|%m|%G")


class Node(NamedTuple):
    """Nodes of one kind in a partition."""

    partition: str
    number: int
    cpus: int
    memory: int
    """MB."""
    gpus: int
    models: tuple[str, ...]
    """Types of its GPUs; those without a type are counted but not named."""


class Partition(NamedTuple):
    """One partition: who may use it, and the most that a job on one node can have."""

    name: str
    default: bool
    state: str
    minutes: int | None
    """Longest run time; None without a limit."""
    cpus: int
    memory: int
    """MB."""
    gpus: int
    models: tuple[str, ...]
    nodes: int
    accounts: frozenset[str]
    """That may use it; all when empty."""
    denied: frozenset[str]
    groups: frozenset[str]
    """Of Unix, that may use it; all when empty."""
    from_nodes: str
    """Nodes that jobs may be submitted from, or `ALL`."""

    def admits(self, accounts: Collection[str], groups: Collection[str]) -> bool:
        """Whether it is up and open to somebody with these accounts and groups of Unix."""
        account = not self.accounts or bool(self.accounts & set(accounts))
        group = not self.groups or bool(self.groups & set(groups))
        denied = bool(accounts) and set(accounts) <= self.denied
        return self.state == "UP" and self.cpus > 0 and account and group and not denied


def survey() -> list[Partition]:
    """Ask for the partitions of the cluster, in its own order.

    Raises
    ------
    BadInput
        When Slurm does not answer.
    """
    return read(ask(SHOW), ask(NODES))


def addresses() -> set[str]:
    """Ask where the nodes are: host names or numbers.

    Raises
    ------
    BadInput
        When Slurm does not answer.
    """
    return set(ask(("sinfo", "--noheader", "--Node", "--format", "%o")).split())


def read(shown: str, nodes: str) -> list[Partition]:
    """Read what `SHOW` and `NODES` print."""
    kinds = [_node(line) for line in nodes.splitlines() if line]
    return [
        _partition(fields, [kind for kind in kinds if kind.partition == fields["PartitionName"]])
        for fields in map(_fields, shown.splitlines())
        if "PartitionName" in fields
    ]


def gpus(gres: str) -> dict[str, int]:
    """GPUs by type of `gpu:a100:4(S:0-1),gpu:2`; those without a type under an empty name."""
    found: dict[str, int] = {}
    for item in re.sub(r"\([^)]*\)", "", gres).split(","):
        kind, *said = item.split(":")
        if kind == "gpu":
            model = said[0] if len(said) > 1 else ""
            found[model] = found.get(model, 0) + int(said[-1])
    return found


def _fields(line: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


def _node(line: str) -> Node:
    name, count, cpus, memory, gres = line.split("|")
    found = gpus(gres)
    models = tuple(sorted(model for model in found if model))
    return Node(name, int(count), int(cpus), int(memory), sum(found.values()), models)


def _partition(fields: Mapping[str, str], nodes: Collection[Node]) -> Partition:
    limit = seconds(fields["MaxTime"])
    return Partition(
        name=fields["PartitionName"],
        default=fields["Default"] == "YES",
        state="ROOT" if fields.get("RootOnly") == "YES" else fields["State"],
        minutes=None if limit is None else limit // 60,
        cpus=_capped(fields.get("MaxCPUsPerNode"), (node.cpus for node in nodes)),
        memory=_capped(fields.get("MaxMemPerNode"), (node.memory for node in nodes)),
        gpus=max((node.gpus for node in nodes), default=0),
        models=tuple(sorted({model for node in nodes for model in node.models})),
        nodes=sum(node.number for node in nodes),
        accounts=_names(fields.get("AllowAccounts")),
        denied=_names(fields.get("DenyAccounts")),
        groups=_names(fields.get("AllowGroups")),
        from_nodes=fields.get("AllocNodes", "ALL"),
    )


def _capped(limit: str | None, of_nodes: Iterable[int]) -> int:
    """What the largest node has, or a limit that is lower."""
    largest = max(of_nodes, default=0)
    return min(int(limit), largest) if limit and limit.isdigit() else largest


def _names(text: str | None) -> frozenset[str]:
    return frozenset() if text in (None, "ALL", "(null)") else frozenset(text.split(","))
