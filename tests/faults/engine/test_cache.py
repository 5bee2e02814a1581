"""The output cache that a lab shares: collisions, spoilt entries, several who fill it at once."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tinyrepo

from braid.provenance.shelf import read
from braid.store import sha256

FIT = "results/public/fit/means/0.nc"
ROOT = Path(__file__).parents[3]

# What Snakemake's own cache takes for one job: another wildcard, other roles of the same files,
# another output of the same job upstream.
COLLIDING = """
include: "{root}/workflow/rules/params.smk"

KEY = {key}

rule all:
    input: "a.name", "b.name", "xy.pair", "yx.pair", "one.copy", "two.copy"

rule name:
    output: "{{name}}.name"
    cache: True
    params: key=KEY
    shell: "echo {{wildcards.name}} > {{output}}"

rule made:
    output: one="one.txt", two="two.txt"
    shell: "echo one > one.txt; echo two > two.txt"

rule pair:
    input:
        first=lambda wildcards: dict(xy="one.txt", yx="two.txt")[wildcards.order],
        second=lambda wildcards: dict(xy="two.txt", yx="one.txt")[wildcards.order],
    output: "{{order}}.pair"
    cache: True
    params: key=KEY
    shell: "cat {{input.first}} {{input.second}} > {{output}}"

rule copy:
    input: file="{{which}}.txt"
    output: "{{which}}.copy"
    cache: True
    params: key=KEY
    shell: "cat {{input.file}} > {{output}}"
"""
RIGHT = {
    "a.name": "a",
    "b.name": "b",
    "xy.pair": "one two",
    "yx.pair": "two one",
    "one.copy": "one",
    "two.copy": "two",
}


def collide(folder: Path, key: str) -> dict[str, str]:
    """Run the three kinds of collision and give what each file holds."""
    (folder / "store").mkdir(parents=True)
    (folder / "Snakefile").write_text(COLLIDING.format(root=ROOT, key=key))
    tinyrepo.made(folder, "--cache", SNAKEMAKE_OUTPUT_CACHE=str(folder / "store"))
    return {name: " ".join((folder / name).read_text().split()) for name in RIGHT}


@pytest.mark.fault(16)
def test_jobs_that_snakemake_takes_for_one_have_entries_of_their_own(tmp_path):
    assert collide(tmp_path / "ours", "key") == RIGHT
    stock = collide(tmp_path / "stock", "0")
    assert sum(stock[name] != right for name, right in RIGHT.items()) == 3, "nothing was tested"


@pytest.fixture
def store(tmp_path):
    """Give a cache that anyone may write."""
    folder = tmp_path / "store"
    folder.mkdir()
    folder.chmod(0o777)
    tmp_path.chmod(0o755)
    return folder


@pytest.fixture
def cached(repo, store):
    """Give the folder of a run that found a fit in the cache of another."""
    filled = {"SNAKEMAKE_OUTPUT_CACHE": str(store)}
    shutil.rmtree(repo / "results/public/fit")
    tinyrepo.made(repo, "--cache", "fit", "--", FIT, **filled)
    shutil.rmtree(repo / "results/public/fit")
    return repo, filled


def overwrite_as_somebody_else(file: Path) -> None:
    """Change a file as a user who does not own it."""
    # Python may lie where nobody else may look.
    script = 'printf tampered | dd of="$0" conv=notrunc status=none'
    subprocess.run(["sh", "-c", script, file], check=True, user=65534, group=65534)


@pytest.mark.fault(17, 19, recovers=True)
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_an_entry_that_somebody_changed_is_refused_by_who_reads_it_and_the_cure_works(
    cached, store
):
    repo, filled = cached
    [entry] = store.glob("*_scores.nc")
    # pytest keeps others out.
    for folder in store.parents:
        folder.chmod(folder.stat().st_mode | 0o001)
    overwrite_as_somebody_else(entry)
    refused = tinyrepo.snakemake(repo, "--cache", "fit", "--forcerun", "slices", **filled)
    assert refused.returncode != 0
    assert "Symlinking output file" in refused.stderr
    [cure] = set(re.findall(r"cure: take them out of the cache: (rm .*)", refused.stderr))
    assert set(cure.split()[1:]) == {str(path) for path in entry.parent.glob(f"{entry.stem[:9]}*")}
    subprocess.run(["sh", "-c", cure], check=True)
    tinyrepo.made(repo, "--cache", "fit", "--forcerun", "slices", **filled)
    assert (repo / FIT).resolve() == entry
    assert sha256(entry) == read(repo / FIT.replace(".nc", ".prov.json")).outputs[0].sha256


@pytest.mark.fault(18)
def test_several_runs_that_fill_one_cache_leave_whole_entries(repo, store, tmp_path):
    shutil.rmtree(repo / "results/public/fit")
    copies = [shutil.copytree(repo, tmp_path / str(n), symlinks=True) for n in range(3)]
    environment = os.environ | {"SNAKEMAKE_OUTPUT_CACHE": str(store)}
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--cache", "fit", "--", FIT]
    runs = [
        subprocess.Popen(command, cwd=copy, env=environment | {"PYTHONPATH": str(copy / "src")})
        for copy in copies
    ]
    assert [run.wait() for run in runs] == [0, 0, 0]
    [record] = store.glob("*_prov*")
    [made] = json.loads(record.read_text())["outputs"]
    for copy in copies:
        assert sha256(copy / FIT) == made["sha256"]
    assert sorted(path.suffix for path in store.iterdir()) == [".json", ".nc"]
