"""What a target takes, against the sizes that the data set publishes."""

import json

import pytest
from typer.testing import CliRunner

from braid.cli.app import app
from braid.cli.dag import planned
from braid.cli.plan import plan
from braid.errors import BadInput


@pytest.fixture(scope="module")
def public():
    with planned(["kobayashi2025"], ["source=public"]) as dag:
        yield dag


def row(rows, name):
    return next(row for row in rows if row[0] == name)


def test_the_whole_study_needs_431_files_of_68_gigabytes(public, tmp_path):
    found = row(plan(public, tmp_path).data, "ds003020")
    assert (found.files, round(found.bytes / 1e9, 2)) == (431, 68.09)
    assert (found.here, found.here_bytes, found.open_size) == (0, 0, 0)


def test_one_subject_needs_a_third_of_it(tmp_path):
    with planned(["kobayashi2025"], ["source=public", "subjects=UTS01"]) as dag:
        found = row(plan(dag, tmp_path).data, "ds003020")
    assert round(found.bytes / 1e9, 2) == 20.50


def test_what_was_fetched_is_here(public, tmp_path):
    path = "derivative/preprocessed_data/UTS01/souls.hf5"
    content = tmp_path / "clones" / "f74eb2bc95b8" / "ds003020" / path
    content.parent.mkdir(parents=True)
    content.touch()
    found = row(plan(public, tmp_path).data, "ds003020")
    assert (found.here, found.here_bytes) == (1, 2048 + 8 * 355 * 81126)


def test_jobs_are_counted_and_their_memory_planned(public, tmp_path):
    work = plan(public, tmp_path).work
    respond = row(work, "respond")
    assert respond.jobs == 252
    # Responses to the stories of three subjects, in float32, are half of what is published.
    assert respond.disk == pytest.approx(67.19e9 / 2, rel=0.01)
    assert respond.memory < 4e9
    assert row(work, "extract").gpu_hours > 0
    assert row(work, "fit").cpu_hours > 1
    # Weights of eight fits of three subjects; parts are temporary.
    assert row(work, "fit").disk == row(work, "search").disk == 0
    assert row(work, "encode").disk > 20e9


def test_a_twin_needs_packages_alone(tmp_path):
    with planned(["kobayashi2025_encoding_map"], ["source=twin"]) as dag:
        found = plan(dag, tmp_path)
    assert [(data.name, data.files) for data in found.data] == [
        ("brotli", 1),
        ("wordllama", 1),
        ("minilm", 1),
    ]
    assert found.data[0].bytes == 7_389_447
    assert row(found.work, "simulate").jobs == 1


def test_an_unknown_target_is_one_message():
    with pytest.raises(BadInput, match="kobayashi2052"), planned(["kobayashi2052"]):
        pass


def test_a_wrong_setting_is_one_message():
    with pytest.raises(BadInput, match="sauce"), planned(["demo"], ["sauce=twin"]):
        pass


def test_machines_get_the_same_numbers():
    asked = ["plan", "kobayashi2025_encoding_map", "--config", "source=public", "--json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    tables = json.loads(done.stdout)
    assert {data["name"] for data in tables["data"]} == {"ds003020", "bert-large-uncased"}
    assert {work["rule"] for work in tables["work"]} >= {"fetch", "respond", "encode"}


def test_several_settings_may_follow_one_option():
    words = "plan kobayashi2025_encoding_map --config source=public subjects=UTS02 --json"
    done = CliRunner().invoke(app, words.split())
    assert done.exit_code == 0, done.output
    work = {row["rule"]: row["jobs"] for row in json.loads(done.stdout)["work"]}
    # The map and its four baselines.
    assert (work["respond"], work["encode"]) == (84, 5)


def test_people_get_tables():
    done = CliRunner().invoke(app, ["plan", "haxby2001_decoding"])
    assert done.exit_code == 0, done.output
    assert "haxby2001" in done.stdout
    assert "classify" in done.stdout
