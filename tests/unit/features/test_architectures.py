"""Models of other architectures than BERT pass through the same extraction."""

from functools import cache

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    AlbertConfig,
    AlbertModel,
    AutoModel,
    GPT2Config,
    GPT2Model,
    PreTrainedTokenizerFast,
)

from braid.features.language_model import extract, windows

SPECIAL = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "<pad>", "unk_token": "<unk>"}


@pytest.fixture(scope="module")
def pieces():
    """A unigram tokenizer of SentencePiece's kind: whole words of the story, else letters."""
    words = ["▁Alice", "▁was", "▁the", "▁of", "▁", "ing", "▁be", "gin", "n"]
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    vocabulary = [*SPECIAL.values(), *dict.fromkeys(words + letters + list(",:ABCDEFGHI"))]
    scores = [(piece, -len(vocabulary) / (1 + len(piece))) for piece in vocabulary]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=3))
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    ends = [("[CLS]", 0), ("[SEP]", 1)]
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, ends)
    return tokenizer


def saved(model, tokenizer, folder):
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=512, **SPECIAL
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def albert(pieces, tmp_path_factory):
    torch.manual_seed(0)
    sizes = {"hidden_size": 12, "embedding_size": 6, "intermediate_size": 24}
    config = AlbertConfig(
        vocab_size=pieces.get_vocab_size(), num_hidden_layers=4, num_attention_heads=3, **sizes
    )
    return saved(AlbertModel(config), pieces, tmp_path_factory.mktemp("albert"))


@pytest.fixture(scope="module")
def causal(pieces, tmp_path_factory):
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=pieces.get_vocab_size(), n_positions=512, n_embd=24, n_layer=3, n_head=4
    )
    return saved(GPT2Model(config), pieces, tmp_path_factory.mktemp("causal"))


@cache
def network(folder):
    return AutoModel.from_pretrained(folder).eval()


def reference(folder, tokenizer, words):
    """States (layer, token, feature) of a text, and the word of each token by its letters."""
    encoding = tokenizer.encode(" ".join(words))
    with torch.inference_mode():
        given = torch.tensor([encoding.ids])
        states = network(folder)(given, output_hidden_states=True).hidden_states
    owner, spelt = [], ""
    for token in encoding.tokens:
        special = token in SPECIAL.values()
        spelt += "" if special else token
        owner.append(-1 if special else spelt.count("▁") - 1)
    return torch.cat(states).numpy(), np.array(owner)


@pytest.mark.parametrize("model", ["albert", "causal"])
def test_words_are_the_means_of_their_pieces_in_all_layers(model, story, pieces, request):
    folder = request.getfixturevalue(model)
    data = extract(story, folder, unit="word", context=6, stride=3)
    words = list(story.events["label"])
    states, owner = reference(folder, pieces, words[3:10])
    assert data["features"].shape[1:] == states.shape[::2]
    for word in (7, 8, 9):  # the ones that take their states from the window that starts at 3
        expected = states[:, owner == word - 3].mean(axis=1)
        np.testing.assert_allclose(data["features"][word], expected, atol=1e-5)


def test_trs_of_albert_are_means_of_their_own_text(albert, story, pieces):
    data = extract(story, albert, unit="tr")
    spoken = story.events["label"][:3]  # 3.15, 3.55 and 3.95 s, in the TR that ends at 4 s
    states, owner = reference(albert, pieces, spoken)
    np.testing.assert_allclose(data["features"][2], states[:, owner >= 0].mean(axis=1), atol=1e-5)


def test_a_causal_model_gives_what_a_run_for_each_word_would_give(causal, story, pieces):
    """One word at a time, each with the words from the start of its window up to itself."""
    context, stride = 8, 4
    data = extract(story, causal, unit="word", context=context, stride=stride)
    words = list(story.events["label"])
    for passage in windows(story.events, context, stride):
        for position in np.flatnonzero(passage.rows >= 0):
            heard = passage.words[: position + 1]
            states, owner = reference(causal, pieces, heard)
            row = passage.rows[position]
            assert heard[-1] == words[row]
            expected = states[:, owner == position].mean(axis=1)
            np.testing.assert_allclose(data["features"][row], expected, atol=1e-5)
