"""Pairs are balanced, mismatched where they say so, and parts share no sentence."""

import numpy as np
import pandas as pd
import pytest

from braid.errors import BadInput
from braid.networks.transfer.pairs import make_pairs
from braid.study.transfer import Matching


def spec(**changes):
    values = {"languages": ("en", "fr"), "validation": 0.1, "test": 0.2}
    return Matching(**values | changes)


def test_half_of_each_part_is_mismatched(sentences):
    pairs = make_pairs(sentences[["en", "fr"]], spec(), 0)
    counts = pairs.groupby(["part", "label"]).size().to_dict()
    assert counts == {
        ("test", 0): 30, ("test", 1): 30, ("training", 0): 105, ("training", 1): 105,
        ("validation", 0): 15, ("validation", 1): 15,
    }  # fmt: skip


def test_the_label_says_whether_the_sentences_are_translations(sentences):
    pairs = make_pairs(sentences[["en", "fr"]], spec(), 0)
    same = pairs["first"] == pairs["second"]
    assert np.array_equal(same, pairs["label"] == 1)


def test_every_sentence_is_in_one_pair_of_one_part(sentences):
    pairs = make_pairs(sentences[["en", "fr"]], spec(), 0)
    assert sorted(pairs["first"]) == sorted(pairs["second"]) == list(range(300))
    for _, part in pairs.groupby("part"):
        assert set(part["first"]) == set(part["second"])


def test_a_repeated_sentence_is_taken_once():
    table = pd.DataFrame({
        "en": [f"e{i}" for i in range(40)] + ["e0", "x", "y"],
        "fr": [f"f{i}" for i in range(40)] + ["z", "f1", "f2"],
    })  # fmt: skip
    assert sorted(make_pairs(table, spec(), 0)["second"]) == list(range(40))


def test_only_the_first_pairs_are_taken(sentences):
    pairs = make_pairs(sentences[["en", "fr"]], spec(pairs=50), 3)
    assert sorted(pairs["second"]) == list(range(50))


def test_odd_parts_and_seeds(sentences):
    pairs = make_pairs(sentences[["en", "fr"]], spec(pairs=45), 0)
    assert pairs.loc[pairs["part"] == "test", "label"].sum() == 5
    assert pairs.loc[pairs["part"] == "training", "label"].value_counts().to_dict() == {
        1: 16,
        0: 16,
    }
    again = make_pairs(sentences[["en", "fr"]], spec(pairs=45), 0)
    assert pairs.equals(again)
    assert not pairs.equals(make_pairs(sentences[["en", "fr"]], spec(pairs=45), 1))


def test_shuffled_labels_keep_pairs_and_counts_and_leave_the_test_true(sentences):
    table = sentences[["en", "fr"]]
    true, shuffled = (make_pairs(table, spec(shuffle=on), 0) for on in (False, True))
    assert shuffled.drop(columns="label").equals(true.drop(columns="label"))
    for part, rows in shuffled.groupby("part"):
        same = (rows["label"] == true.loc[rows.index, "label"]).mean()
        assert rows["label"].mean() == 0.5
        assert same == 1 if part == "test" else 0.2 < same < 0.8


def test_too_few_pairs_are_refused(sentences):
    with pytest.raises(BadInput, match="validation has 3 pairs, fewer than 4"):
        make_pairs(sentences[["en", "fr"]], spec(pairs=30), 0)
