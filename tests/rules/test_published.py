"""Published versions: what may be published, and whether the workflow of today still draws it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console
from toys import git

from braid.cli.release import FOLDER, check, release, show
from braid.errors import BadInput
from braid.provenance.shelf import read
from braid.sources.tables import load_packages

STUDY = Path("config/studies/haxby2001.yaml")
FIGURE = "results/public/figures/haxby2001/decoding"
RECORD = Path(f"{FIGURE}.prov.json")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, package):
    """Draw one figure of a small study in a checkout of its own, whose code is committed."""
    place = tmp_path_factory.mktemp("drawn") / "checkout"
    tracked = git(Path(), "ls-files", "-co", "--exclude-standard", "Snakefile", "src", "workflow")
    tracked += "\n" + git(
        Path(), "ls-files", "config", "resources", "profiles", "envs", ".gitignore"
    )
    for name in filter(os.path.isfile, tracked.splitlines()):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, place / name, follow_symlinks=False)
    shutil.rmtree(place / FOLDER, ignore_errors=True)
    text = (place / STUDY).read_text().replace("n_permutations: 500", "n_permutations: 2")
    (place / STUDY).write_text(text[: text.index("  identification:\n    kind")])
    (place / ".cache").mkdir()
    (place / ".cache/packages").symlink_to(package("pymvpa2").resolve().parent)
    git(place, "init", "--quiet", "--initial-branch=main")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "-m", "as it ran")
    subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", "--", "haxby2001_decoding"],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(place / "src"), "HOME": str(place.parent)},
        check=True,
        capture_output=True,
    )
    return place


@pytest.fixture
def checkout(drawn, tmp_path, monkeypatch):
    """Stand in a copy of it."""
    monkeypatch.chdir(shutil.copytree(drawn, tmp_path / "checkout", symlinks=True))


@pytest.fixture
def frozen(checkout):
    """Publish the figure."""
    return json.loads(release("1.0", ["haxby2001"])[0].read_text())


def edit(old, new):
    text = STUDY.read_text()
    assert old in text
    STUDY.write_text(text.replace(old, new))


def reseal(**code):
    """Let the figure's record say something else of the code that drew it."""
    record = read(RECORD)
    other = record.model_copy(update={"code": record.code.model_copy(update=code)})
    RECORD.write_text(other.sealed().model_dump_json())


def test_what_was_published_is_still_drawn():
    standings = check([])
    show(standings, Console(width=200))
    assert [one for one in standings if one.state == "gone"] == []


def test_a_release_holds_digests_down_to_the_raw_file(frozen):
    figure = frozen["figures"][str(RECORD)]
    assert figure["passport"] == pd.read_csv(f"{FIGURE}.csv")["passport"][0]
    assert set(figure["outputs"]) == {f"{FIGURE}.{end}" for end in ("png", "svg", "csv", "txt")}
    rules = [frozen["steps"][path]["rule"] for path in figure["steps"]]
    assert (rules[0], sorted(rules)) == ("confusion", ["classify", "confusion", "fetch", "respond"])
    raw = {digest for step in frozen["steps"].values() for digest in step["raw"].values()}
    assert raw == {load_packages(Path("config/packages.tsv"))["pymvpa2"].sha256}
    assert frozen["commit"] == git(Path(), "rev-parse", "HEAD")


def test_a_parameter_that_was_changed_since_is_named(frozen):
    assert [one.state for one in check([])] == ["same"]
    edit("C: 0.01", "C: 0.02")
    [standing] = check([])
    assert (standing.state, standing.changes) == ("behind", ["classify (1 steps): decoder.C"])


def test_a_published_figure_that_is_no_target_any_more_is_gone(frozen):
    edit("  decoding:\n", "  decoded:\n")
    [renamed] = check(["haxby2001"])
    STUDY.unlink()
    [removed] = check(["haxby2001"])
    assert renamed == removed
    assert (removed.state, removed.changes) == ("gone", ["no target of today draws it"])


@pytest.mark.fault(14)
def test_a_figure_that_ran_from_uncommitted_code_is_not_published(checkout):
    reseal(dirty=True)
    with pytest.raises(BadInput, match=r"RAN_UNCOMMITTED.*\n  cure: commit the code"):
        release("1.0", ["haxby2001"])
    assert not FOLDER.exists()


def test_a_figure_that_was_changed_is_not_published(checkout):
    Path(f"{FIGURE}.csv").write_text("truth,answer\n")
    with pytest.raises(BadInput, match=f"OUTPUT_CHANGED .*{FIGURE}.csv"):
        release("1.0", ["haxby2001"])


def test_a_figure_of_another_commit_is_not_published(checkout):
    before = git(Path(), "rev-parse", "HEAD")
    git(Path(), "commit", "--quiet", "--allow-empty", "-m", "later")
    with pytest.raises(BadInput, match=f"git switch --detach {before}, or draw it again"):
        release("1.0", ["haxby2001"])


def test_steps_of_another_commit_are_published_as_long_as_their_code_stays(checkout):
    """Who draws a figure again after a commit need not make all behind it again."""
    git(Path(), "commit", "--quiet", "--allow-empty", "-m", "later")
    reseal(commit=git(Path(), "rev-parse", "HEAD"))
    assert release("1.0", ["haxby2001"]) == [FOLDER / "haxby2001.json"]
    code = Path("src/braid/datasets/haxby2001.py")
    code.write_text(code.read_text() + "\n# a remark\n")
    git(Path(), "commit", "--quiet", "--all", "-m", "other code")
    reseal(commit=git(Path(), "rev-parse", "HEAD"))
    with pytest.raises(BadInput, match=f"where {code} differ from HEAD"):
        release("1.1", ["haxby2001"])
