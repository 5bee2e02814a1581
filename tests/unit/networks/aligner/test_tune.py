import json

import numpy as np
import pandas as pd
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from braid.errors import BadInput
from braid.features.language_model import extract
from braid.networks.aligner.tune import tune

RUNS = {"training": ["run0", "run1", "run2", "run3"], "validation": ["run4", "run5"]}
OBJECTIVES = ["mlm", "mlm_matching", "contrastive", "regression"]


@pytest.fixture(scope="module")
def tuned(stories, brain, bert, spec, schedule, tmp_path_factory):
    """Make a folder of a model tuned by an objective, once each."""
    made = {}

    def make(objective):
        if objective not in made:
            made[objective] = folder = tmp_path_factory.mktemp("tuned") / objective
            # Regression starts from no prediction: it has to learn something to be kept.
            longer = {"steps": 30, "validate_every": 10, "learning_rate": 3e-3}
            few = {"steps": 4, "validate_every": 2}
            short = schedule(**(longer if objective == "regression" else few))
            told = spec(objective=objective, trained_layers=1, inject="add")
            checkpoint = folder.with_name("checkpoint")
            data = brain(delay=2) if objective == "regression" else brain()
            tune(stories, [data], bert, told, short, RUNS, 0, folder, checkpoint)
        return made[objective]

    return make


def weights(folder):
    return AutoModel.from_pretrained(folder).state_dict()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_folder_is_a_model_whose_upper_layer_changed(tuned, bert, objective):
    was, now = weights(bert), weights(tuned(objective))
    assert was.keys() == now.keys()
    changed = {name for name in was if not torch.equal(was[name], now[name])}
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)


def test_all_layers_and_embeddings_change_if_asked(stories, brain, bert, spec, schedule, tmp_path):
    told, short = spec(trained_layers="all"), schedule(steps=2, validate_every=1)
    tune(stories, [brain()], bert, told, short, RUNS, 0, tmp_path / "f", tmp_path / "c")
    was, now = weights(bert), weights(tmp_path / "f")
    same = {name for name in was if torch.equal(was[name], now[name])}
    assert same == {"pooler.dense.weight", "pooler.dense.bias"}


def test_text_features_come_from_the_folder(tuned, bert, stories):
    before, after = (
        extract(stories, folder, unit="tr")["features"].values for folder in (bert, tuned("mlm"))
    )
    np.testing.assert_array_equal(before[:, :2], after[:, :2])
    assert not np.allclose(before[:, 2], after[:, 2])
    tokenizers = [AutoTokenizer.from_pretrained(folder) for folder in (bert, tuned("mlm"))]
    first, second = (tokenizer("w3 w4 other w5")["input_ids"] for tokenizer in tokenizers)
    assert first == second
    assert tokenizers[1].model_max_length == 64


def test_folder_says_how_it_came_about(tuned, stories):
    report = json.loads((tuned("contrastive") / "training.json").read_text())
    words = stories.events["run"].value_counts()
    assert report["objective"] == "contrastive"
    assert report["encoder"] == "counts"
    assert report["subjects"] == 1
    for part, runs in RUNS.items():
        counts = {"runs": len(runs), "trs": 40 * len(runs), "tokens": int(words[runs].sum())}
        assert report[part] == counts
    log = pd.read_csv(tuned("contrastive") / "log.csv")
    assert report["updates"] == log["step"].max() == 4
    assert report["best_validation_loss"] == log["validation_loss"].min()


def test_files_may_be_read_by_all(tuned):
    assert {path.stat().st_mode & 0o444 for path in tuned("mlm").iterdir()} == {0o444}
    assert not (tuned("mlm").with_name("checkpoint")).exists()


def test_same_seed_is_the_same_model(tuned, stories, brain, bert, spec, schedule, tmp_path):
    """Whatever others drew before: the head that is new here comes from the seed, too."""
    torch.rand(7)
    told, short = spec(trained_layers=1, inject="add"), schedule(steps=4, validate_every=2)
    tune(stories, [brain()], bert, told, short, RUNS, 0, tmp_path / "a", tmp_path / "checkpoint")
    tune(stories, [brain()], bert, told, short, RUNS, 1, tmp_path / "b", tmp_path / "checkpoint")
    first, again, other = map(weights, (tuned("mlm"), tmp_path / "a", tmp_path / "b"))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_unknown_run_is_refused(stories, brain, bert, spec, schedule, tmp_path):
    data = brain(runs=("run0",))
    with pytest.raises(BadInput, match="none of run4, run5"):
        tune(stories, [data], bert, spec(), schedule(), RUNS, 0, tmp_path / "f", tmp_path / "c")
    assert not list(tmp_path.iterdir())
