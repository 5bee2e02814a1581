"""Records are read where they lie, and only as they were written."""

import json
import shutil
from pathlib import Path

import chains
import pytest

from braid.errors import BadInput
from braid.provenance.shelf import makers_of, read, shelf_of


@pytest.fixture
def record(tmp_path):
    """Give a record among the results of a repository."""
    (tmp_path / "Snakefile").write_text("")
    return tmp_path / chains.write(tmp_path, "public/fit/0", "fit")


def refused(record, field):
    with pytest.raises(BadInput) as error:
        read(record)
    return error.value.field == field


def test_a_record_that_was_changed_is_refused(record):
    told = json.loads(record.read_text())
    record.write_text(json.dumps(told, indent=7))
    assert read(record).rule == "fit"
    record.write_text(json.dumps(told | {"threads": 99}))
    assert refused(record, "seal")
    record.write_text(json.dumps(told | {"more": 1}))
    assert refused(record, "form")
    record.unlink()
    assert refused(record, "record")


def test_paths_lead_into_the_folder_of_results_wherever_it_is(record, tmp_path):
    here = shelf_of(record)
    assert here.place("results/public/x.nc") == tmp_path / "results/public/x.nc"
    assert here.place("resources/x.tsv") == tmp_path / "resources/x.tsv"
    shutil.move(tmp_path / "results", tmp_path / "elsewhere/archive")
    there = shelf_of(tmp_path / "elsewhere/archive/public/fit/0.prov.json", root=tmp_path)
    assert there.place("results/public/x.nc") == tmp_path / "elsewhere/archive/public/x.nc"
    assert there.place("resources/x.tsv") == tmp_path / "resources/x.tsv"


def test_a_record_in_the_place_of_another_is_refused(record):
    other = Path(shutil.move(record, record.with_name("1.prov.json")))
    with pytest.raises(BadInput, match=r"the record of results/public/fit/0\.prov\.json"):
        shelf_of(other)


def test_a_file_is_found_in_a_record_of_a_shorter_name(record):
    (record.parent / "0.weights.nc").write_text("")
    assert [found for found, _ in makers_of(record.parent / "0.nc")] == [record]
    assert list(makers_of(record.parent / "0.weights.nc")) == []
