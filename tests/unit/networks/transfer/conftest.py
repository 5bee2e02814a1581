"""Two toy languages, and a tiny transformer and word vectors that know them."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import AlbertConfig, AlbertModel, BertConfig, BertModel, PreTrainedTokenizerFast

from braid.study.networks import Schedule

WORDS = 40


@pytest.fixture(scope="session")
def sentences():
    """300 sentences of 5 words; one translation has the same words, the other none of them."""
    random = np.random.default_rng(0)
    words = [random.choice(WORDS, 5, replace=False) for _ in range(300)]
    english = [" ".join(f"w{word}" for word in sentence) for sentence in words]
    french = [" ".join(f"w{word}" for word in sentence[::-1]) for sentence in words]
    german = [" ".join(f"v{word}" for word in sentence[::-1]) for sentence in words]
    return pd.DataFrame({"en": english, "fr": french, "de": german})


def _tokenizer():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    names = special + [f"{letter}{word}" for letter in "wv" for word in range(WORDS)]
    vocabulary = dict(zip(names, itertools.count()))
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def _write(folder, network):
    network.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=_tokenizer(), pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", model_max_length=16,
    ).save_pretrained(folder)  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def bert(tmp_path_factory):
    """An untrained BERT of two layers, as a folder."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=4 + 2 * WORDS, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=16,
    )  # fmt: skip
    return _write(tmp_path_factory.mktemp("bert"), BertModel(config))


@pytest.fixture(scope="session")
def albert(tmp_path_factory):
    """An untrained ALBERT, whose layers share their weights."""
    torch.manual_seed(0)
    config = AlbertConfig(
        vocab_size=4 + 2 * WORDS, embedding_size=16, hidden_size=32, num_hidden_layers=2,
        num_attention_heads=2, intermediate_size=64, max_position_embeddings=16,
    )  # fmt: skip
    return _write(tmp_path_factory.mktemp("albert"), AlbertModel(config))


@pytest.fixture(scope="session")
def vectors(tmp_path_factory):
    """Word vectors of English, and of German, where the same meanings are turned."""
    random = np.random.default_rng(0)
    meaning = random.normal(size=(WORDS, 12)).astype(np.float32)
    turned, _ = np.linalg.qr(random.normal(size=(12, 12)))
    zero = np.zeros_like(meaning)
    english = np.concatenate([zero[:4], meaning, zero])
    german = np.concatenate([zero[:4], zero, meaning @ turned.astype(np.float32)])
    folders = [tmp_path_factory.mktemp(name) for name in ("english", "german")]
    for folder, table in zip(folders, (english, german), strict=True):
        _tokenizer().save(str(folder / "tokenizer.json"))
        save_file({"vectors": table}, folder / "model.safetensors")
    return folders


@pytest.fixture(scope="session")
def schedule():
    def make(**changes):
        values = {
            "steps": 30, "batch": 32, "learning_rate": 1e-3, "warmup": 5,
            "validate_every": 5, "patience": 6,
        }  # fmt: skip
        return Schedule(**values | changes)

    return make


@pytest.fixture
def report():
    """Reads what a folder says of its training."""
    return lambda folder: json.loads((folder / "training.json").read_text())
