"""Attacks on records."""

import json
import shutil

import pytest
from tinyrepo import FIGURE

pytestmark = pytest.mark.attack


def record(figure, name):
    return figure.parents[2] / f"{name}.prov.json"


def set_to(**changes):
    return lambda raw: raw.update(changes)


@pytest.mark.parametrize("name", ["fit/means/0", "figures/toy/map"])
def test_a_record_that_was_edited(figure, codes, forge, name):
    forge(record(figure, name), set_to(threads=64), seal=False)
    assert codes(figure) == {"RECORD_EDITED"}


def test_a_record_that_was_edited_and_sealed_again(figure, codes, forge):
    forge(record(figure, "fit/means/0"), set_to(threads=64))
    assert codes(figure) == {"RECORD_EDITED"}


def test_a_parameter_that_was_edited_under_the_old_passport(figure, codes, forge):
    def edit(raw):
        raw["params"]["figure"]["title"] = "A better title"

    forge(figure.with_suffix(".prov.json"), edit, passport=False)
    assert codes(figure) == {"RECORD_EDITED"}


def test_a_record_that_was_made_to_fit_a_changed_file(figure, codes, forge):
    scores = figure.parents[2] / "fit/means/0.nc"
    scores.write_bytes(b"tampered")

    def edit(raw):
        from braid.store import sha256

        raw["outputs"][0] |= {"sha256": sha256(scores), "bytes": 8}

    forge(record(figure, "fit/means/0"), edit)
    assert {"RECORD_EDITED", "CHAIN_BROKEN"} <= codes(figure)


def test_a_record_that_calls_other_raw_data_locked(figure, codes, forge):
    def edit(raw):
        raw["params"]["origin"]["package"]["sha256"] = "0" * 64

    forge(record(figure, "fetch/toy/raw.txt"), edit)
    assert {"RAW_NOT_LOCKED", "RECORD_EDITED"} <= codes(figure)


def test_raw_data_with_another_md5_than_their_lock_are_found_when_deep(figure, codes, forge):
    def edit(raw):
        locked = {"path": "raw.txt", "bytes": 7, "algorithm": "md5", "digest": "0" * 32}
        raw["params"]["origin"] |= {"package": None, "locked": locked}

    forge(record(figure, "fetch/toy/raw.txt"), edit)
    assert "RAW_NOT_LOCKED" not in codes(figure)
    assert "RAW_NOT_LOCKED" in codes(figure, deep=True)


def test_a_record_that_is_gone(figure, codes):
    record(figure, "fit/means/0").unlink()
    assert codes(figure) == {"RECORD_MISSING"}


def test_a_figure_whose_record_is_gone(figure, codes):
    figure.with_suffix(".prov.json").unlink()
    with pytest.raises(ValueError, match="no record of this file"):
        codes(figure)


def test_a_record_that_is_cut_off(figure, codes):
    path = record(figure, "fit/means/0")
    path.write_text(path.read_text()[:500])
    assert codes(figure) == {"RECORD_INVALID"}


def test_two_jobs_of_a_rule_that_changed_places(figure, codes):
    folder, aside = figure.parents[2] / "fit/means", figure.parents[2] / "aside"
    aside.mkdir()
    for end in ("nc", "prov.json"):
        shutil.move(folder / f"0.{end}", aside)
        (folder / f"1.{end}").rename(folder / f"0.{end}")
        (aside / f"0.{end}").rename(folder / f"1.{end}")
    assert "RECORD_MISPLACED" in codes(figure)


def test_a_twin_that_calls_itself_measured(repo, codes, forge):
    figure = repo / "results/twin" / FIGURE

    def edit(raw):
        raw["params"]["figure"]["simulated"] = False

    forge(figure.with_suffix(".prov.json"), edit)
    assert "SIMULATED_AS_PUBLIC" in codes(figure)


def test_weights_that_are_not_the_pinned_ones(figure, codes, forge):
    """The record of a fit, made into one of fetched weights."""

    def edit(raw):
        model = {"kind": "hub", "origin": "lab/m", "revision": "1", "files": {"w": "0" * 64}}
        raw["rule"] = "fetch_model"
        raw["params"] = {"model": model}
        raw["outputs"][0]["files"] = {"w": "1" * 64}

    forge(record(figure, "fit/means/0"), edit)
    assert "WEIGHTS_NOT_PINNED" in codes(figure)


def test_test_runs_that_choose_the_penalty(figure, codes, forge):
    def edit(raw):
        raw["params"]["plan"]["fit"]["inner"] = raw["params"]["plan"]["split"]

    forge(record(figure, "fit/means/0"), edit)
    assert "LEAK" in codes(figure)


def test_a_leak_that_the_study_shows_is_no_fault(figure, codes, forge):
    def edit(raw):
        raw["params"]["plan"]["fit"]["edges"] = "stack"

    forge(record(figure, "fit/means/0"), edit)
    found = codes(figure)
    assert "LEAK_DECLARED" in found
    assert "LEAK" not in found


def test_a_plan_of_another_version_is_said_to_be_unreadable(figure, codes, forge):
    def edit(raw):
        raw["params"]["plan"] = {"of": "another version"}

    forge(record(figure, "fit/means/0"), edit)
    assert "LEAK_UNKNOWN" in codes(figure)


def test_a_record_of_another_form(figure, codes):
    path = figure.with_suffix(".prov.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 1}))
    assert codes(figure) == {"RECORD_INVALID"}
