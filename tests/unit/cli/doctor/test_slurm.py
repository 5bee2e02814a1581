"""The profile beside clusters of several kinds."""

from pathlib import Path

import pytest

from braid.cli.doctor import slurm
from braid.cli.doctor.cluster import Cluster, wanted_status
from braid.cluster.accounts import Accounts, Association
from braid.cluster.partitions import read
from braid.cluster.settings import Settings
from braid.study.config import Config

SETTINGS = Settings(
    cluster="lab",
    version="22.05.8",
    job_age=300,
    requeues=True,
    accounting=True,
    enforces=True,
)
MINE = Accounts("", [Association("Brains", "", None), Association("other", "gpu", 50)])
LAB = Cluster(SETTINGS, [], MINE)
NO_DATABASE = Cluster(SETTINGS._replace(accounting=False, enforces=False), [], None)
FORGETFUL = SETTINGS._replace(job_age=2)


@pytest.fixture(scope="module")
def laboratory():
    """Give the partitions of a made-up cluster."""
    said = Path(__file__).parents[2] / "cluster/said"
    return read(
        *((said / f"laboratory.{what}.txt").read_text() for what in ("partitions", "nodes"))
    )


def profile(account=None, **others):
    return {"default-resources": {"slurm_account": account} if account else {}, **others}


@pytest.mark.parametrize(
    ("cluster", "account", "state"),
    [
        (LAB, "Brains", "ok"),
        # Slurm does not mind capitals, nor does the executor.
        (LAB, "brains", "ok"),
        (LAB, "elsewhere", "failure"),
        (LAB, None, "failure"),
        (LAB._replace(accounts=MINE._replace(default="other")), None, "ok"),
        (LAB._replace(settings=SETTINGS._replace(enforces=False)), None, "ok"),
        (NO_DATABASE, None, "ok"),
        (NO_DATABASE, "brains", "failure"),
    ],
)
def test_the_account(cluster, account, state):
    check = slurm.account_fits(cluster, profile(account))
    assert check.state == state
    assert bool(check.cure) == (state != "ok")


def test_yours_are_named_when_another_is_set():
    check = slurm.account_fits(LAB, profile("elsewhere"))
    assert "Brains, other" in check.text


@pytest.mark.parametrize(
    ("cluster", "given", "state", "wanted"),
    [
        (LAB, "squeue", "ok", "squeue"),
        (LAB, "sacct", "warning", "squeue"),
        (NO_DATABASE, "squeue", "ok", "squeue"),
        (NO_DATABASE, "sacct", "failure", "squeue"),
        (LAB._replace(settings=FORGETFUL), "squeue", "warning", "sacct"),
        (LAB._replace(settings=FORGETFUL), "sacct", "ok", "sacct"),
        # The executor would ask accounts after all, and there are none.
        (NO_DATABASE._replace(settings=FORGETFUL), "squeue", "failure", "squeue"),
        (
            NO_DATABASE._replace(settings=SETTINGS._replace(job_age=150)),
            "squeue",
            "warning",
            "squeue",
        ),
    ],
)
def test_the_status_command(cluster, given, state, wanted):
    asked = {"slurm-status-command": given}
    assert wanted_status(cluster, asked) == wanted
    check = slurm.status_fits(cluster, asked)
    assert (check.state, bool(check.cure)) == (state, state != "ok")


def test_a_profile_that_asks_seldom_outlasts_the_memory_of_the_controller():
    asked = {"slurm-status-command": "squeue", "slurm-init-seconds-before-status-checks": 120}
    assert wanted_status(LAB, asked) == "sacct"


@pytest.mark.parametrize(
    ("requeues", "asked", "state"),
    [
        (True, {"slurm-no-requeue": True}, "ok"),
        (True, {}, "failure"),
        (False, {}, "ok"),
    ],
)
def test_only_snakemake_starts_jobs_anew(requeues, asked, state):
    cluster = LAB._replace(settings=SETTINGS._replace(requeues=requeues))
    assert slurm.requeue_is_off(cluster, asked).state == state


@pytest.mark.parametrize(
    ("account", "jobs", "state"),
    [("other", 100, ["failure"]), ("other", 50, []), ("Brains", 100, [])],
)
def test_no_more_jobs_than_the_queue_takes(account, jobs, state):
    found = slurm.queue_is_long_enough(LAB, profile(account, jobs=jobs))
    assert [check.state for check in found] == state


@pytest.mark.parametrize(
    ("config", "gpus", "states"),
    [
        ({}, 0, []),
        ({}, 4, ["ok"]),
        ({"gpu": True}, 4, ["ok"]),
        ({"gpu": True}, 0, ["failure"]),
        ({"backend": "torch_cuda"}, 0, ["failure"]),
        ({"gpu": True, "gpu_model": "v100"}, 4, ["ok"]),
        ({"gpu": True, "gpu_model": "v100"}, 1, ["failure"]),
        ({"gpu_model": "v100"}, 1, ["ok"]),
    ],
)
def test_jobs_that_ask_for_gpus_find_some(config, gpus, states):
    said = {"cpu": {"max_gpu": gpus, "available_gpu_models": ["a100", "v100"][:gpus] or None}}
    found = slurm.gpus_exist(said, Config(**config))
    assert [check.state for check in found] == states


def test_partitions_that_the_profile_names(laboratory):
    rules = {"tune": {"slurm_partition": "normal"}, "fit": {"slurm_partition": "long"}}
    asked = {"default-resources": {"runtime": 60}, "set-resources": rules}
    [check] = slurm.partitions_exist(LAB._replace(partitions=laboratory), asked)
    assert check.state == "failure"
    assert "names long" in check.text


def test_a_database_that_is_away_and_none_at_all():
    [away] = slurm.accounting_answers(LAB._replace(accounts=None))
    [none] = slurm.accounting_answers(NO_DATABASE)
    assert (away.state, none.state) == ("failure", "warning")
