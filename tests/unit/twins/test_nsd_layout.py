"""The design of the simulated NSD, and the files that tell of it, read by other means."""

import json
import time

import numpy as np
import pandas as pd
import pytest
from scipy.io import loadmat

from braid.twins.nsd import layout

SUBJECTS, TRIALS, SHARED = 3, 60, 8


@pytest.fixture(scope="module")
def design():
    return layout.make_design(SUBJECTS, TRIALS, SHARED, np.random.default_rng(2))


@pytest.fixture(scope="module")
def root(design, tmp_path_factory):
    folder = tmp_path_factory.mktemp("layout")
    layout.write_experiment(folder, design)
    (folder / layout.PICTURES).mkdir(parents=True)
    numbers = range(design.total)
    english = [[f"picture {n}", "again"] for n in numbers]
    layout.write_captions(folder, english, [{"fr": f"image {n}", "ja": "絵"} for n in numbers])
    layout.write_behaviour(folder, design, 1, sessions=2, trials=24)
    return folder


def test_every_subject_is_to_see_each_of_its_pictures_three_times(design):
    for subject in range(SUBJECTS):
        _, counts = np.unique(design.shown(subject, TRIALS), return_counts=True)
        assert counts.tolist() == [3] * (TRIALS // 3)


def test_subjects_share_the_shared_pictures_and_no_other(design):
    seen = [set(row) for row in design.pictures.tolist()]
    common = set(design.pictures[0, :SHARED].tolist())
    assert sorted(common) == design.pictures[2, :SHARED].tolist()
    for first in range(SUBJECTS):
        for second in range(first):
            assert seen[first] & seen[second] == common
    assert set.union(*seen) == set(range(design.total))
    assert design.total == SHARED + SUBJECTS * (TRIALS // 3 - SHARED)


def test_shared_pictures_are_spread_among_the_others(design):
    assert design.pictures[0, :SHARED].tolist() != list(range(SHARED))


def test_the_design_is_published_counted_from_one(root, design):
    held = loadmat(root / layout.EXPERIMENT / "nsd_expdesign.mat")
    np.testing.assert_array_equal(held["masterordering"], [design.order + 1])
    np.testing.assert_array_equal(held["subjectim"], design.pictures + 1)
    np.testing.assert_array_equal(held["sharedix"], held["subjectim"][:1, :SHARED])


def test_the_design_bears_no_date(root, design, tmp_path, monkeypatch):
    monkeypatch.setattr(time, "asctime", lambda *_: "Thu Jan  1 00:00:00 1970")
    again = tmp_path / "nsd_expdesign.mat"
    layout._write_design(again, design)
    first = (root / layout.EXPERIMENT / "nsd_expdesign.mat").read_bytes()
    assert again.read_bytes() == first
    assert first.startswith(b"MATLAB 5.0 MAT-file, simulated")


def test_behaviour_lists_what_was_shown_and_nothing_that_was_done(root, design):
    table = pd.read_csv(root / "nsddata/ppdata/subj02/behav/responses.tsv", sep="\t")
    assert (table["73KID"] - 1).tolist() == design.shown(1, 48).tolist()
    assert (table["10KID"] - 1).tolist() == design.order[:48].tolist()
    assert table["SESSION"].tolist() == [1] * 24 + [2] * 24
    assert table["ISOLD"].tolist() == pd.Series(design.shown(1, 48)).duplicated().tolist()
    assert table.loc[:, "ISCORRECT":].isna().all(axis=None)
    assert table["TIME"].is_monotonic_increasing
    assert table["TIME"][24] == 7


@pytest.mark.parametrize("trials", [750, 81])
def test_runs_of_a_session_are_as_equal_as_in_nsd(tmp_path, trials):
    design = layout.make_design(1, trials, 2, np.random.default_rng(0))
    layout.write_behaviour(tmp_path, design, 0, sessions=1, trials=trials)
    table = pd.read_csv(tmp_path / "nsddata/ppdata/subj01/behav/responses.tsv", sep="\t")
    sizes = table.groupby("RUN")["TRIAL"].max().tolist()
    assert sizes == ([63, 62] * 6 if trials == 750 else [7, 7, 7, 6] * 3)


def test_captions_are_found_through_the_table_of_pictures_alone(root):
    pictures = pd.read_csv(root / layout.EXPERIMENT / "nsd_stim_info_merged.csv", index_col=0)
    for split, part in pictures.groupby("cocoSplit"):
        path = root / layout.PICTURES / f"annotations/captions_{split}.json"
        held = pd.DataFrame(json.loads(path.read_text())["annotations"])
        assert held["id"].is_unique
        for number, coco in part["cocoId"].items():
            own = held.loc[held["image_id"] == coco, :]
            said = own.loc[own["language"].isna(), "caption"].tolist()
            assert said == [f"picture {number}", "again"]
            others = own.dropna(subset="language").set_index("language")["caption"]
            assert others.to_dict() == {"fr": f"image {number}", "ja": "絵"}
        assert set(held["image_id"]) - set(part["cocoId"]) == {1}
