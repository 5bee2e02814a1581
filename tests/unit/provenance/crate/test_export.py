"""What a crate holds, what it only names, and what never goes in."""

import json
import shutil
from urllib.parse import quote

import pytest
from cratetoys import RELEASE

from braid.errors import BadInput
from braid.provenance.crate.contents import Item
from braid.provenance.crate.export import _copy, export
from braid.store import sha256


def graph(crate):
    entities = json.loads((crate / "ro-crate-metadata.json").read_text())["@graph"]
    return {entity["@id"]: entity for entity in entities}


def files(crate):
    return {str(path.relative_to(crate)) for path in crate.rglob("*") if path.is_file()}


RAW = "results/public/fetch/toy/raw data.bin"
BOLD = "results/public/respond/toy/S1.nc"


@pytest.fixture
def crate(run, tmp_path):
    export([run.figure], run.results, tmp_path / "crate")
    return tmp_path / "crate"


def test_figures_records_code_and_papers_are_there_and_nothing_else(crate):
    found = files(crate)
    figures = {
        f"results/public/figures/toy/map.{end}" for end in ("png", "svg", "csv", "html", "txt")
    }
    stems = ("fetch/toy/raw data.bin", "fetch_model/mini", "respond/toy/S1", "figures/toy/map")
    records = {f"results/public/{stem}.prov.json" for stem in stems}
    scripts = {f"workflow/scripts/{name}.py" for name in ("fetch", "fetch_model", "respond")}
    papers = {"README.md", "LICENSE", "CITATION.cff", "dataset_description.json", "audit.py"}
    assert {path for path in found if path.startswith("results/")} == figures | records
    assert scripts | papers | {"Snakefile", "workflow/scripts/figures/slices.py"} <= found
    assert "workflow/rules/fetch.smk" in found
    assert all(path.startswith(("results/", "workflow/")) or "/" not in path for path in found)


def test_what_is_not_there_is_named_with_digest_size_and_a_place_to_have_it_from(crate, run):
    raw = graph(crate)["#" + quote(RAW)]
    assert raw["sha256"] == sha256(run.results / "public/fetch/toy/raw data.bin")
    assert raw["contentSize"] == "22"
    assert raw["url"] == "https://data.localhost/toy/raw data.bin"
    source = graph(crate)[raw["isPartOf"]["@id"]]
    assert (source["version"], source["license"]) == ("1.0", "CC0")
    weights = graph(crate)["#results/public/fetch_model/mini/"]
    assert weights["url"] == "pkg:huggingface/lab/mini@abc"


def test_jobs_have_named_parameters_software_machine_and_usage(crate):
    known = graph(crate)
    job = known["#job-results/public/respond/toy/S1.prov.json"]
    assert job["instrument"]["@id"] == "workflow/scripts/respond.py"
    assert job["result"] == {"@id": "#" + BOLD}
    asked = {known[ref["@id"]]["name"]: known[ref["@id"]].get("value") for ref in job["object"]}
    assert asked["wildcards.subject"] == "S1"
    assert asked["code"] == "abc"
    software = {known[ref["@id"]]["name"] for ref in job["environment"]}
    assert {"python", "blas", "host", "package numpy", "package snakemake"} <= software
    usage = {known[ref["@id"]]["name"] for ref in job["resourceUsage"]}
    assert usage == {"peak memory", "CPU time"}


def test_the_bids_file_names_generator_and_sources(crate):
    told = json.loads((crate / "dataset_description.json").read_text())
    assert told["DatasetType"] == "derivative"
    [generator] = told["GeneratedBy"]
    assert generator["Name"] == "BRAID"
    assert told["SourceDatasets"][0] == {
        "URL": "https://data.localhost/toy",
        "DOI": "10.1000/toy",
        "Version": "1.0",
    }


