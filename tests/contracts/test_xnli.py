"""Tables, twin and lock of XNLI against each other."""

import csv
from pathlib import Path

from braid.datasets import xnli
from braid.twins import xnli as twin

RESOURCES = Path(xnli.__file__).parents[3] / "resources"


def rows(path):
    with (RESOURCES / path).open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_the_lock_is_the_one_archive():
    assert tuple(row["path"] for row in rows("locks/xnli.tsv")) == xnli.LOCKED


def test_there_are_fifteen_languages_in_the_order_of_the_file():
    assert " ".join(xnli.LANGUAGES) == "ar bg de el en es fr hi ru sw th tr ur vi zh"
    assert tuple(row["language"] for row in rows("xnli/twin.tsv")) == xnli.LANGUAGES


def test_the_notice_names_the_languages_without_translation():
    missing = [row["language"] for row in rows("xnli/twin.tsv") if row["locale"] == "n/a"]
    *first, last = missing
    assert f"{', '.join(first)} and {last}" in " ".join(twin.README.split())


def test_the_licence_is_where_the_data_are_described():
    for text in (xnli.__doc__, twin.README):
        assert text is not None
        assert "CC BY-NC 4.0" in text
    assert twin.PACKAGES == ("wesnoth",)
