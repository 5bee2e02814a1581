"""What the DAG plans, asked from outside and without any data."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def clone(tmp_path):
    """Copy what git tracks, as it is now: a clone without results."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        target = tmp_path / "clone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if Path(name).is_symlink():
            target.symlink_to(Path(name).readlink())
        elif Path(name).exists():
            target.write_bytes(Path(name).read_bytes())
    return tmp_path / "clone"


def snakemake(folder, *words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *words],
        cwd=folder,
        env=os.environ | {"HOME": str(folder.parent / "home")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def planned(run):
    """Rule to number of jobs, from Snakemake's table."""
    assert run.returncode == 0, run.stdout + run.stderr
    table = run.stdout.split("Job stats:")[1]
    return {name: int(n) for name, n in re.findall(r"^(\w+) +(\d+)$", table, re.M)}


def test_the_whole_public_study_is_planned_without_data(clone):
    run = snakemake(clone, "-n", "kobayashi2025_encoding_map", "--config", "source=public")
    jobs = planned(run)
    # 84 stories of three subjects, their TextGrids, two tables, and each pycortex subject whole.
    assert jobs["respond"] == 252
    assert jobs["fetch"] == 252 + 84 + 2 + 93
    # The map and its four baselines, one of which has layers to agree on before the fit, too; the
    # voxels of the subjects take 4, 5 and 5 jobs.
    assert (jobs["search"], jobs["fit"], jobs["encode"]) == (2 * 14, 5 * 14, 5 * 3)
    assert "simulate" not in jobs
    assert "bert-large-uncased" in run.stdout


def test_every_figure_of_every_study_is_planned_on_public_data(clone):
    words = "-n", "all", "--config", "source=public"
    run = snakemake(clone, *words, PYTHONPROFILEIMPORTTIME="1")
    jobs = planned(run)
    assert "simulate" not in jobs
    # ds003020; nine sections of three subjects, raw echoes of one, sounds, three tables of words
    # and the README of ds003643; a run and its events of 23 subjects, and their words, of ds002322;
    # XNLI; 40 sessions of four subjects of NSD, five files of each, the design, pictures, captions.
    public = (431, 27 + 9 * 3 + 27 + 4, 2 * 23 + 1, 1, 4 * (40 + 5) + 5)
    assert jobs["fetch"] == sum(public) + len(("pymvpa2", "pyhrf", "fsaverage", "rest", "rest"))
    drawn = {"flatmap", "bands", "table", "roi_maps", "layers", "classification", "loss_curves"}
    assert {"classify", "identify", "encode", "tune", "transfer"} | drawn <= set(jobs)
    # Eleven text models for each of three subjects, and one for all of ds002322.
    assert (jobs["tune"], jobs["pretrain"], jobs["autoencode"]) == (11 * 3 + 1, 1, 1)
    # What jobs alone have use for; each job on a cluster reads the rules, twice.
    imported = set(re.findall(r"\| +([\w.]+)$", run.stderr, re.M))
    assert "snakemake" in imported
    assert imported.isdisjoint(("torch", "transformers", "nilearn", "sklearn", "scipy.stats"))


def test_pictures_are_embedded_in_shards_and_generated_for_each_subject(clone):
    jobs = planned(snakemake(clone, "-n", "takagi2023", "--config", "source=public"))
    # 73,000 pictures, 500 to a job: z and c for the decoders, z, mean c, zc and three blocks of the
    # U-Net for the fits, and statistics for their baseline.
    assert jobs["embed"] == 8 * 146
    assert jobs["present"] == 7 * 4
    # Twelve decoders; eight reconstructions of four subjects, and the true features of one.
    assert (jobs["decode"], jobs["generate"], jobs["evaluate"]) == (12 * 4, 8 * 4 + 1, 8 * 4 + 1)
    # Stable Diffusion is fetched, nothing is trained.
    assert not {"diffuse", "autoencode_pictures", "judge", "simulate"} & set(jobs)


def test_captions_in_four_languages_are_those_of_the_twin(clone):
    figures = ("takagi2023_languages", "takagi2023_encoding_languages")
    jobs = planned(snakemake(clone, "-n", "--config", "source=twin", "--", *figures))
    # 900 pictures, 500 to a job; a control beside the decoders, of two subjects.
    assert (jobs["embed"], jobs["decode"]) == (4 * 2, 5 * 2)
    assert (jobs["present"], jobs["fit"]) == (4 * 2, 4 * 2)
    assert {"languages", "feature_maps"} <= set(jobs)
    run = snakemake(clone, "-n", "takagi2023_languages", "--config", "source=public")
    assert run.returncode != 0


def test_voxels_are_shared_out_as_the_configuration_says(clone):
    setting = ["--config", "source=public", "subjects=UTS03", "voxels_per_job=50000"]
    jobs = planned(snakemake(clone, "-n", "kobayashi2025_table1", *setting))
    # A layer, or a penalty that all share, is searched first; three trivial baselines have neither,
    # nor has the fit that chooses voxels.
    assert (jobs["search"], jobs["fit"], jobs["encode"]) == (2 * 7, 2 * 11, 11)


def test_the_twin_is_simulated_first_and_fitted_in_one_part(clone):
    jobs = planned(snakemake(clone, "-n", "kobayashi2025_encoding_map"))
    assert jobs["simulate"] == 1
    assert jobs["respond"] == 48
    assert jobs["fit"] == jobs["encode"] == 5 * 3
    assert "search" not in jobs


def test_fits_on_a_gpu_ask_for_one(clone):
    words = ("-n", "--config", "backend=torch_cuda", "--", "kobayashi2025_encoding_map")
    run = snakemake(clone, *words)
    rules = dict(re.findall(r"rule (\w+):.*?\n +resources: ([^\n]+)", run.stdout, re.S))
    assert "gpu=1" in rules["fit"]
    assert "gpu" not in rules["align"] + rules["encode"]


def test_a_kind_of_gpu_is_asked_for_by_jobs_that_have_use_for_one(clone):
    words = ("-n", "--config", "gpu=true", "gpu_model=a100", "--", "kobayashi2025_encoding_map")
    run = snakemake(clone, *words)
    assert run.returncode == 0, run.stderr
    asked = re.findall(r"\n +resources: ([^\n]+)", run.stdout)
    assert any("gpu=1" in resources for resources in asked)
    assert all(("gpu=1" in resources) == ("gpu_model=a100" in resources) for resources in asked)


def test_the_slurm_profile_resolves(clone):
    run = snakemake(clone, "-n", "--profile", "slurm")
    assert run.returncode == 0, run.stderr
    assert "Using profile" in run.stderr + run.stdout


def test_target_rules_read_as_a_table_of_contents(clone):
    run = snakemake(clone, "--list-target-rules")
    assert "haxby2001_decoding (Which of eight categories was seen)" in run.stdout
    assert "kobayashi2025_table1 (" in run.stdout
    assert "respond" not in run.stdout


@pytest.mark.parametrize(
    "setting",
    [
        "source=real",
        "sauce=twin",
        "voxels_per_job=0",
        pytest.param("mirrors={'../x': '/tmp'}", marks=pytest.mark.fault(40)),
        pytest.param("subjects=x/../../../evil", marks=pytest.mark.fault(40)),
        pytest.param("subjects=$(touch evil)", marks=pytest.mark.fault(41)),
    ],
)
def test_a_wrong_setting_is_one_clear_error(clone, setting):
    run = snakemake(clone, "-n", "demo", "--config", setting)
    assert run.returncode != 0
    assert "config/config.yaml" in run.stdout + run.stderr
    assert "cure" in run.stdout + run.stderr
    assert not list(clone.parent.rglob("evil"))


@pytest.mark.fault(42)
def test_a_configuration_that_grows_to_gigabytes_is_refused_before_it_grows(clone):
    levels = ["mirrors: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    (clone / "config/config.yaml").write_text("\n".join(levels))
    run = snakemake(clone, "-n", "demo")
    assert run.returncode != 0
    assert "config/config.yaml: line 2: alias *a0" in run.stdout + run.stderr


@pytest.mark.fault(41)
def test_a_target_that_is_a_shell_command_is_no_file_of_any_rule(clone):
    run = snakemake(clone, "-c1", "results/public/respond/haxby2001/a;touch evil;/slice.nc")
    assert run.returncode != 0
    assert "MissingRuleException" in run.stdout + run.stderr
    assert not list(clone.parent.rglob("evil"))


@pytest.mark.fault(40)
def test_a_path_that_climbs_out_is_refused(clone):
    run = snakemake(clone, "-n", "results/public/respond/ds003020/../../../../evil/x.nc")
    assert run.returncode != 0
    assert not (clone.parent / "evil").exists()


def test_a_library_edit_reruns_what_it_reaches_and_nothing_else(clone):
    script = (
        "from braid.provenance.digests import code; import json, sys;"
        "print(json.dumps({s: code(s) for s in ['fit.py', 'align.py']}))"
    )
    environment = os.environ | {"PYTHONPATH": str(clone / "src")}

    def digests():
        run = subprocess.run(
            [sys.executable, "-c", script],
            cwd=clone,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(run.stdout)

    before = digests()
    module = clone / "src/braid/fitting/nulls/fdr.py"
    module.write_text(module.read_text() + "\n# a remark\n")
    assert digests() == before
    module.write_text(module.read_text() + "\nLEVEL = 0.01\n")
    after = digests()
    assert after["fit.py"] != before["fit.py"]
    assert after["align.py"] == before["align.py"]


def test_results_are_shared_between_checkouts(clone, tmp_path, monkeypatch, package):
    """A second checkout takes from the cache what the first one made."""
    store = tmp_path / "store"
    store.mkdir()
    monkeypatch.setenv("SNAKEMAKE_OUTPUT_CACHE", str(store))
    target = "results/public/respond/haxby2001/sub001/slice.nc"
    packages = package("pymvpa2").resolve().parent
    for name in ("first", "second"):
        checkout = tmp_path / name
        shutil.copytree(clone, checkout, symlinks=True)
        (checkout / ".cache").mkdir()
        (checkout / ".cache/packages").symlink_to(packages)
        run = snakemake(checkout, "-c1", "--cache", "--", target)
        assert run.returncode == 0, run.stderr
        assert (checkout / target).resolve().parent == store
    assert len(list(store.glob("*_responses.nc"))) == 1
    assert "Symlinking output file" in run.stdout + run.stderr
