"""What the cluster says is written into the profile, once and whole."""

import shutil
from pathlib import Path

import pytest
import yaml

from braid.cli.doctor.cluster import PROFILE, SITE, Cluster, profile, site
from braid.cli.doctor.fill import fill
from braid.cluster.accounts import Accounts, Association
from braid.cluster.partitions import Partition
from braid.cluster.settings import Settings
from braid.errors import BadInput

ROOT = Path(__file__).parents[4]
CPU = Partition(
    name="batch",
    default=True,
    state="UP",
    minutes=2880,
    cpus=32,
    memory=128_000,
    gpus=0,
    models=(),
    nodes=12,
    accounts=frozenset(),
    denied=frozenset(),
    groups=frozenset(),
    from_nodes="ALL",
)
GPU = CPU._replace(name="a100", default=False, gpus=4, models=("a100",), nodes=2)
SETTINGS = Settings("lab", "23.11.4", 300, requeues=True, accounting=True, enforces=True)
LAB = Cluster(SETTINGS, [CPU, GPU], Accounts("brains", [Association("brains", "", None)]))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Give the profile as the repository has it."""
    shutil.copytree(ROOT / PROFILE.parent, tmp_path / PROFILE.parent, symlinks=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_partitions_account_and_status_command():
    before = PROFILE.read_text()
    changed = fill(LAB)
    assert {name: limits["max_gpu"] for name, limits in site().items()} == {"batch": 0, "a100": 4}
    asked = profile()
    assert asked["default-resources"]["slurm_account"] == "brains"
    assert asked["slurm-status-command"] == "squeue"
    assert any(line.startswith("+") and "brains" in line for line in changed)
    # The line of the account is another one, which was commented out; its own comment stays.
    lines = zip(before.splitlines(), PROFILE.read_text().splitlines(), strict=True)
    [(old, new)] = [(a, b) for a, b in lines if a != b]
    assert old.lstrip().startswith("# slurm_account: ")
    assert new.lstrip().startswith("slurm_account: brains ")
    assert new.partition("#")[2] == old.rpartition("#")[2]


def test_a_second_time_changes_nothing():
    fill(LAB)
    stamps = [path.stat() for path in (PROFILE, SITE)]
    assert fill(LAB) == []
    assert [path.stat() for path in (PROFILE, SITE)] == stamps


def test_what_a_laboratory_chose_stays():
    fill(LAB)
    chosen = SITE.read_text().replace("max_threads: 32", "max_threads: 16  # leave some to others")
    SITE.write_text(chosen)
    assert fill(LAB) == []
    assert SITE.read_text() == chosen


def test_partitions_that_are_gone_are_written_anew():
    fill(LAB)
    smaller = LAB._replace(partitions=[CPU._replace(cpus=16)])
    changed = fill(smaller)
    assert list(site()) == ["batch"]
    assert "-    max_threads: 32" in changed


def test_an_unreadable_file_is_written_anew():
    SITE.write_text("partitions: {batch: {max_rumtime: 5}}\n")
    assert fill(LAB)
    assert list(site()) == ["batch", "a100"]


def test_a_cluster_that_forgets_jobs_is_asked_by_sacct():
    fill(LAB._replace(settings=SETTINGS._replace(job_age=10)))
    assert profile()["slurm-status-command"] == "sacct"


def test_a_cluster_that_forgets_jobs_and_has_no_accounts_is_asked_soon():
    settings = SETTINGS._replace(job_age=30, accounting=False, enforces=False)
    alone = Cluster(settings, [CPU, GPU], None)
    fill(alone)
    asked = profile()
    assert asked["slurm-status-command"] == "squeue"
    assert asked["slurm-init-seconds-before-status-checks"] == 10
    assert fill(alone) == []


def test_no_more_jobs_than_the_queue_takes():
    few = LAB._replace(accounts=Accounts("brains", [Association("brains", "", 20)]))
    fill(few)
    assert profile()["jobs"] == 20
    assert fill(few) == []


def test_an_account_that_is_yours_stays():
    both = Accounts("brains", [Association("brains", "", None), Association("other", "", None)])
    cluster = LAB._replace(accounts=both)
    fill(cluster)
    PROFILE.write_text(PROFILE.read_text().replace("slurm_account: brains", "slurm_account: other"))
    assert fill(cluster) == []


def test_without_a_database_an_account_is_taken_out():
    fill(LAB)
    alone = Cluster(SETTINGS._replace(accounting=False, enforces=False), [CPU, GPU], None)
    assert fill(alone)
    assert "slurm_account" not in profile()["default-resources"]
    assert fill(alone) == []


def test_several_accounts_and_no_default_are_left_to_a_person():
    both = Accounts("", [Association("brains", "", None), Association("other", "", None)])
    fill(LAB._replace(accounts=both))
    assert "slurm_account" not in profile()["default-resources"]


def test_nothing_is_written_for_somebody_who_may_use_nothing():
    before = PROFILE.read_text(), SITE.read_text()
    with pytest.raises(BadInput, match="open to you"):
        fill(LAB._replace(partitions=[]))
    assert (PROFILE.read_text(), SITE.read_text()) == before


def test_the_profile_is_still_yaml():
    fill(LAB)
    old, new = (yaml.safe_load((at / PROFILE).read_text()) for at in (ROOT, Path()))
    old["default-resources"]["slurm_account"] = "brains"
    assert new == old
