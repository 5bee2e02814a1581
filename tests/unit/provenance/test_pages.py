"""The report that is made of the records of a run."""

from dataclasses import replace
from pathlib import Path

import pytest
from chains import PACKAGED, digest
from chains import write as job
from matplotlib.figure import Figure

from braid.drawing.passport import Passport, write
from braid.drawing.report import Digest
from braid.errors import BadInput
from braid.provenance.audit import Finding, Verdict
from braid.provenance.chain import chain
from braid.provenance.files import described
from braid.provenance.pages import _commits, _findings, gather
from braid.provenance.shelf import read
from braid.provenance.why import story
from braid.store import sha256
from braid.study.claims import Claims

FIGURE = {"study": "toy", "title": "A <title>", "caption": "A caption.", "simulated": False}
STUDIES = {"toy": {"title": "Toy", "citation": "Nobody (2026)."}}
METHODS = {"fetch": "Files were fetched.", "encode": "Not used.", "respond": "Z-scored."}
SAID = {"about": "x", "place": "Table 1", "metric": "r", "split": "held out", "variant": "all"}
NUMBER = SAID | {"tolerance": 0.1, "ours": {"figure": "map", "column": "x"}}
CLAIMS = Claims.model_validate(
    {
        "study": "toy",
        "source": "Nobody (2026)",
        "data": {"dataset": "haxby2001", "files": 1, "bytes": 10},
        "numbers": [
            NUMBER | {"id": "near", "value": 1.05},
            NUMBER | {"id": "far", "value": 2.0},
            NUMBER | {"id": "later", "value": 3.0, "ours": None, "gpu": True},
        ],
        "contradictions": [{"places": ["Table 1", "Section 2"], "problem": "both are best"}],
    }
)


def made(path, role, content=None):
    """What a record says of a file that is there."""
    if content:
        Path(path).write_bytes(content)
    return described(Path(path), role).model_dump()


@pytest.fixture
def figure(tmp_path, monkeypatch):
    """Three jobs in a row: fetch, respond, draw."""
    monkeypatch.chdir(tmp_path)
    folder = Path("results/public/figures/toy")
    folder.mkdir(parents=True)
    file = made("results/public/raw.gz", "file", b"raw")
    origin = PACKAGED | {"package": {"bytes": 3, "sha256": "0" * 64}}
    told = {"params": {"origin": origin}, "wildcards": {"path": "raw.gz"}}
    fetch = job(".", "public/raw.gz", "fetch", outputs=[file], **told)
    file = made("results/public/bold.nc", "responses", b"bold")
    respond = job(".", "public/bold", "respond", [fetch], outputs=[file])
    carried = Passport(digest("results/public/figures/toy/map.prov.json"), "t", "d", False)
    write(Figure(layout="constrained"), {k: folder / f"map.{k}" for k in ("png", "svg")}, carried)
    files = [
        made(folder / "map.png", "png"),
        made(folder / "map.csv", "csv", b"x\n1\n"),
        made(folder / "map.txt", "findings", b"First finding.\nSecond finding.\n"),
    ]
    asked = {"source": "public", "figure": "toy/map"}
    told = {"params": {"figure": FIGURE}, "wildcards": asked, "outputs": files}
    return Path(job(".", "public/figures/toy/map", "slices", [respond], **told))


@pytest.fixture
def page(figure):
    def make(*claims):
        report = gather(STUDIES, [figure], METHODS, claims)
        return report.studies[0]

    return make


def rows(entry, title):
    return [row for table in entry.origins.tables if table.title == title for row in table.rows]


def test_the_report_is_made_of_the_records(page, figure):
    study = page()
    [entry] = study.entries
    assert list(study.methods) == ["fetch", "respond"]
    assert (entry.name, entry.title) == ("toy_map", "A <title>")
    assert (entry.digest, entry.record) == (read(figure).passport, str(figure))
    assert entry.image == Path("results/public/figures/toy/map.png").read_bytes()
    assert entry.verdicts == ("First finding.", "Second finding.")


def test_a_figure_says_where_it_comes_from(page):
    [entry] = page().entries
    assert [row[:2] for row in rows(entry, "Steps")] == [
        ("slices", 1),
        ("respond", 1),
        ("fetch", 1),
    ]
    digest = Digest(sha256("results/public/raw.gz"))
    # Its package is pinned at another digest.
    assert rows(entry, "Raw files") == [("haxby2001", "raw.gz", "3 bytes", digest, "differs")]
    assert "Gaps in the chain" not in [table.title for table in entry.origins.tables]


def test_a_figure_wears_its_verdict_as_it_is_now(page):
    def found():
        [entry] = page().entries
        return [row[2:] for row in rows(entry, "Findings") if row[2] == "OUTPUT_CHANGED"]

    assert found() == []
    Path("results/public/bold.nc").write_bytes(b"bald")
    assert found() == [("OUTPUT_CHANGED", "results/public/bold.nc")]


def test_the_verdict_is_a_word_with_a_mark(page):
    [entry] = page().entries
    # Its package is pinned at another digest.
    assert entry.origins.verdict == "✗ mismatch"
    assert entry.origins.checked.startswith("5 files (")


def test_many_findings_of_a_kind_are_one_row():
    gone = [Finding("LEAK_UNKNOWN", f"{n}.nc", "gone") for n in range(11)]
    table = _findings(Verdict([*gone, Finding("LEAK", "fit.nc", "runs overlap")], 0, 0))
    assert [(row[0], *row[2:]) for row in table.rows] == [
        ("note", "LEAK_UNKNOWN", "11 files"),
        ("mismatch", "LEAK", "fit.nc"),
    ]


def test_all_raw_files_of_a_study_are_listed_once(figure):
    report = gather(STUDIES, [figure, figure], METHODS, [])
    assert [row[1] for row in report.studies[0].raw.rows] == ["raw.gz"]
    data, weights = report.data
    assert [row[:2] for row in data.rows] == [("haxby2001", "2.6.5")]
    assert weights.rows == []
    assert dict(report.software.rows)["numpy"] == "2.4"


def test_claims_stand_beside_our_numbers(page):
    study = page(CLAIMS)
    assert [row[:5] for row in study.claims.rows] == [
        ("✓ reproduced", "near", "1.05", "1", "± 0.1"),
        ("✗ differs", "far", "2", "1", "± 0.1"),
        ("– not run here", "later", "3", "", "± 0.1"),
    ]
    needs = [row[-1] for row in study.claims.rows]
    assert needs[:2] == ["", ""]
    assert needs[2].endswith("; a GPU")
    assert study.contradictions == ("Table 1, Section 2: both are best",)


def test_claims_of_another_study_are_not_shown(page):
    other = CLAIMS.model_copy(update={"study": "other"})
    study = page(other)
    assert (study.claims.rows, study.contradictions) == ([], ())


def test_an_invalid_record_of_a_figure_is_refused(page, figure):
    figure.write_text(figure.read_text().replace("A caption.", "Another."))
    with pytest.raises(BadInput, match="seal"):
        page()


def test_the_commits_are_those_of_the_jobs_not_of_the_report(figure):
    told = story(chain(figure))
    [state] = told.code
    clean = [replace(state, commit=commit, dirty=False) for commit in ("aaa", "bbb")]
    assert _commits([replace(told, code=clean)]) == "aaa, bbb"
    changed = replace(told, code=[*clean, replace(state, commit="aaa", dirty=True)])
    assert _commits([changed]) == "aaa, bbb with uncommitted changes"
