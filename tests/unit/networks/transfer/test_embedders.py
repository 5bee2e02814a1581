"""Sentence vectors against a sentence alone, and which weights are left to be trained."""

import numpy as np
import pytest
import torch

from braid.errors import BadInput
from braid.features.static_vectors import embed
from braid.features.transformer import hidden_states, load, tokenise
from braid.networks.transfer.embedders import TextEmbedder, VectorEmbedder


def test_a_vector_is_the_mean_of_the_last_states(bert, sentences):
    model = load(bert)
    uneven = sentences[["en", "fr"]].replace(sentences["fr"][1], "w1 w2")
    embedder = TextEmbedder(model, uneven, "all")
    found = embedder(1, torch.tensor([0, 1, 5])).detach().numpy()
    for vector, row in zip(found, (0, 1, 5), strict=True):
        ids = tokenise(model, uneven["fr"][row])["input_ids"]
        alone = next(iter(hidden_states(model, [ids])))[:, -1]
        assert np.allclose(vector, alone.mean(axis=0), atol=1e-5)
    assert not np.allclose(embedder(0, torch.tensor([0])).detach().numpy()[0], found[0])


def test_only_upper_layers_are_left_trainable(bert, sentences):
    embedder = TextEmbedder(load(bert), sentences, 1)
    names = {name for name, weight in embedder.named_parameters() if weight.requires_grad}
    assert len(names) == 16
    assert all(name.startswith("network.encoder.layer.1.") for name in names)


def test_all_layers_are_trainable(albert, sentences):
    embedder = TextEmbedder(load(albert), sentences, "all")
    assert all(weight.requires_grad for weight in embedder.parameters())


def test_layers_that_are_not_there_are_refused(bert, albert, sentences):
    with pytest.raises(BadInput, match="2 layers of its own weights, 3 were asked for"):
        TextEmbedder(load(bert), sentences, 3)
    with pytest.raises(BadInput, match="0 layers of its own weights, 1 were asked for"):
        TextEmbedder(load(albert), sentences, 1)


def test_word_vectors_are_mapped_but_stay_as_they_are(vectors, sentences):
    embedder = VectorEmbedder(vectors, sentences[["en", "de"]], 5)
    rows = torch.tensor([3, 7])
    for side, language in enumerate(("en", "de")):
        mean = torch.from_numpy(embed(sentences[language].tolist(), vectors[side])[rows])
        assert torch.allclose(embedder(side, rows), embedder.maps[side](mean))
    names = {name for name, weight in embedder.named_parameters() if weight.requires_grad}
    assert names == {"maps.0.weight", "maps.0.bias", "maps.1.weight", "maps.1.bias"}
