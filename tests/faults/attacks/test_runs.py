"""Attacks through the workflow engine: what it does not notice, and what it is made to believe."""

import json
import shutil
from pathlib import Path

import pytest
import tinyrepo

from braid.provenance.audit import audit
from braid.provenance.shelf import read

pytestmark = pytest.mark.attack


def test_a_changed_intermediate_is_not_drawn(repo, figure):
    """Snakemake alone would draw the figure from it anew."""
    scores = figure.parents[2] / "fit/means/0.nc"
    shutil.copy(figure.parents[2] / "fit/means/1.nc", scores)
    before = figure.read_bytes()
    run = tinyrepo.snakemake(repo)
    assert run.returncode != 0
    assert "fit/means/0.prov.json says that" in run.stdout + run.stderr
    assert not figure.exists() or figure.read_bytes() == before


def test_results_that_were_touched_to_look_new(repo, figure, codes):
    """The responses are made anew from other data, and the rest is declared to be up to date."""
    respond = repo / "workflow/scripts/respond.py"
    respond.write_text(respond.read_text().replace("standard_normal", "random"))
    tinyrepo.commit(repo)
    tinyrepo.made(repo, "--force", "results/public/respond/toy.nc")
    tinyrepo.made(repo, "--touch")
    assert {"CHAIN_BROKEN"} <= codes(figure)


def test_a_step_that_ran_again_with_the_same_result_is_no_fault(repo, figure):
    tinyrepo.made(repo, "--force", "results/public/respond/toy.nc")
    found = audit(figure, repo / "results")
    assert {finding.code for finding in found.findings} == {"RECORD_REMADE"}
    assert found.exit == 0


@pytest.fixture
def cached(repo, figure, tmp_path):
    """Give an entry of a cache that another checkout filled and this one used."""
    store = tmp_path / "store"
    store.mkdir()
    environment = {"SNAKEMAKE_OUTPUT_CACHE": str(store)}
    other = shutil.copytree(repo, tmp_path / "other", symlinks=True)
    shutil.rmtree(other / "results")
    tinyrepo.made(other, "--cache", "fit", **environment)
    (repo / "README").write_text("a later commit\n")
    tinyrepo.commit(repo)
    shutil.rmtree(repo / "results")
    tinyrepo.made(repo, "--cache", "fit", **environment)
    return (repo / "results/public/fit/means/0.nc").resolve()


def test_what_comes_from_a_cache_keeps_its_own_commit(repo, figure, codes, cached):
    fit, drawn = (
        read(repo / f"results/public/{p}.prov.json") for p in ("fit/means/0", "figures/toy/map")
    )
    assert fit.code.commit != drawn.code.commit
    assert codes(figure) <= {"RECORD_REMADE"}
    cached.chmod(0o644)
    cached.write_bytes(b"tampered")
    assert "CACHE_CHANGED" in codes(figure)


def test_what_changed_since_is_behind_and_not_broken(repo, figure):
    script, plan = repo / "workflow/scripts/fit.py", repo / "resources/plan.yaml"
    script.write_text(script.read_text() + "\nLATER = True\n")
    plan.write_text(plan.read_text().replace("alphas: [1, 10]", "alphas: [1, 100]"))
    lock = repo / "envs/run.lock"
    lock.write_text(lock.read_text().replace("numpy==", "numpy==9"))
    found = tinyrepo.braid(repo, "audit", str(figure), "--json")
    told = {finding["code"]: finding["text"] for finding in json.loads(found.stdout)[0]["findings"]}
    assert {"CODE_CHANGED", "PARAMS_CHANGED", "ENVIRONMENT_CHANGED"} <= told.keys()
    assert found.returncode == 0
    assert "plan.fit.alphas" in told["PARAMS_CHANGED"]
    assert "numpy" in told["ENVIRONMENT_CHANGED"]


def test_an_honest_run_has_no_finding(repo, figure, codes):
    files = [str(figure.with_suffix(end)) for end in (".png", ".svg", ".csv")]
    found = tinyrepo.braid(repo, "audit", *files, "--deep", "--json")
    assert [one["findings"] for one in json.loads(found.stdout)] == [[], [], []]
    assert found.returncode == 0
    assert codes(repo / "results/twin" / tinyrepo.FIGURE) == set()


def test_a_page_that_reads_records_is_verified_through_them(repo, figure, codes, forge):
    tinyrepo.made(repo, "results/public/report.html")
    page = repo / "results/public/report.html"
    assert codes(page) == set()
    forge(figure.with_suffix(".prov.json"), lambda raw: raw.update(threads=64))
    assert codes(page) == {"RECORD_EDITED"}


def test_results_that_were_moved_are_still_verified(repo, figure, codes, tmp_path):
    elsewhere = tmp_path / "archive" / "2026"
    shutil.copytree(repo / "results", elsewhere, symlinks=False)
    moved = elsewhere / "public" / tinyrepo.FIGURE
    assert codes(moved, elsewhere, root=repo) == set()
    copy = Path(shutil.copy(moved, tmp_path / "Figure 3.png"))
    assert codes(copy, repo / "results") == set()
