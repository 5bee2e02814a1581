"""Whether the profile fits the cluster."""

import platform
from collections.abc import Iterator, Mapping
from typing import Any

from braid.cli.doctor import folder, machine
from braid.cli.doctor.check import Check, failure, made, ok, warning
from braid.cli.doctor.cluster import (
    FILL,
    PROFILE,
    SITE,
    Cluster,
    account,
    first,
    most_queued,
    profile,
    site,
    wanted_status,
)
from braid.cluster import limits, partitions, settings
from braid.cluster.ask import ask
from braid.cluster.partitions import Partition
from braid.errors import BadInput
from braid.study.config import Config

_PATIENT = 30
"""Seconds after which a network file system has shown a new file."""
_SHARED = ("nfs", "lustre", "beegfs", "gpfs", "cifs", "smb", "ceph", "fuse", "afs", "pvfs", "9p")


def checks(cluster: Cluster) -> Iterator[Check]:
    """Compare the profile with the cluster."""
    said, asked = cluster.settings, profile()
    yield ok("slurm", f"{said.version}, cluster {said.cluster}: {_listed(cluster.partitions)}")
    yield from made("partitions", lambda: limits_fit(cluster, site()))
    yield from partitions_exist(cluster, asked)
    yield from made("gpus", lambda: gpus_exist(site(), folder.configuration()))
    yield account_fits(cluster, asked)
    yield from made("accounting", lambda: accounting_answers(cluster))
    yield status_fits(cluster, asked)
    yield requeue_is_off(cluster, asked)
    yield from made("files", lambda: files_show(asked))
    yield from submission_passes(cluster, asked)
    yield from queue_is_long_enough(cluster, asked)


def _listed(found: list[Partition]) -> str:
    return "; ".join(
        f"{one.name} ({one.nodes} nodes of {one.cpus} cores, {one.memory / 1000:.0f} GB"
        + (f", {one.gpus} GPUs {' '.join(one.models)}".rstrip() if one.gpus else "")
        + ")"
        for one in found
    )


def limits_fit(cluster: Cluster, said: Mapping[str, Mapping[str, Any]]) -> Iterator[Check]:
    """The file of partitions, and whether a run inside a job may submit."""
    found = list(limits.compared(said, cluster.partitions))
    for one in found:
        yield (failure if one.wrong else warning)("partitions", one.problem, FILL)
    if not found:
        yield ok("partitions", f"{SITE} agrees with the cluster: {', '.join(said)}")
    closed = [one for one in cluster.partitions if one.name in said and one.from_nodes != "ALL"]
    for one in closed:
        text = f"{one.name}: jobs may be submitted from {one.from_nodes} alone"
        yield warning("partitions", text, "run snakemake there, not inside a job")


def account_fits(cluster: Cluster, asked: Mapping[str, Any]) -> Check:
    """The account that jobs are charged to."""
    given, found = account(asked), cluster.accounts
    if given and found is None:
        text = f"{given} is set, but no database knows it: the executor would refuse every job"
        return failure("account", text, f"comment out slurm_account, or {FILL}")
    if found is None:
        return ok("account", "none is asked for")
    names = f"yours: {', '.join(found.names) or 'none'}"
    if given and given.lower() not in (name.lower() for name in found.names):
        return failure("account", f"{given} is not yours; {names}", f"{FILL}, or set one of yours")
    if cluster.settings.enforces and not given and not found.default:
        return failure("account", f"one has to be set; {names}", f"set slurm_account in {PROFILE}")
    default = f"{found.default}, your default" if found.default else "none is asked for"
    return ok("account", given or default)


def accounting_answers(cluster: Cluster) -> Iterator[Check]:
    """The database that says why jobs failed."""
    if not cluster.settings.accounting:
        text = "jobs are not kept: `braid status` cannot say what a job took"
        yield warning("accounting", text, "ask for slurmdbd; runs work without it")
    elif cluster.accounts is None:
        yield failure("accounting", "the database does not answer", "sacctmgr show cluster")
    else:
        ask(("sacct", "--noheader", "--format=JobIDRaw", "--starttime=now-1minutes"))
        yield ok("accounting", "sacct answers")


def status_fits(cluster: Cluster, asked: Mapping[str, Any]) -> Check:
    """The command that the executor asks for the states of jobs."""
    given, wanted = asked.get("slurm-status-command"), wanted_status(cluster, asked)
    said, seconds = cluster.settings, first(asked)
    age = f"MinJobAge is {said.job_age} s"
    if wanted == "squeue" and not settings.answers(said, seconds):
        text = (
            f"{age}, less than 3 x {seconds} s: the executor would ask accounts that do not exist"
        )
        return failure("status", text, FILL)
    if given == "sacct" and cluster.accounts is None:
        return failure("status", "sacct knows nothing without a database", FILL)
    if given != wanted:
        return warning("status", f"{given}, {wanted} is better here: {age}", FILL)
    if cluster.accounts is None and not settings.remembers(said):
        text = f"{age}: a job may be forgotten before the executor asks, and counts as done"
        return warning("status", text, "ask for the default of slurm.conf, MinJobAge=300")
    return ok("status", f"{given}; {age}")


