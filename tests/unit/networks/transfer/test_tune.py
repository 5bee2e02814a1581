"""Transfer finds translations where there are any, and nothing where labels are shuffled."""

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from scipy.stats import binom

from braid.features import language_model
from braid.features.transformer import load
from braid.networks.transfer.pairs import make_pairs
from braid.networks.transfer.tune import transfer
from braid.study.transfer import Transfer, TransferVectors
from braid.timing import Stimulus

SHARES = {"validation": 0.1, "test": 0.3}


def text(**changes):
    values = {"kind": "transfer", "languages": ("en", "fr"), "model": {"twin": "bert"}, **SHARES}
    return Transfer(**values | changes)


def words(**changes):
    values = {
        "kind": "transfer_vectors", "languages": ("en", "de"), "models": {"twin": ("a", "b")},
        "width": 12, **SHARES,
    }  # fmt: skip
    return TransferVectors(**values | changes)


@pytest.fixture(scope="module")
def tuned(bert, sentences, schedule, tmp_path_factory):
    folder = tmp_path_factory.mktemp("transfer")
    transfer(
        sentences[["en", "fr"]], [bert], text(), schedule(), 0, folder / "tuned", folder / "kept"
    )
    return folder / "tuned"


def accuracy(folder):
    answers = pd.read_csv(folder / "predictions.csv")
    return ((answers["probability"] >= 0.5) == (answers["label"] == 1)).mean()


def test_translations_are_found(tuned):
    assert accuracy(tuned) > 0.9


def test_predictions_are_of_the_pairs_held_out(tuned, sentences):
    pairs = make_pairs(sentences[["en", "fr"]], text(), 0)
    test = pairs.loc[pairs["part"] == "test", :]
    answers = pd.read_csv(tuned / "predictions.csv")
    assert answers.columns.tolist() == ["pair", "label", "probability"]
    assert answers["pair"].tolist() == test["second"].tolist()
    assert answers["label"].tolist() == test["label"].tolist()


def test_a_shuffled_baseline_scores_at_chance(bert, sentences, schedule, tmp_path):
    spec = text(shuffle=True)
    short = schedule(steps=10)
    transfer(sentences[["en", "fr"]], [bert], spec, short, 0, tmp_path / "a", tmp_path / "b")
    low, high = binom.interval(0.999, 90, 0.5)
    assert low / 90 <= accuracy(tmp_path / "a") <= high / 90


def test_the_tuned_model_is_read_as_any_other(tuned, bert):
    events = pd.DataFrame({"run": "a", "onset": [0.5], "offset": [0.9], "label": ["w1"]})
    stimulus = Stimulus(events, {"a": np.array([1.0, 3.0])})
    before, after = (language_model.extract(stimulus, of, unit="tr") for of in (bert, tuned))
    assert before.sizes == after.sizes
    difference = np.abs(before["features"].values - after["features"].values).max(axis=(0, 2))
    assert difference.min() > 1e-4  # every layer moved
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in tuned.iterdir())


def test_lower_layers_stay_when_upper_ones_are_tuned(bert, sentences, schedule, tmp_path):
    spec, short = text(trained_layers=1), schedule(steps=10)
    transfer(sentences[["en", "fr"]], [bert], spec, short, 0, tmp_path / "a", tmp_path / "b")
    before, after = (load_file(of / "model.safetensors") for of in (bert, tmp_path / "a"))
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert moved
    assert all("layer.1." in name for name in moved)


def test_word_vectors_of_two_languages_are_brought_together(
    vectors, sentences, schedule, report, tmp_path
):
    long = schedule(steps=200, learning_rate=1e-2, batch=64, validate_every=20)
    transfer(sentences[["en", "de"]], vectors, words(), long, 0, tmp_path / "a", tmp_path / "b")
    assert accuracy(tmp_path / "a") > 0.75
    about = report(tmp_path / "a")
    assert about["kind"] == "transfer_vectors"
    assert about["languages"] == ["en", "de"]
    assert about["pairs"] == {"training": 180, "test": 90, "validation": 30}
    assert set(load_file(tmp_path / "a" / "maps.safetensors")) == {
        "0.weight", "0.bias", "1.weight", "1.bias"
    }  # fmt: skip


def test_the_same_seed_gives_the_same_bytes(vectors, sentences, schedule, tmp_path):
    short = schedule(steps=10)
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        folder = tmp_path / name
        torch.manual_seed(ord(name))
        transfer(sentences[["en", "de"]], vectors, words(), short, seed, folder, tmp_path / "d")
    for file in ("predictions.csv", "maps.safetensors", "log.csv"):
        bytes_of = [(tmp_path / name / file).read_bytes() for name in "abc"]
        assert bytes_of[0] == bytes_of[1] != bytes_of[2]


def test_weights_that_a_folder_lacks_follow_from_the_seed(bert, sentences, schedule, tmp_path):
    bare = load(bert)
    bare.network.pooler = None
    bare.network.save_pretrained(tmp_path / "bare")
    bare.tokenizer.save_pretrained(tmp_path / "bare")
    for name in "ab":
        spec, short = text(trained_layers=1), schedule(steps=2)
        folder = tmp_path / name
        torch.manual_seed(ord(name))
        transfer(
            sentences[["en", "fr"]], [tmp_path / "bare"], spec, short, 0, folder, tmp_path / "c"
        )
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in "ab"]
    assert weights[0] == weights[1]
