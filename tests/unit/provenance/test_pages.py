"""From a figure back to its raw file, and the report that is made of it."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from braid.drawing.passport import Passport, write
from braid.drawing.passport import read as read_passport
from braid.errors import BadInput
from braid.provenance import recorded
from braid.provenance.chain import chain, read
from braid.provenance.pages import _commits, _dataset, gather
from braid.store import sha256

ORIGIN = {
    "release": {
        "dataset": "haxby2001",
        "version": "2.6.5",
        "commit": None,
        "package": "pymvpa2",
        "licence": "CC-BY-SA-3.0",
    },
    "place": None,
    "simulated": False,
}
FIGURE = {"study": "toy", "title": "A <title>", "caption": "A caption.", "simulated": True}


@pytest.fixture
def figure(tmp_path, monkeypatch, make_job):
    """Three jobs in a row: fetch, respond, draw."""
    monkeypatch.chdir(tmp_path)
    fetch = make_job(
        "fetch",
        outputs={"file": "raw.tar.gz", "prov": "raw.tar.gz.prov.json"},
        params={"origin": ORIGIN},
    )
    with recorded(fetch):
        Path("raw.tar.gz").write_bytes(b"raw")
    respond = make_job(
        "respond",
        inputs={"files": ["raw.tar.gz"], "table": "table.tsv"},
        outputs={"responses": "bold.nc", "prov": "bold.prov.json"},
    )
    Path("table.tsv").write_text("tracked, without a record")
    with recorded(respond):
        Path("bold.nc").write_bytes(b"bold")
    outputs = {k: f"map.{k}" for k in ("png", "svg", "csv")}
    draw = make_job(
        "slices",
        inputs={"scores": "bold.nc"},
        outputs=outputs | {"findings": "map.txt", "prov": "map.prov.json"},
        params={"figure": FIGURE},
    )
    with recorded(draw) as asked:
        passport = Passport(asked.passport, "t", "d", simulated=True)
        write(Figure(layout="constrained"), {k: Path(outputs[k]) for k in ("png", "svg")}, passport)
        Path("map.csv").write_text("x\n1\n")
        Path("map.txt").write_text("First finding.\nSecond finding.\n")
    return Path("map.prov.json")


def test_the_chain_leads_from_the_figure_to_the_raw_file(figure):
    found = chain(figure)
    assert [record.rule for record in found.values()] == ["slices", "respond", "fetch"]
    assert found[Path("raw.tar.gz.prov.json")].outputs[0].sha256 == sha256("raw.tar.gz")


def test_a_spoilt_record_is_named(figure):
    Path("bold.prov.json").write_text('{"schema_version": 1}')
    with pytest.raises(BadInput, match=r"bold\.prov\.json: record: not readable"):
        chain(figure)


def test_the_report_is_made_of_the_records(figure):
    studies = {"toy": {"title": "Toy", "citation": "Nobody (2026)."}}
    methods = {"fetch": "Files were fetched.", "encode": "Not used.", "respond": "Z-scored."}
    report = gather(studies, [figure], methods)
    [study] = report.studies
    [entry] = study.entries
    assert list(study.methods) == ["fetch", "respond"]
    assert entry.name == "toy_map"
    assert entry.digest == read(figure).passport
    assert entry.image == Path("map.png").read_bytes()
    assert entry.verdicts == ("First finding.", "Second finding.")
    assert entry.simulated
    [data] = report.data
    assert (data.name, data.version, data.url) == ("haxby2001", "2.6.5", "package pymvpa2")
    assert report.software["numpy"]


def test_the_commits_are_those_of_the_jobs_not_of_the_report(figure):
    records = list(chain(figure).values())
    records[0].code.commit, records[1].code.commit, records[2].code.commit = "aaa", "bbb", "aaa"
    for record in records:
        record.code.dirty = False
    assert _commits(records) == "aaa, bbb"
    records[2].code.dirty = True
    assert _commits(records) == "aaa, bbb with uncommitted changes"


def test_a_twin_does_not_bear_the_commit_of_the_real_data():
    release = {"dataset": "ds003020", "commit": "f74eb2bc", "licence": "CC0"}
    origin = {"release": release, "place": "results/twin/simulate/ds003020", "simulated": True}
    data = _dataset({"origin": origin})
    assert (data.name, data.version) == ("ds003020 (twin)", "simulated here")
    assert _dataset({"origin": origin | {"simulated": False}}).version == "f74eb2bc"


def test_the_passport_inside_the_picture_is_that_of_the_record(figure):
    assert read_passport(Path("map.png")) == read(figure).passport
    assert read_passport(Path("map.svg")) == read(figure).passport
