"""A tiny BERT with its tokenizer, stories of random words, and brain vectors that know them."""

import itertools

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from braid.features.transformer import load
from braid.networks.aligner.corpus import read
from braid.study.aligner import Aligner
from braid.study.networks import Schedule
from braid.timing import Stimulus

WORDS = 12
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TRS = 40


def _tokenizer():
    names = SPECIAL + [f"w{word}" for word in range(WORDS)]
    vocabulary = dict(zip(names, itertools.count()))
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]", model_max_length=64,
    )  # fmt: skip


@pytest.fixture(scope="session")
def bert(tmp_path_factory):
    """An untrained BERT of two layers, as a folder."""
    folder = tmp_path_factory.mktemp("bert")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=len(SPECIAL) + WORDS, hidden_size=32, num_hidden_layers=2,
            num_attention_heads=2, intermediate_size=64, max_position_embeddings=64,
            initializer_range=0.1,
        )  # fmt: skip
        BertModel(config).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture
def model(bert):
    return load(bert)


def _story(run, rng):
    """TRs of 2 s with 0 to 3 words each; the first starts at 0 s."""
    counts = rng.choice([0, 1, 2, 3], TRS, p=[0.1, 0.2, 0.3, 0.4])
    onset = np.concatenate([2 * tr + 0.5 * np.arange(n) for tr, n in enumerate(counts)])
    label = [f"w{word}" for word in rng.integers(WORDS, size=counts.sum())]
    return pd.DataFrame({"run": run, "onset": onset, "offset": onset + 0.4, "label": label})


@pytest.fixture(scope="session")
def stories():
    """Six runs; TRs have their middles at 1, 3, ... s."""
    rng = np.random.default_rng(0)
    runs = [f"run{i}" for i in range(6)]
    events = pd.concat([_story(run, rng) for run in runs], ignore_index=True)
    return Stimulus(events, {run: 1 + 2.0 * np.arange(TRS) for run in runs})


@pytest.fixture(scope="session")
def brain(stories):
    """Make brain vectors that count the words of each TR, `delay` TRs later, under noise."""

    def make(delay=0, noise=0.1, trim=0, runs=tuple(stories.times)):
        rng = np.random.default_rng(1)
        parts = [_counts(stories, run, delay)[trim:] for run in runs]
        values = np.concatenate(parts) + noise * rng.normal(size=(sum(map(len, parts)), WORDS))
        times = [stories.times[run][trim:] for run in runs]
        return xr.Dataset(
            {"brain": (("tr", "feature"), values.astype(np.float32))},
            {"run": ("tr", np.repeat(runs, TRS - trim)), "time": ("tr", np.concatenate(times))},
        )

    return make


def _counts(stories, run, delay):
    counts = np.zeros((TRS + delay, WORDS))
    words = stories.events[stories.events["run"] == run]
    tr = (words["onset"] // 2).astype(int)
    np.add.at(counts, (tr + delay, words["label"].str[1:].astype(int)), 1)
    return counts[:TRS]


@pytest.fixture
def corpus(stories, brain, model):
    """Two runs of a subject whose brain vectors begin 3 TRs late."""
    return read(stories, [brain(trim=3)], model, ("run0", "run1"), 0.0)


@pytest.fixture(scope="session")
def spec():
    def make(**changes):
        values = {
            "kind": "aligner", "encoder": "counts", "model": {"twin": "tiny"}, "objective": "mlm",
            "length": 32, "trained_layers": 2,
        }  # fmt: skip
        return Aligner(**values | changes)

    return make


@pytest.fixture(scope="session")
def schedule():
    def make(**changes):
        values = {
            "steps": 60, "batch": 16, "learning_rate": 1e-2, "warmup": 5,
            "validate_every": 15, "patience": 9,
        }  # fmt: skip
        return Schedule(**values | changes)

    return make
