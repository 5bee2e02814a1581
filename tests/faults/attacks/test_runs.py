"""Attacks through the workflow engine: what it does not notice, and what it is made to believe."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest
import tinyrepo

from braid.provenance.audit import audit
from braid.provenance.shelf import read

pytestmark = pytest.mark.attack


@pytest.mark.fault(11)
def test_a_changed_intermediate_is_not_drawn(repo, figure):
    """Snakemake alone would draw the figure from it anew."""
    scores = figure.parents[2] / "fit/means/0.nc"
    shutil.copy(figure.parents[2] / "fit/means/1.nc", scores)
    before = figure.read_bytes()
    run = tinyrepo.snakemake(repo)
    assert run.returncode != 0
    assert "fit/means/0.prov.json says that" in run.stdout + run.stderr
    assert not figure.exists() or figure.read_bytes() == before


@pytest.mark.fault(15)
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


def test_results_on_another_disk_are_verified_where_the_link_leads(repo, figure, tmp_path, codes):
    """As docs/cluster.md says for homes that are small."""
    scratch = tmp_path / "scratch"
    shutil.rmtree(repo / "results")
    scratch.mkdir()
    (repo / "results").symlink_to(scratch)
    tinyrepo.made(repo)
    assert (scratch / "public" / tinyrepo.FIGURE).exists()
    assert codes(figure) == set()


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


@pytest.mark.fault(17)
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


PROFILE = Path(__file__).parents[3] / "profiles/default/config.yaml"


@pytest.fixture
def profile(repo):
    """Run with the profile of the repository."""
    target = repo / "profiles/default/config.yaml"
    target.parent.mkdir(parents=True)
    shutil.copy(PROFILE, target)


@pytest.mark.fault(20)
def test_scripts_that_look_new_make_nothing_again(repo, figure, codes, profile):
    later = time.time() + 1
    for script in (repo / "workflow/scripts").iterdir():
        os.utime(script, (later, later))
    assert "Nothing to be done" in tinyrepo.snakemake(repo, "-n").stdout
    stock = tinyrepo.snakemake(repo, "-n", "--rerun-triggers", "code").stdout
    assert "Code has changed since last execution" in stock, "nothing was tested"
    assert codes(figure) == set()


@pytest.mark.fault(13, recovers=True)
def test_an_imported_module_that_was_edited_makes_again_what_it_reaches(repo, figure, profile):
    style = repo / "src/braid/drawing/style.py"
    style.write_text(style.read_text() + "\nLATER = True\n")
    tinyrepo.commit(repo)
    said = json.loads(tinyrepo.braid(repo, "audit", str(figure), "--json").stdout)[0]["findings"]
    assert {(one["code"], one["path"]) for one in said} == {
        ("CODE_CHANGED", f"results/public/{tinyrepo.FIGURE}".replace(".png", ".prov.json"))
    }
    drawn = read(figure.with_suffix(".prov.json"))
    tinyrepo.made(repo)
    again = read(figure.with_suffix(".prov.json"))
    assert drawn.code.modules != again.code.modules
    fitted = figure.parents[2] / "fit/means/0.prov.json"
    assert read(fitted).code.commit == drawn.code.commit


@pytest.mark.fault(15)
def test_results_whose_history_was_wiped_out_to_look_new(repo, figure, profile):
    """Snakemake keeps no digest of what it was told to forget."""
    script = repo / "workflow/scripts/fit.py"
    script.write_text(script.read_text() + "\nLATER = True\n")
    made = [str(path) for path in (repo / "results/public").rglob("*") if path.is_file()]
    tinyrepo.made(repo, "--cleanup-metadata", *(path[len(f"{repo}/") :] for path in made))
    assert "Nothing to be done" in tinyrepo.snakemake(repo, "-n").stdout
    found = tinyrepo.braid(repo, "audit", str(figure), "--json")
    assert "CODE_CHANGED" in found.stdout
