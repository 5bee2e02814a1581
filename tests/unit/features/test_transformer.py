import shutil

import numpy as np
import pytest
import torch

from braid.errors import BadInput
from braid.features.transformer import hidden_states, load, tokenise

TEXTS = ["a cat", "Alice was beginning to get very tired of sitting by her sister", "", "the bank"]


@pytest.fixture(scope="module")
def model(minilm):
    return load(minilm)


@pytest.fixture(scope="module")
def ids(model):
    return [tokenise(model, text)["input_ids"] for text in TEXTS]


@pytest.mark.parametrize("batch", [1, 3, 32])
def test_states_do_not_depend_on_the_batch(model, ids, batch):
    for text, states in zip(ids, hidden_states(model, ids, batch), strict=True):
        with torch.inference_mode():
            alone = model.network(torch.tensor([text]), output_hidden_states=True).hidden_states
        assert states.shape == (len(text), *model.shape)
        np.testing.assert_allclose(states, torch.cat(alone).transpose(0, 1), atol=1e-5)


def test_two_runs_are_equal(model, ids):
    first, second = (np.concatenate(list(hidden_states(model, ids))) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_untrained_weights_come_from_a_seed_of_their_own(minilm, model, ids):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = load(minilm, random_init=True)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    second = load(minilm, random_init=True)
    states = [next(hidden_states(m, ids)) for m in (first, second, model)]
    np.testing.assert_array_equal(states[0], states[1])
    assert np.abs(states[0] - states[2]).max() > 0.1


def test_text_longer_than_the_model_is_refused(model):
    tokenise(model, "cat " * 510)
    with pytest.raises(BadInput, match="513 tokens, the model takes 512"):
        tokenise(model, "cat " * 511)


def test_tokenizer_file_does_not_cut_or_pad(model):
    assert len(tokenise(model, "cat " * 300)["input_ids"]) == 302
    assert len(tokenise(model, "cat")["input_ids"]) == 3


def test_pickled_weights_are_not_read(minilm, tmp_path):
    folder = shutil.copytree(minilm, tmp_path / "pickled")
    (folder / "model.safetensors").unlink()
    torch.save({"embeddings.word_embeddings.weight": torch.zeros(2)}, folder / "pytorch_model.bin")
    with pytest.raises(BadInput, match="safetensors"):
        load(folder)


def test_truncated_weights_are_refused(minilm, tmp_path):
    folder = shutil.copytree(minilm, tmp_path / "cut")
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(1_000_000)
    with pytest.raises(BadInput, match="fetch the model again"):
        load(folder)
