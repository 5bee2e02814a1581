"""The doctor on a real repository, healthy and not."""

import shutil
from contextlib import contextmanager

import pytest
import tinyrepo

from braid.cli.doctor import folder, software
from braid.cli.doctor.check import made


@contextmanager
def edited(path, text):
    """Let a file say something else for a while."""
    before = path.read_text()
    path.write_text(text(before))
    try:
        yield
    finally:
        path.write_text(before)


def test_a_healthy_checkout(examined):
    code, checks = examined()
    assert code == 0
    assert {check["state"] for check in checks.values()} == {"ok"}, checks
    assert {"python", "git", "git-annex", "checkout", "studies", "lock", "records"} <= set(checks)
    assert "not on this machine" in checks["slurm"]["text"]


def test_people_get_a_line_for_each_check(repo, laptop):
    run = tinyrepo.braid(repo, "doctor", PATH=laptop, COLUMNS="200")
    assert "git-annex" in run.stdout
    assert "all is well" in run.stdout


def test_without_slurm_there_is_nothing_to_fill(repo, laptop):
    run = tinyrepo.braid(repo, "doctor", "--fill", PATH=laptop)
    assert run.returncode == 2
    assert "no Slurm on this machine" in run.stderr


def test_another_folder_is_one_message(repo, laptop, tmp_path):
    run = tinyrepo.braid(repo / "src", "doctor", PATH=laptop, PYTHONPATH=str(repo / "src"))
    assert run.returncode == 2
    assert "go to the root of the checkout" in run.stderr


def test_code_that_is_not_committed_is_a_warning(repo, examined):
    with edited(repo / "Snakefile", lambda text: text + "\n# one more line\n"):
        code, checks = examined()
    assert (code, checks["checkout"]["state"]) == (0, "warning")
    assert "RAN_UNCOMMITTED" in checks["checkout"]["text"]


def test_a_library_of_another_checkout_is_a_failure(repo, examined, tmp_path):
    other = shutil.copytree(repo / "src", tmp_path / "other" / "src")
    code, checks = examined(PYTHONPATH=str(other))
    assert (code, checks["checkout"]["state"]) == (1, "failure")
    assert str(tmp_path / "other") in checks["checkout"]["text"]


def checked(look):
    [check] = made("here", look)
    return check


@pytest.fixture
def here(repo, monkeypatch):
    """Be in the repository, where a single check is asked."""
    monkeypatch.chdir(repo)


@pytest.mark.parametrize(
    ("pin", "instead", "state"),
    [
        ("snakemake==", "snakemake==8.0.0\nformer==", "failure"),
        ("numpy==", "numpy==0.1+", "warning"),
    ],
)
def test_what_the_lock_names_and_is_not_so_here(repo, here, pin, instead, state):
    with edited(repo / "envs/run.lock", lambda text: text.replace(f"\n{pin}", f"\n{instead}")):
        check = checked(software.python)
    assert check.state == state
    assert "pip install --requirement envs/run.lock" in check.cure


def test_a_study_that_cannot_be_read_is_a_failure_with_its_cure(repo, here):
    study = repo / "config/studies/haxby2001.yaml"
    with edited(study, lambda text: text.replace("dataset:", "datasets:")):
        check = checked(folder.studies)
    assert check.state == "failure"
    assert "haxby2001.yaml" in check.text
    assert check.cure


@pytest.mark.parametrize(
    ("mode", "licences", "state"),
    [
        (0o700, "{}", "ok"),
        (0o755, "{}", "ok"),
        (0o777, "{}", "failure"),
        (0o755, "{nsd: {accepted_by: Ada of Lab, accepted_on: 2026-11-22}}", "failure"),
        (0o750, "{nsd: {accepted_by: Ada of Lab, accepted_on: 2026-11-22}}", "ok"),
    ],
)
def test_the_cache_that_checkouts_share(repo, here, tmp_path, monkeypatch, mode, licences, state):
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(mode)
    monkeypatch.setenv("SNAKEMAKE_OUTPUT_CACHE", str(cache))
    accepted = f"licences: {licences}"
    with edited(repo / "config/config.yaml", lambda text: text.replace("licences: {}", accepted)):
        check = checked(folder.output_cache)
    assert (check.state, bool(check.cure)) == (state, state != "ok")


def test_a_cache_that_is_not_there(here, tmp_path, monkeypatch):
    monkeypatch.setenv("SNAKEMAKE_OUTPUT_CACHE", str(tmp_path / "nowhere"))
    assert checked(folder.output_cache).cure == f"mkdir -p {tmp_path}/nowhere"


def test_a_result_without_a_record_is_a_warning(repo, here):
    tinyrepo.made(repo)
    assert checked(folder.records).state == "ok"
    record = repo / "results/public/fit/means/0.prov.json"
    record.unlink()
    check = checked(folder.records)
    assert check.state == "warning"
    assert check.cure == "make them again: snakemake --force results/public/fit/means/0.nc"
