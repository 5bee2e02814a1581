"""Time left, against sums that one can do in the head."""

from datetime import datetime, timedelta

import pytest

from braid.cli.status.left import left, rows, width
from braid.cli.status.log import Job, Log

BEGAN = datetime(2026, 11, 23, 12)


def at(seconds):
    return BEGAN + timedelta(seconds=seconds)


def log(planned, *jobs, path):
    """A log of jobs (rule, state, start, end)."""
    found = Log(path)
    found.planned = planned
    for number, (rule, state, start, end) in enumerate(jobs):
        ended = None if end is None else at(end)
        found.jobs[str(number)] = Job(str(number), rule, at(start), state=state, ended=ended)
    return found


def counted(run, expected=None):
    return rows(run, set(), expected or {})


@pytest.fixture
def run(tmp_path):
    """Two jobs at a time; fits take 100 s each."""
    return log(
        {"fit": 8, "draw": 2},
        ("fit", "done", 0, 100),
        ("fit", "done", 0, 100),
        ("fit", "done", 100, 200),
        ("fit", "done", 100, 200),
        ("fit", "running", 200, None),
        ("fit", "running", 200, None),
        path=tmp_path,
    )


def test_jobs_of_each_rule(run):
    fit, draw = counted(run)
    assert (fit.jobs, fit.done, fit.running, fit.waiting, fit.seconds) == (8, 4, 2, 2, 100.0)
    assert (draw.waiting, draw.seconds) == (2, None)


def test_nothing_is_said_where_nothing_is_known(run):
    assert left(run, counted(run), at(250)) is None


def test_two_at_a_time(run):
    # 2 x 50 s of what runs, 2 x 100 s of fits, 2 x 30 s of figures, two at a time.
    assert width(run, at(250)) == 2.0
    assert left(run, counted(run, {"draw": 30.0}), at(250)) == 180.0


def test_one_long_job_cannot_be_shared(run):
    assert left(run, counted(run, {"draw": 1000.0}), at(250)) == pytest.approx(1150.0)


def test_what_takes_longer_than_others_is_about_to_end(run):
    assert left(run, counted(run, {"draw": 0.0}), at(900)) == pytest.approx(100.0)


def test_the_median_does_not_mind_one_slow_job(tmp_path):
    jobs = [("fit", "done", 0, 10), ("fit", "done", 0, 12), ("fit", "done", 0, 5000)]
    [fit] = counted(log({"fit": 3}, *jobs, path=tmp_path))
    assert fit.seconds == 12.0


def test_jobs_that_slurm_has_not_started(tmp_path):
    run = log({"fit": 2}, ("fit", "running", 0, None), ("fit", "running", 0, None), path=tmp_path)
    run.jobs["1"].slurm_id = "77"
    [fit] = rows(run, {"77"}, {})
    assert (fit.running, fit.queued, fit.waiting) == (1, 1, 0)


def test_a_job_that_failed_waits_for_another_attempt_or_is_lost(tmp_path):
    jobs = [("fit", "failed", 0, 10), ("fit", "waiting", 0, 10)]
    [fit] = counted(log({"fit": 3}, *jobs, path=tmp_path))
    assert (fit.failed, fit.waiting) == (1, 2)


def test_a_run_that_has_just_begun(tmp_path):
    run = log({"fit": 4}, path=tmp_path)
    assert left(run, counted(run, {"fit": 10.0}), at(1)) == 40.0
