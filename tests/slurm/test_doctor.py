"""What doctor and status say of a real cluster, and of runs on it."""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import slurm_runs as runs
import tinyrepo
import yaml

PROFILE = "profiles/slurm/config.yaml"
SITE = "profiles/slurm/partitions.yaml"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository with a small workflow and the profile as it is given to users."""
    folder = tinyrepo.build(tmp_path / "checkout")
    shutil.copytree(runs.ROOT / "config", folder / "config")
    shutil.copytree(runs.ROOT / "profiles", folder / "profiles", symlinks=True)
    (folder / "slurm").symlink_to("profiles/slurm")
    tinyrepo.commit(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder / "src"))
    return folder


@pytest.fixture
def examined(folder):
    """The folder of the faulty workflow, with all that the doctor looks at."""
    shutil.copytree(runs.ROOT / "config", folder / "config")
    (folder / "envs").mkdir()
    shutil.copy(runs.ROOT / "envs/run.lock", folder / "envs")
    return folder


def braid(folder, *words, **environment):
    """Run a command of this BRAID; gives its exit code and what it says to machines."""
    run = tinyrepo.braid(folder, *words, "--json", PYTHONPATH=str(runs.ROOT / "src"), **environment)
    assert run.stdout, run.stderr
    return run.returncode, json.loads(run.stdout)


def found(checks, name):
    return [check for check in checks if check["name"] == name]


def test_from_a_fresh_checkout_to_a_figure_in_three_commands(checkout):
    filled = tinyrepo.braid(checkout, "doctor", "--fill", "--json")
    checks = json.loads(filled.stdout)
    assert filled.returncode == 0, [check for check in checks if check["state"] == "failure"]
    limits = yaml.safe_load((checkout / SITE).read_text())["partitions"]
    assert limits["cpu"] == {"max_runtime": 1440, "max_threads": 8, "max_mem_mb": 16000}
    assert limits["gpu"] == limits["cpu"] | {"max_gpu": 1, "available_gpu_models": ["fake"]}

    again = tinyrepo.braid(checkout, "doctor", "--fill", "--json")
    assert (again.returncode, again.stderr) == (0, "nothing to fill\n")

    runs.shorten(checkout)
    run = runs.run(checkout)
    assert "SLURM jobid" in run.said()
    code, said = braid(checkout, "status")
    assert (code, said["life"]["state"]) == (0, "finished")
    assert {row["rule"]: row["done"] for row in said["rows"]} == {
        "fetch": 1,
        "respond": 1,
        "fit": 2,
        "slices": 1,
        "figure": 1,
    }
    assert (checkout / "results/public" / tinyrepo.FIGURE).exists()


def test_what_does_not_fit_the_cluster_is_a_failure_with_a_cure(checkout):
    profile = checkout / PROFILE
    text = profile.read_text()
    text = text.replace("slurm-status-command: squeue", "slurm-status-command: sacct")
    text = text.replace("slurm-no-requeue: true", "slurm-no-requeue: false")
    text = text.replace("  # slurm_account: lab  ", "  slurm_account: others")
    profile.write_text(text)
    (checkout / SITE).write_text("partitions: {cpu: {max_threads: 64}, long: {}}\n")
    code, checks = braid(checkout, "doctor")
    assert code == 1
    states = {
        name: [check["state"] for check in found(checks, name)]
        for name in ("partitions", "account", "status", "requeue", "accounting", "submission")
    }
    assert states == {
        # Time, cores and memory of cpu; and no partition is called long.
        "partitions": ["failure"] * 4,
        "account": ["failure"],
        "status": ["warning"],
        "requeue": ["failure"],
        "accounting": ["ok"],
        "submission": ["ok", "ok"],
    }
    assert "lab" in found(checks, "account")[0]["text"]
    assert all(check["cure"] for check in checks if check["state"] != "ok")


def test_a_controller_that_is_away_is_one_failure(checkout, tmp_path):
    conf = Path("/etc/slurm/slurm.conf").read_text()
    elsewhere = conf.replace("SlurmctldPort=6817", "SlurmctldPort=1")
    (tmp_path / "slurm.conf").write_text(elsewhere + "\nMessageTimeout=2\n")
    code, checks = braid(checkout, "doctor", SLURM_CONF=str(tmp_path / "slurm.conf"))
    assert code == 1
    [check] = found(checks, "slurm")
    assert check["state"] == "failure"
    assert "scontrol" in check["text"]


@pytest.mark.fault(49, 50, 51)
def test_every_job_that_failed_with_the_reason_of_slurm(folder):
    targets = [f"results/{rule}/a.txt" for rule in ("hungry", "slow", "fails")]
    run = runs.Run(folder, *targets, "--retries", "0")
    assert run.end() == 1, run.said()
    code, said = braid(folder, "status")
    assert (code, said["life"]["state"]) == (1, "failed")
    reasons = {failure["rule"]: failure["reason"] for failure in said["failures"]}
    assert "OUT_OF_MEMORY" in reasons["hungry"]
    assert "asked for 600 MB" in reasons["hungry"]
    assert "TIMEOUT" in reasons["slow"]
    assert "of 1 minutes" in reasons["slow"]
    assert "FAILED" in reasons["fails"]
    cures = {failure["rule"]: failure["cure"] for failure in said["failures"]}
    assert cures["hungry"] == "give it more: --set-resources hungry:mem_mb=NUMBER"
    assert cures["slow"] == "give it longer: --set-resources slow:runtime=MINUTES"
    assert all(failure["slurm_id"] and failure["slurm_lines"] for failure in said["failures"])


def test_an_attempt_that_failed_and_was_made_up_for_is_no_failure(folder):
    runs.run(folder, "results/hungry/a.txt")
    code, said = braid(folder, "status")
    assert (code, said["failures"], said["retried"]) == (0, [], 1)


def test_jobs_that_wait_in_the_queue(folder):
    later = ("--default-resources", "slurm_extra='--begin=now+1hour'", "runtime=10")
    run = runs.Run(folder, "results/plain/a-1.txt", "results/plain/b-1.txt", *later)
    runs.wait(lambda: len(runs.queued(folder)) == 2, "two jobs in the queue", run)
    code, said = braid(folder, "status")
    assert (code, said["life"]["state"]) == (0, "running")
    [plain] = said["rows"]
    assert (plain["queued"], plain["running"], plain["done"]) == (2, 0, 0)
    run.process.send_signal(signal.SIGINT)
    run.end()


def test_jobs_that_share_a_job_of_the_cluster(folder):
    targets = [f"results/plain/{name}-1.txt" for name in "abc"]
    runs.run(folder, *targets, "--groups", "plain=g", "--group-components", "g=3")
    _, said = braid(folder, "status")
    assert [(row["rule"], row["done"]) for row in said["rows"]] == [("plain", 3)]


@pytest.mark.fault(52, recovers=True)
def test_a_driver_that_was_killed_leaves_jobs_and_the_cure_takes_them_away(examined):
    run = runs.Run(examined, "results/plain/a-60.txt", "results/plain/b-60.txt")
    run.started(2)
    _, checks = braid(examined, "doctor")
    assert found(checks, "orphans") == []
    assert found(checks, "lock")[0]["state"] == "ok"

    run.kill()
    code, said = braid(examined, "status")
    assert (code, said["life"]["state"]) == (1, "killed")
    assert {job["id"] for job in said["orphans"]} == set(runs.queued(examined))
    _, checks = braid(examined, "doctor")
    [orphans], [lock] = found(checks, "orphans"), found(checks, "lock")
    assert (orphans["state"], lock["state"]) == ("failure", "failure")
    assert orphans["cure"] == lock["cure"]

    environment = runs.environment(examined)
    subprocess.run([examined / lock["cure"]], cwd=examined, env=environment, check=True)
    _, checks = braid(examined, "doctor")
    assert found(checks, "orphans") == []
    assert found(checks, "lock")[0]["state"] == "ok"
    assert not any((examined / ".snakemake/locks").glob("*"))