def test_data_takes_intermediates_and_open_raw_data_along_but_no_weights(run, tmp_path):
    export([run.figure], run.results, tmp_path / "crate", data=True)
    found = files(tmp_path / "crate")
    assert {RAW, BOLD, "config/datasets.tsv"} <= found
    assert not any("mini/" in path for path in found)
    assert "weights: to be had where they are pinned" in (tmp_path / "crate/README.md").read_text()


def test_of_a_folder_only_what_its_record_counts_goes_in(tmp_path):
    source = tmp_path / "ds"
    (source / ".git").mkdir(parents=True)
    for name in ("bold.nii", ".git/index", ".snakemake_timestamp"):
        (source / name).write_text(name)
    _copy(Item("ds", "", 8, source, folder=True), tmp_path / "crate/ds")
    assert files(tmp_path / "crate") == {"ds/bold.nii"}


def test_licensed_data_and_what_was_made_of_them_never_go_in(make_run, tmp_path):
    run = make_run(release=RELEASE | {"access": "licence", "licence": "Lab agreement"})
    bold = run.results / "public/respond/toy/S1.nc"
    export([run.figure, bold], run.results, tmp_path / "crate", data=True)
    found = files(tmp_path / "crate")
    assert not {RAW, BOLD} & found
    assert "results/public/figures/toy/map.png" in found
    assert (
        "under a licence that forbids to pass it on" in (tmp_path / "crate/README.md").read_text()
    )
    assert b"raw bytes" not in b"".join(
        path.read_bytes() for path in (tmp_path / "crate").rglob("*") if path.is_file()
    )


def test_a_simulated_figure_says_so_although_its_study_does_not(make_run, tmp_path):
    run = make_run(simulated=True)
    export([run.figure], run.results, tmp_path / "crate")
    root = graph(tmp_path / "crate")["./"]
    picture = graph(tmp_path / "crate")["results/public/figures/toy/map.png"]
    for entity in (root, picture):
        assert "simulated" in entity["name"]
        assert "simulated" in entity["description"]
    told = json.loads((tmp_path / "crate/dataset_description.json").read_text())
    assert told["SourceDatasets"] == []


def test_a_copy_under_another_name_leads_to_the_same_crate(run, tmp_path):
    shutil.copy(run.figure, tmp_path / "slide.png")
    export([tmp_path / "slide.png"], run.results, tmp_path / "crate")
    assert "results/public/figures/toy/map.png" in files(tmp_path / "crate")


def test_neither_secrets_nor_places_of_this_machine_go_in(make_run, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "CANARY-5ecret")
    place = "https://user:CANARY-login@mirror.localhost/CANARY-5ecret"
    run = make_run(place=place, lock=f"{tmp_path}/lock.tsv")
    export([run.figure], run.results, tmp_path / "crate", data=True)
    for path in (path for path in (tmp_path / "crate").rglob("*") if path.is_file()):
        assert b"CANARY" not in path.read_bytes()
        assert str(tmp_path).encode() not in path.read_bytes()
    record = f"{RAW}.prov.json"
    named = graph(tmp_path / "crate")["#" + quote(record)]
    assert named["sha256"] == sha256(run.results.parent / record)
    assert "names places of the machine" in named["description"]


def test_a_figure_that_is_not_what_its_record_says_is_no_crate(run, tmp_path):
    (run.results / "public/figures/toy/map.csv").write_text("x\n2\n")
    with pytest.raises(BadInput, match="OUTPUT_CHANGED"):
        export([run.figure], run.results, tmp_path / "crate")
    assert not (tmp_path / "crate").exists()
    assert not list(tmp_path.glob(".partial-*"))


def test_a_gap_in_the_chain_is_no_crate(run, tmp_path):
    (run.results / "public/respond/toy/S1.prov.json").unlink()
    with pytest.raises(BadInput, match=r"S1\.prov\.json"):
        export([run.figure], run.results, tmp_path / "crate")


def test_a_crate_takes_the_place_of_nothing(run, tmp_path):
    (tmp_path / "crate").mkdir()
    with pytest.raises(BadInput, match="is there already"):
        export([run.figure], run.results, tmp_path / "crate")
