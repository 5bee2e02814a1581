"""The small files say what they are."""

import json
from pathlib import Path

import pandas as pd
import pytest

from braid.twins.ds003020 import descriptions


@pytest.fixture
def root(tmp_path: Path) -> Path:
    descriptions.write(tmp_path, {"souls": 34, "food": 32}, ["UTS01", "UTS02", "UTS09"])
    return tmp_path


def test_every_description_says_that_the_data_are_simulated(root: Path) -> None:
    described = ["README", "CHANGES", "dataset_description.json", "task-souls_bold.json"]
    for name in described:
        assert "simulated" in (root / name).read_text().lower(), name


def test_tables_of_the_stories_and_subjects(root: Path) -> None:
    assert json.loads((root / "derivative/respdict.json").read_text()) == {"souls": 34, "food": 32}
    transforms = json.loads((root / "derivative/subject_xfms.json").read_text())
    assert transforms == {"UTS01": "UTS01_auto", "UTS02": "UTS02_auto"}
    people = pd.read_csv(root / "participants.tsv", sep="\t")
    assert list(people["participant_id"]) == ["sub-UTS01", "sub-UTS02", "sub-UTS09"]


def test_tasks_have_the_repetition_time(root: Path) -> None:
    for story in ("souls", "food"):
        task = json.loads((root / f"task-{story}_bold.json").read_text())
        assert (task["RepetitionTime"], task["TaskName"]) == (2, story)
