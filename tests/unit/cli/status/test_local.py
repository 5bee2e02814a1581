"""What status says of real runs on this machine: one that goes well, one with a job that fails."""

import json
import shutil

import pytest
import tinyrepo

from braid.cli.status.log import newest

BROKEN = '''"""Fail with many words."""

from braid.provenance import recorded

job = snakemake
with recorded(job):
    print("=" * 80)
    for number in range(40):
        print(f"Finished jobid: {number} (Rule: report)")
    raise RuntimeError("the means are mean")
'''


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    """Give a repository in which a run went well."""
    folder = tinyrepo.build(tmp_path_factory.mktemp("status") / "repo")
    shutil.copytree(tinyrepo.ROOT / "profiles", folder / "profiles", symlinks=True)
    tinyrepo.made(folder)
    return folder


@pytest.fixture(scope="module")
def broken(repo, tmp_path_factory):
    """Give a copy in which the next run failed: one job, twice."""
    folder = shutil.copytree(repo, tmp_path_factory.mktemp("broken") / "repo", symlinks=True)
    (folder / "workflow/scripts/slices.py").write_text(BROKEN)
    words = ("--forceall", "--keep-going", "--retries", "1")
    run = tinyrepo.snakemake(folder, *words)
    assert run.returncode == 1
    return folder


def status(folder, *words):
    run = tinyrepo.braid(folder, "status", *words, COLUMNS="160")
    return run.returncode, run.stdout + run.stderr


def asked(folder):
    code, said = status(folder, "--json")
    return code, json.loads(said)


def test_a_run_that_went_well(repo):
    code, found = asked(repo)
    assert (code, found["life"]["state"]) == (0, "finished")
    rows = {row["rule"]: row for row in found["rows"]}
    assert list(rows) == ["fetch", "respond", "fit", "slices", "figure"]
    assert (rows["fit"]["jobs"], rows["fit"]["done"]) == (2, 2)
    assert all(row["done"] == row["jobs"] for row in found["rows"])
    assert (found["failures"], found["retried"], found["left"]) == ([], 0, 0.0)
    assert found["command"].endswith("--cores 2")


def test_what_people_see_of_it(repo):
    code, said = status(repo)
    assert code == 0
    assert said.startswith("finished; on ")
    assert "6 of 6 jobs done (100 %)" in said


def test_a_run_is_watched_until_it_is_over(repo):
    code, said = status(repo, "--watch")
    assert (code, said.count("6 of 6 jobs done")) == (0, 1)


def test_a_job_that_failed_twice_is_one_failure_with_its_last_words(broken):
    code, found = asked(broken)
    assert (code, found["life"]["state"]) == (1, "failed")
    [failure] = found["failures"]
    assert (failure["rule"], failure["wildcards"]) == ("slices", "source=public")
    assert (failure["attempts"], found["retried"]) == (2, 1)
    assert failure["log"] == "logs/public/figures/toy/map.log"
    assert failure["lines"][-1] == "RuntimeError: the means are mean"
    assert len(failure["lines"]) <= 12


def test_what_a_failed_job_printed_is_not_taken_for_the_run(broken):
    _, found = asked(broken)
    rows = {row["rule"]: row for row in found["rows"]}
    assert "report" not in rows
    assert (rows["slices"]["failed"], rows["slices"]["done"]) == (1, 0)
    assert (rows["figure"]["waiting"], rows["figure"]["done"]) == (1, 0)


def test_a_target_takes_no_time(broken):
    _, found = asked(broken)
    [figure] = [row for row in found["rows"] if row["rule"] == "figure"]
    assert (figure["seconds"], found["left"]) == (0.0, 0.0)


def test_a_workflow_that_cannot_be_planned_any_more_is_no_hindrance(broken):
    snakefile = broken / "Snakefile"
    before = snakefile.read_text()
    snakefile.write_text("rule: rule\n")
    code, found = asked(broken)
    snakefile.write_text(before)
    assert (code, found["left"], len(found["failures"])) == (1, None, 1)


def test_people_see_why(broken):
    code, said = status(broken)
    assert code == 1
    assert "slices  source=public, 2 attempts" in said
    assert "| RuntimeError: the means are mean" in said


def test_a_folder_without_runs_is_one_message(tmp_path):
    run = tinyrepo.braid(tmp_path, "status", PYTHONPATH=str(tinyrepo.ROOT / "src"))
    assert run.returncode == 2
    assert "no run has left a log here" in run.stderr


def test_a_dry_run_and_a_plan_leave_the_last_run_the_last(repo):
    before = newest(repo / ".snakemake/log").path
    tinyrepo.snakemake(repo, "--dry-run", "--forceall")
    assert newest(repo / ".snakemake/log").path == before
