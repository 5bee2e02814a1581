import numpy as np
import pytest
import torch
from scipy.stats import zscore
from torch.nn.functional import layer_norm, linear
from transformers import BertForMaskedLM

from braid.errors import BadInput
from braid.features.language_model import extract
from braid.features.transformer import load
from braid.networks.aligner.model import Aligner, Predictor, Reader
from braid.networks.aligner.sequences import NONE, collate
from braid.networks.masking import IGNORED, Masked

from .conftest import TRS, WORDS


@pytest.fixture
def aligner(model, spec):
    torch.manual_seed(0)
    return Aligner(model, WORDS, spec()).eval()


def trained(network):
    return {name for name, weight in network.named_parameters() if weight.requires_grad}


def dropouts(part):
    return {module.p for module in part.modules() if isinstance(module, torch.nn.Dropout)}


def test_only_upper_layers_head_and_map_are_trained(model, spec):
    network = Aligner(model, WORDS, spec(trained_layers=1, dropout=0.3))
    parts = ("bert.encoder.layer.1.", "head.transform", "head.bias", "project")
    assert trained(network)
    assert all(name.startswith(parts) for name in trained(network))
    assert len(trained(network)) == 16 + 4 + 1 + 2
    assert dropouts(network.bert.encoder.layer[1]) == {0.3}
    assert dropouts(network.bert.encoder.layer[0]) == dropouts(network.bert.embeddings) == {0.0}


def test_all_is_all_but_the_pooler(model, spec):
    network = Reader(model, spec(trained_layers="all"))
    frozen = {name for name, _ in network.named_parameters()} - trained(network)
    assert frozen == {"bert.pooler.dense.weight", "bert.pooler.dense.bias"}


def test_text_alone_is_read_as_features_are_extracted(model, spec, stories, bert):
    network = Reader(model, spec()).eval()
    words = stories.events[stories.events["run"] == "run0"]
    texts = [
        model.tokenizer(" ".join(words["label"][words["onset"] // 2 == tr]))["input_ids"][1:-1]
        for tr in range(TRS)
    ]
    features = extract(stories, bert, unit="tr")["features"].values[:TRS, -1]
    with torch.no_grad():
        np.testing.assert_allclose(network.pooled(texts), features, atol=1e-5)
    assert not network.pooled([[]]).any()


def test_loss_without_brain_vectors_is_that_of_transformers(aligner, corpus, model, bert):
    batch = collate(corpus, [range(3), range(40, 43)], model.tokenizer, "add")
    labels = torch.where(batch.words, batch.ids, IGNORED)
    other = BertForMaskedLM.from_pretrained(bert).eval()
    other.cls.predictions.transform.load_state_dict(aligner.head.transform.state_dict())
    expected = other(input_ids=batch.ids, attention_mask=batch.attention.long(), labels=labels).loss
    found = aligner.loss(batch, Masked(batch.ids, labels), corpus.vectors)
    torch.testing.assert_close(found, expected)


def test_vector_replaces_padding_and_adds_to_words(aligner, corpus, model):
    words = aligner.bert.embeddings.word_embeddings.weight
    with torch.no_grad():
        words[0] = 1.0
    own = aligner.project(corpus.vectors[4])
    for inject in ("token", "add"):
        batch = collate(corpus, [range(4, 5), range(5, 7)], model.tokenizer, inject)
        embedded = aligner.embed(batch, corpus.vectors)[0]
        for place, (token, row) in enumerate(zip(batch.ids[0], batch.brain[0], strict=True)):
            expected = words[token] * (inject == "add" or row == NONE) + own * (row != NONE)
            torch.testing.assert_close(embedded[place], expected)


def test_vector_enters_as_large_as_a_word(aligner):
    words = aligner.bert.embeddings.word_embeddings.weight
    brain = aligner.project(torch.randn(500, WORDS))
    assert 0.7 < (brain.std() / words.std()).item() < 1.5


def test_nothing_to_tell_costs_nothing(aligner, corpus, model):
    batch = collate(corpus, [range(3, 6)], model.tokenizer, "token")
    nothing = Masked(batch.ids, torch.full_like(batch.ids, IGNORED))
    assert aligner.loss(batch, nothing, corpus.vectors).item() == 0.0


def test_inputs_are_normalised_states_mixed_over_delays(model, spec):
    rng = np.random.default_rng(0)
    states = rng.normal(2, 3, size=(60, 32)).astype(np.float32)
    rows = rng.integers(-1, 60, size=(50, 2))
    network = Predictor(model, 4, spec(delays=(1, 2)))
    network.mix.data = torch.tensor([0.75, 0.5])
    padded = np.vstack([zscore(states, axis=1), np.zeros(32)])
    found = network.inputs(torch.from_numpy(states), torch.from_numpy(rows)).detach()
    expected = 0.75 * padded[rows[:, 0]] + 0.5 * padded[rows[:, 1]]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_prediction_is_the_linear_map_of_pooled_texts(model, spec):
    network = Predictor(model, 4, spec(delays=(1, 2))).eval()
    texts = [[7, 8], [9]]
    found = network(texts, torch.tensor([[1, 0], [0, NONE]]))
    first, second = layer_norm(network.pooled(texts), (32,))
    inputs = torch.stack([(second + first) / 2, first / 2])
    torch.testing.assert_close(found, linear(inputs, network.weights, network.head.bias))


def test_the_map_starts_at_zero_and_leaves_the_model_alone_at_first(model, spec):
    network = Predictor(model, 4, spec(delays=(1, 2), objective="regression"))
    found = network([[7, 8], [9]], torch.tensor([[1, 0], [0, NONE]]))
    assert not found.any()
    (found - 1).square().sum().backward()
    assert network.head.bias.grad.any()
    trained = [p for p in network.bert.parameters() if p.requires_grad]
    assert not any(p.grad.any() for p in trained if p.grad is not None)


def test_more_layers_than_there_are_is_refused(model, spec):
    with pytest.raises(BadInput, match="trained_layers: 3 asked for, the model has 2"):
        Reader(model, spec(trained_layers=3))


def test_another_kind_of_model_is_refused(model, spec, bert, tmp_path):
    model.network.config.model_type = "albert"
    with pytest.raises(BadInput, match="model_type: is albert"):
        Reader(model, spec())
    assert load(bert).network.config.model_type == "bert"
