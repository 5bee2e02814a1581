"""Snakemake itself is killed, or runs inside a job: what is left, and how a run goes on."""

import subprocess

import pytest
import slurm_runs as runs

TARGETS = ("results/first_is_long/a.txt", "results/plain/b-20.txt")


def recover(folder):
    return subprocess.run(
        ["profiles/slurm/recover.sh"],
        cwd=folder,
        env=runs.environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def drive(folder, *words, options=()):
    """Submit the driver, and give its job."""
    return subprocess.run(
        ["sbatch", "--parsable", *options, "profiles/slurm/drive.sh", *words],
        cwd=folder,
        env=runs.environment(folder),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.mark.fault(52, recovers=True)
def test_after_a_kill_the_folder_is_recovered_and_no_file_has_two_writers(folder):
    killed = runs.Run(folder, *TARGETS)
    orphans = {job.job for job in killed.started(2)}
    killed.kill()
    assert set(runs.queued(folder)) == orphans, (
        "jobs do not outlive their driver: nothing is tested"
    )

    hasty = runs.Run(folder, *TARGETS, "--nolock")
    assert hasty.end() == 1
    assert "profiles/slurm/recover.sh" in hasty.said()
    assert set(runs.queued(folder)) == orphans, "a job was submitted beside its like"

    done = recover(folder)
    assert done.returncode == 0, done.stderr
    assert runs.queued(folder) == []
    assert {runs.state(job) for job in orphans} == {"CANCELLED"}

    again = runs.run(folder, *TARGETS)
    assert {job.job for job in again.jobs()[2:]}.isdisjoint(orphans)
    assert all((folder / target).read_text() == "made\n" for target in TARGETS)


def test_recovering_where_nothing_was_left_does_nothing(folder):
    assert recover(folder).returncode == 0


@pytest.mark.fault(53, recovers=True)
def test_an_interrupted_run_takes_its_jobs_along(folder):
    run = runs.Run(folder, *TARGETS)
    run.started(2)
    run.process.send_signal(2)
    assert run.end() == 1
    runs.wait(lambda: runs.queued(folder) == [], "its jobs to leave the queue", run)
    runs.run(folder, *TARGETS)


@pytest.mark.fault(52, recovers=True)
def test_the_driver_runs_inside_a_job_and_recovers_first(folder):
    killed = runs.Run(folder, *TARGETS)
    orphans = {job.job for job in killed.started(2)}
    killed.kill()
    job = drive(folder, "results/plain/b-20.txt")
    runs.wait(lambda: runs.state(job) == "COMPLETED", "the driver", seconds=180)
    assert {runs.state(one) for one in orphans} == {"CANCELLED"}
    assert (folder / "results/plain/b-20.txt").read_text() == "made\n"
    assert runs.queued(folder) == []


@pytest.mark.fault(54, recovers=True)
def test_the_driver_ends_before_its_time_and_goes_on_in_another_job(folder):
    options = ("--time=2", "--signal=B:INT@100")
    first = drive(folder, *TARGETS, options=options)
    log = folder / "logs/slurm/driver.log"
    runs.wait(lambda: (folder / "results/first_is_long/a.txt").exists(), "the result", seconds=280)
    runs.wait(lambda: runs.queued(folder) == [], "the end", seconds=90)
    assert runs.state(first) != "TIMEOUT"
    assert "Submitted batch job" in log.read_text()
    assert all((folder / target).read_text() == "made\n" for target in TARGETS)
    assert not any((folder / ".snakemake/locks").glob("*"))


@pytest.mark.fault(55)
def test_a_second_driver_of_a_folder_is_refused(folder):
    drive(folder, "results/plain/b-20.txt")
    runs.wait(lambda: (folder / "jobs.txt").exists(), "the first job")
    second = drive(folder, "results/plain/c-1.txt")
    runs.wait(lambda: runs.state(second) == "FAILED", "the refusal")
    assert "drives this folder already" in (folder / "logs/slurm/driver.log").read_text()
    runs.wait(lambda: runs.queued(folder) == [], "the end of the first")
    assert (folder / "results/plain/b-20.txt").exists()
