"""What goes wrong with one job on a cluster: seen, said, made up for at the next attempt."""

import subprocess

import pytest
import slurm_runs as runs
import xarray as xr


def test_jobs_go_where_their_resources_are(folder):
    runs.run(folder, "results/on_gpu/a.txt", "results/on_cpu/a.txt")
    assert (folder / "results/on_gpu/a.txt").read_text().split() == ["gpu1", "0"]
    assert (folder / "results/on_cpu/a.txt").read_text().strip() in {"cpu1", "cpu2"}


def test_two_jobs_share_no_gpu(folder):
    targets = ("results/on_gpu/a.txt", "results/on_gpu/b.txt")
    run = runs.run(folder, *targets, "--set-resources", "on_gpu:gpu_model=fake")
    first, second = (job.job for job in run.jobs())
    assert "TresPerJob=gres:gpu:fake:1" in runs.ask("scontrol", "show", "job", first)
    ended = runs.ask("sacct", "-Xn", "--format=End", f"--jobs={first}")
    assert ended <= runs.ask("sacct", "-Xn", "--format=Start", f"--jobs={second}")


def test_small_jobs_can_share_a_job_of_the_cluster(folder):
    targets = [f"results/plain/{name}-1.txt" for name in "abc"]
    run = runs.run(folder, *targets, "--groups", "plain=g", "--group-components", "g=3")
    assert len({job.job for job in run.jobs()}) == 1
    assert all((folder / target).exists() for target in targets)


def test_the_cluster_is_asked_at_the_pace_of_the_profile(folder):
    run = runs.run(folder, "results/plain/a-20.txt", "--verbose")
    # Every 3 s; left to itself, the executor asks after 3, 13 and 23.
    assert run.said().count("Checking the status of 1 active jobs") >= 5


@pytest.mark.fault(48, recovers=True)
def test_a_cancelled_job_is_noticed_and_made_again(folder):
    run = runs.Run(folder, "results/first_is_long/a.txt")
    [job] = run.started()
    runs.ask("scancel", job.job)
    assert run.end() == 0, run.said()
    assert [one.attempt for one in run.jobs()] == [1, 2]
    assert runs.state(job.job) == "CANCELLED"
    assert (folder / "results/first_is_long/a.txt").read_text() == "made\n"


@pytest.mark.fault(49, recovers=True)
def test_a_job_that_takes_too_much_memory_gets_more(folder):
    run = runs.run(folder, "results/hungry/a.txt")
    first, second = run.jobs()
    asked = [runs.ask("sacct", "-Xn", "--format=ReqMem", f"--jobs={job.job}") for job in run.jobs()]
    assert asked == ["600M", "1200M"]
    assert runs.state(first.job) in {"FAILED", "OUT_OF_MEMORY"}
    assert runs.state(second.job) == "COMPLETED"


@pytest.mark.fault(50, recovers=True)
def test_a_job_that_takes_too_long_gets_more_time(folder):
    run = runs.run(folder, "results/slow/a.txt", seconds=400)
    assert [runs.state(job.job) for job in run.jobs()] == ["TIMEOUT", "COMPLETED"]


@pytest.mark.fault(51)
def test_a_job_that_fails_is_tried_three_times_and_leaves_nothing(folder):
    run = runs.Run(folder, "results/fails/a.txt", "results/plain/b-1.txt")
    assert run.end() == 1
    attempts = [job for job in run.jobs() if job.rule == "fails"]
    assert [job.attempt for job in attempts] == [1, 2, 3]
    assert len({job.job for job in attempts}) == 3, "tried again inside a job"
    assert not (folder / "results/fails/a.txt").exists()
    assert (folder / "results/plain/b-1.txt").exists(), "the rest did not go on"


@pytest.fixture
def small_disk(folder):
    """A disk of 1 MB in the folder."""
    disk = folder / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True)
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.fault(8, recovers=True)
def test_a_full_disk_leaves_no_half_file_and_says_so(folder, small_disk):
    run = runs.Run(folder, "small/results/array.nc", "--retries", "0")
    assert run.end() == 1
    assert [path for path in small_disk.rglob("*") if path.is_file()] == []
    said = [log.read_text() for log in (folder / "logs/slurm").rglob("*.log")]
    assert any("the disk has 1,048,576 left" in text for text in said)
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    runs.run(folder, "small/results/array.nc")
    assert (
        xr.load_dataset(small_disk / "results/array.nc", engine="h5netcdf").sizes["voxel"]
        == 1_000_000
    )
