"""The file of partitions that the executor chooses from, written from what the cluster says."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any, NamedTuple

import yaml

from braid.cluster.partitions import Partition

_HEAD = """\
# Partitions of the cluster, and the most that a job may take there, as `braid doctor --fill` found
# them. A job goes to the partition that fits it best; one that asks for a GPU only where max_gpu is
# set. Delete a partition that is not to be used, or lower a limit, and that stays so.
partitions:
"""
_UNITS = {"max_runtime": "minutes", "max_mem_mb": "MB, of a node"}


class Disagreement(NamedTuple):
    """A line of the file that the cluster contradicts."""

    problem: str
    wrong: bool
    """Whether jobs would be refused or wait for ever; else the file only forgoes something."""


def of(partition: Partition) -> dict[str, Any]:
    """Limits of a partition in the words of the executor; what has no limit is left out."""
    found: dict[str, Any] = {} if partition.minutes is None else {"max_runtime": partition.minutes}
    found |= {"max_threads": partition.cpus, "max_mem_mb": partition.memory}
    if partition.gpus:
        found["max_gpu"] = partition.gpus
    if partition.models:
        found["available_gpu_models"] = list(partition.models)
    return found


def written(partitions: Sequence[Partition]) -> str:
    """Text of the file for these partitions."""
    return _HEAD + "".join(_block(partition) for partition in partitions)


def compared(
    said: Mapping[str, Mapping[str, Any]], partitions: Sequence[Partition]
) -> Iterator[Disagreement]:
    """Find what a file says otherwise than the cluster.

    Parameters
    ----------
    said
        Limits by partition as the executor reads them from the file: infinite where there is none.
    partitions
        Of the cluster, those that are open to the user.
    """
    known = {partition.name: partition for partition in partitions}
    if not said:
        yield Disagreement("it names no partition", True)
    for name, limits in said.items():
        if name in known:
            yield from _compared(name, limits, of(known[name]))
        else:
            yield Disagreement(f"{name}: no partition that is up and open to you", True)


def _block(partition: Partition) -> str:
    default = ", the default" if partition.default else ""
    lines = [f"  {_plain(partition.name)}:  # nodes: {partition.nodes}{default}"]
    for key, value in of(partition).items():
        shown = f"[{', '.join(map(_plain, value))}]" if isinstance(value, list) else value
        unit = f"  # {_UNITS[key]}" if key in _UNITS else ""
        lines.append(f"    {key}: {shown}{unit}")
    return "\n".join(lines) + "\n"


def _plain(name: str) -> str:
    """A name as YAML has it: a number in quotes."""
    return yaml.safe_dump(name).splitlines()[0]


def _compared(
    name: str, said: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[Disagreement]:
    """A limit that is lower than the cluster's is the laboratory's choice."""
    for key in ("max_runtime", "max_threads", "max_mem_mb"):
        if key in found and said[key] > found[key]:
            value = "not set" if said[key] == inf else f"{said[key]:.0f}"
            yield Disagreement(f"{name}: {key} is {value}, the cluster allows {found[key]}", True)
    gpus, models = found.get("max_gpu", 0), found.get("available_gpu_models", [])
    if said["max_gpu"] > gpus:
        yield Disagreement(f"{name}: max_gpu is {said['max_gpu']}, a node has {gpus}", True)
    if gpus and not said["max_gpu"]:
        yield Disagreement(f"{name}: its nodes have {gpus} GPUs each, the file says none", False)
    if absent := set(said["available_gpu_models"] or ()) - set(models):
        yield Disagreement(f"{name}: no GPU of type {', '.join(sorted(absent))}", True)
