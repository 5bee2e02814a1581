import numpy as np
import pandas as pd
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from braid.errors import BadInput
from braid.features.language_model import Passage, extract, token_rows, windows
from braid.timing import Stimulus


@pytest.fixture(scope="module")
def reference(minilm):
    """States (layer, token, feature) and word of each token, straight from transformers."""
    tokenizer = AutoTokenizer.from_pretrained(minilm)
    network = AutoModel.from_pretrained(minilm).eval()

    def run(words):
        tokens = tokenizer(words, is_split_into_words=True, return_tensors="pt")
        with torch.no_grad():
            states = network(**tokens, output_hidden_states=True).hidden_states
        return torch.cat(states).numpy(), np.array(
            [-1 if w is None else w for w in tokens.word_ids()]
        )

    return run


def label(story, run):
    return list(story.events["label"][story.events["run"] == run])


def test_words_match_transformers_window_by_window(minilm, story, reference):
    data = extract(story, minilm, unit="word", context=6, stride=3)
    words = label(story, "a")
    assert data.attrs["clock"] == "event"
    assert data["features"].shape == (len(story.events), 7, 384)
    for word, start in [(0, 0), (6, 0), (7, 3), (9, 3), (10, 6), (39, 33)]:
        states, owner = reference(words[start : start + 7])
        expected = states[:, owner == word - start].mean(axis=1)
        np.testing.assert_allclose(data["features"][word], expected, atol=1e-5, err_msg=str(word))


def test_token_that_begins_with_a_space_belongs_to_the_word_after():
    passage = Passage(("a", "cat", "sat"), np.array([-1, 7, 8]))
    spans = [(0, 0), (0, 1), (1, 3), (3, 5), (5, 9), (0, 0)]
    rows = token_rows(passage, spans, [1, 0, 0, 0, 0, 1])
    np.testing.assert_array_equal(rows, [-1, -1, 7, 7, 8, -1])


def test_context_ends_at_the_run(minilm, story, reference):
    data = extract(story, minilm, unit="word", context=6, stride=3)
    states, owner = reference(label(story, "b")[:7])
    first = len(label(story, "a"))
    np.testing.assert_allclose(data["features"][first], states[:, owner == 0].mean(1), atol=1e-5)


@pytest.mark.parametrize("n", [1, 5, 9, 10, 40])
@pytest.mark.parametrize(("context", "stride"), [(8, 1), (8, 3), (8, 8), (1, 1)])
def test_every_word_has_one_window_with_the_promised_context(n, context, stride):
    events = pd.DataFrame({"run": "a", "label": [f"w{i}" for i in range(n)]})
    before = np.full(n, -1)
    for passage in windows(events, context, stride):
        for position, row in enumerate(passage.rows):
            if row >= 0:
                assert passage.words[position] == f"w{row}"
                assert before[row] == -1, "word in two windows"
                before[row] = position
    expected_least = np.minimum(np.arange(n), context - stride + 1)
    assert (before >= expected_least).all()
    assert (before <= context).all()


def test_tr_is_the_mean_over_tokens_of_its_own_text(minilm, story, reference):
    data = extract(story, minilm, unit="tr")
    row = 0
    for run, times in story.times.items():
        words = story.events[story.events["run"] == run]
        middle = (words["onset"] + words["offset"]) / 2
        for t in times:
            spoken = list(words["label"][(middle >= t - 1) & (middle < t + 1)])
            expected = np.zeros((7, 384))
            if spoken:
                states, owner = reference(spoken)
                expected = states[:, owner >= 0].mean(axis=1)
            np.testing.assert_allclose(data["features"][row], expected, atol=1e-5)
            row += 1
    assert row == data.sizes["time"]
    assert data.attrs["clock"] == "tr"


def test_story_has_empty_and_full_trs(minilm, story):
    spoken = (extract(story, minilm, unit="tr")["features"] != 0).any(("layer", "feature"))
    np.testing.assert_array_equal(spoken[:4], [False, False, True, True])


def test_random_init_is_another_feature_of_the_same_shape(minilm, story):
    trained, untrained = (
        extract(story, minilm, unit="tr", random_init=flag)["features"] for flag in (False, True)
    )
    assert trained.shape == untrained.shape
    assert abs(np.corrcoef(trained.values.ravel(), untrained.values.ravel())[0, 1]) < 0.5


def test_stride_beyond_context_is_refused(minilm, story):
    with pytest.raises(BadInput, match="stride: 7 > context 6"):
        extract(story, minilm, unit="word", context=6, stride=7)


def test_window_longer_than_the_model_is_refused(minilm):
    onset = np.arange(600.0)
    events = pd.DataFrame({"run": "a", "onset": onset, "offset": onset, "label": "conversations"})
    story = Stimulus(events, {"a": np.arange(0, 600, 2.0)})
    with pytest.raises(BadInput, match="smaller context"):
        extract(story, minilm, unit="word", context=599, stride=1)
