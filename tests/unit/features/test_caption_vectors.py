"""Vectors of captions, against transformers and torch alone."""

import numpy as np
import pandas as pd
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from braid.features.caption_vectors import extract
from braid.timing import Stimulus

SAID = {
    "en": [(2, "a bag"), (0, "a dress"), (2, "there is a bag here"), (5, "a bag")],
    "fr": [(0, "une robe"), (2, "un sac"), (5, "un sac")],
}
NUMBERS = np.array([0, 2, 5])


@pytest.fixture(scope="module")
def shown():
    rows = [(*row, language) for language, rows in SAID.items() for row in rows]
    table = pd.DataFrame(rows, columns=["image", "caption", "language"])
    return Stimulus(pd.DataFrame(), {}, captions=table)


def sentence(folder, text):
    """Mean over all tokens of the last states of one text, of length 1."""
    tokens = AutoTokenizer.from_pretrained(folder)(f"query: {text}", return_tensors="pt")
    with torch.inference_mode():
        states = AutoModel.from_pretrained(folder).eval()(**tokens).last_hidden_state
    return torch.nn.functional.normalize(states[0].mean(0), dim=0).numpy()


def test_vectors_are_means_of_those_of_the_captions(shown, minilm):
    found = extract(shown, minilm, NUMBERS, 0, language="en")
    bag, here, dress = (sentence(minilm, t) for t in ("a bag", "there is a bag here", "a dress"))
    expected = np.stack([dress, (bag + here) / 2, bag])
    np.testing.assert_allclose(found["features"][:, 0], expected, atol=1e-5)
    assert found["features"].dims == ("image", "layer", "feature")
    assert found["features"].dtype == np.float32
    assert found["image"].values.tolist() == [0, 2, 5]
    assert found.attrs == {"shape": [384], "language": "en"}


def test_captions_of_another_language_have_no_part(shown, minilm):
    values = extract(shown, minilm, NUMBERS, 0, language="fr")["features"].values[:, 0]
    np.testing.assert_allclose(values[0], sentence(minilm, "une robe"), atol=1e-5)
    np.testing.assert_array_equal(values[1], values[2])
