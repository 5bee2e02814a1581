"""The smallest benchmark from its child processes to the table, and what the table does."""

import json
from pathlib import Path

from bench.run import IDENTITY, Size, Theme, earlier, main
from bench.table import BEGIN, END, Row, write


def test_a_run_measures_and_writes_its_table_between_the_prose(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    main(Size.small, [Theme.lanczos], threads=1, out=tmp_path / "out", write=page)
    before, table, after = page.read_text().replace(END, BEGIN).split(BEGIN)
    assert (before, after) == ("before\n", "\nafter\n")
    assert "old" not in table
    assert "| 3 stories, 64 features | HuthLab dense loop |" in table
    assert "1 BLAS threads" in table

    figures = json.loads((tmp_path / "out" / "small.json").read_text())
    assert figures["machine"]["sgemm"]["cpu"] > 1e9
    (row,) = figures["themes"]["lanczos"]["rows"]
    runs = [run["measured"] for run in figures["themes"]["lanczos"]["raw"][:2]]
    assert row["figure"] == runs[1]["cpu"] / runs[0]["cpu"]
    assert all(pool["num_threads"] == 1 for run in runs for pool in run["blas"])
    assert not list((tmp_path / "out").glob("tmp*"))


def test_strided_features_are_those_of_a_run_for_each_word(tmp_path: Path):
    main(Size.small, [Theme.features], threads=1, out=tmp_path, write=tmp_path / "page.md")
    (row,) = json.loads((tmp_path / "small.json").read_text())["themes"]["features"]["rows"]
    assert float(row["accuracy"].split()[-1]) <= 1e-5
    assert row["figure"] > 1


def test_figures_of_earlier_parts_stay_if_they_are_of_this_machine(tmp_path: Path):
    machine, raw = dict.fromkeys(IDENTITY, "this") | {"sgemm": 1}, tmp_path / "small.json"
    assert earlier(raw, machine) == {}
    raw.write_text(json.dumps({"machine": machine | {"sgemm": 2}, "themes": {"disk": 1}}))
    assert earlier(raw, machine) == {"disk": 1}
    assert earlier(raw, machine | {"threads": "other"}) == {}


def test_a_file_without_markers_gets_the_table_at_its_end(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("prose\n")
    write(page, "first")
    write(page, "second")
    assert page.read_text() == f"prose\n{BEGIN}\n\nsecond\n\n{END}\n"


def test_a_reach_is_judged_by_the_unrounded_figure():
    assert Row("w", "a", 4.9999, "b", reach=5).reached() is False
    assert Row("w", "a", 1.2001, "b", reach=1.2, at_most=True).reached() is False
    assert Row("w", "a", 1.1, "b", reach=1.2, at_most=True).reached() is True
    assert Row("w", "a", 1, "b").reached() is None
