"""The claims of Takagi & Nishimoto (2023) keep splits apart and carry their tables whole."""

from pathlib import Path

import pandas as pd
import pytest

from braid.datasets.nsd.design import PAPER_COUNTS
from braid.provenance.claims import contradictions
from braid.study.claims import load_claims

FIRST, LATER = "982 test pictures of 37 sessions", "1,000 test pictures of 40 sessions"


@pytest.fixture(scope="module")
def claims():
    return load_claims(Path("resources/claims/takagi2023.yaml"))


def test_every_number_of_the_tables_is_carried(claims):
    assert len(claims.numbers) == 4 + 8 + 10
    assert [len(table.columns) for table in claims.tables] == [10, 10, 10, 8, 8, 10, 10, 10]


def test_what_is_compared_with_ours_is_of_the_same_split(claims):
    scores = [number for number in claims.numbers if number.metric != "count"]
    assert {number.split for number in scores if number.ours} == {FIRST}
    assert {number.split for number in scores if not number.ours} == {LATER}
    assert all(number.missing for number in scores)
    assert all(number.ours.where["metric"] == number.metric for number in scores if number.ours)


def test_shares_are_in_parts_of_one(claims):
    assert all(0 < n.value < 1 for n in claims.all() if n.metric != "count")


def test_counts_are_those_that_the_reader_checks(claims):
    counts = {number.id: number.value for number in claims.numbers}
    ids = {"trials": "trials", "train_trials": "training_trials", "test_trials": "test_trials"}
    ids |= {"train_images": "training_pictures", "test_images": "test_pictures"}
    assert {key: counts[name] for key, name in ids.items()} == dict(PAPER_COUNTS)
    assert counts["training_trials"] + counts["test_trials"] == counts["trials"]
    assert counts["trials"] == 750 * counts["sessions"]
    assert (counts["z"], counts["c"]) == (4 * 40 * 40, 77 * 768)


def test_sizes_are_those_of_the_arrays(claims):
    table = pd.read_csv("resources/nsd/public.tsv", sep="\t", index_col="subject")
    own = table.loc[["subj01", "subj02", "subj05", "subj07"]]
    voxels = int((own["x"] * own["y"] * own["z"]).sum())
    assert claims.data.bytes == 37 * 750 * voxels * 2 + 73_000 * 425 * 425 * 3
    # Sessions; masks, signal to noise, trials and anatomy; pictures, design, two of captions, ids.
    assert claims.data.files == 4 * 37 + 4 * 5 + 5


def test_the_contradictions_stand_in_the_numbers(claims):
    numbers = {number.id: number.value for number in claims.all()}
    differ = [numbers[f"cited_{n}"] - numbers[f"recomputed_{n}"] for n in ("alex2", "alex5")]
    assert differ == [pytest.approx(0.041), pytest.approx(-0.026)]
    for name, order in (("ssim", 1), ("swav", 1)):
        rivals = [numbers[f"{r}_subjects_1_2_5_7_{name}"] for r in ("brain_diffuser", "mindeye1")]
        assert all(order * (numbers[f"recomputed_{name}"] - rival) > 0 for rival in rivals)
    assert len(contradictions([claims])) == 4