def requeue_is_off(cluster: Cluster, asked: Mapping[str, Any]) -> Check:
    """Whether only Snakemake starts jobs anew."""
    if cluster.settings.requeues and not asked.get("slurm-no-requeue"):
        text = "Slurm starts jobs of a dead node anew, and so does Snakemake: two write one file"
        return failure("requeue", text, f"set `slurm-no-requeue: true` in {PROFILE}")
    return ok("requeue", "off for jobs of a run")


def files_show(asked: Mapping[str, Any]) -> Iterator[Check]:
    """Whether the nodes see this folder, and are given time to."""
    kind, given = machine.file_system(), asked.get("latency-wait", 5)
    if not kind.startswith(_SHARED) and partitions.addresses() - {"127.0.0.1", platform.node()}:
        text = f"this folder lies on {kind}, which other machines hardly see"
        yield warning("files", text, "move the checkout to a file system that all nodes share")
    if given < _PATIENT:
        text = f"latency-wait is {given} s: files of other nodes may show later"
        yield warning("files", text, f"set `latency-wait: 60` in {PROFILE}")
    else:
        yield ok("files", f"on {kind}; those of other nodes are waited for {given} s")


def submission_passes(cluster: Cluster, asked: Mapping[str, Any]) -> Iterator[Check]:
    """Let Slurm judge the largest job of each partition, without submitting it."""
    charged = account(asked)
    words = ["sbatch", "--test-only", "--wrap=true", *([f"--account={charged}"] if charged else [])]
    for one in cluster.partitions:
        size = [f"--cpus-per-task={one.cpus}", f"--mem={one.memory}", f"--partition={one.name}"]
        time = [] if one.minutes is None else [f"--time={one.minutes}"]
        gpus = [f"--gpus={one.gpus}"] if one.gpus else []
        try:
            ask([*words, "--nodes=1", *size, *time, *gpus])
        except BadInput as error:
            yield warning("submission", f"{one.name}: {error.problem}", error.cure)
        else:
            yield ok("submission", f"{one.name} takes jobs of its full size")


def queue_is_long_enough(cluster: Cluster, asked: Mapping[str, Any]) -> Iterator[Check]:
    """Whether as many jobs may be in the queue as the profile submits."""
    limit = most_queued(cluster, asked)
    if limit is not None and limit < asked.get("jobs", 0):
        text = f"you may have {limit} jobs in the queue, the profile submits {asked['jobs']}"
        yield failure("queue", text, FILL)


def gpus_exist(said: Mapping[str, Mapping[str, Any]], config: Config) -> Iterator[Check]:
    """Whether jobs that ask for a GPU find a partition that has one, of the kind they want."""
    wants = config.gpu or config.backend == "torch_cuda"
    has = {name: limits for name, limits in said.items() if limits["max_gpu"]}
    kinds = {kind for limits in has.values() for kind in limits["available_gpu_models"] or ()}
    if wants and not has:
        text = f"jobs ask for GPUs (config/config.yaml), and no partition of {SITE} has any"
        yield failure("gpus", text, "take `gpu: true` and `backend: torch_cuda` out")
    elif wants and config.gpu_model and kinds and config.gpu_model not in kinds:
        text = f"jobs ask for a GPU called {config.gpu_model}; there are {', '.join(sorted(kinds))}"
        yield failure("gpus", text, "name one of them, or none: `gpu_model` in config/config.yaml")
    elif has:
        text = "asked for" if wants else "not asked for: `gpu: true` in config/config.yaml does"
        yield ok("gpus", f"in {', '.join(has)} ({', '.join(sorted(kinds)) or 'no kinds'}); {text}")


def partitions_exist(cluster: Cluster, asked: Mapping[str, Any]) -> Iterator[Check]:
    """Whether partitions that the profile names for all jobs or for a rule are there."""
    of_rules = (asked.get("set-resources") or {}).values()
    asks = [asked.get("default-resources") or {}, *of_rules]
    named = {resources["slurm_partition"] for resources in asks if "slurm_partition" in resources}
    for name in sorted(named - {one.name for one in cluster.partitions}):
        text = f"the profile names {name}: no partition that is up and open to you"
        yield failure("partitions", text, f"take its line out of {PROFILE}")
