import numpy as np
import pytest

from braid.features.labels import embed_labels
from braid.features.static_vectors import embed

LABELS = ("house", "building", "shoe", "boot", "cat", "dog")


@pytest.fixture(scope="module")
def similarities(minilm, vectors):
    sentence = embed_labels(LABELS, "a photo of a {label}", minilm, "sentence")
    static = embed_labels(LABELS, "{label}", vectors, "static")
    return {"sentence": sentence @ sentence.T, "static": static @ static.T}


@pytest.mark.parametrize("kind", ["sentence", "static"])
def test_nearest_label_is_the_related_one(similarities, kind):
    others = similarities[kind] - 2 * np.eye(len(LABELS))
    np.testing.assert_array_equal(others.argmax(axis=1), [1, 0, 3, 2, 5, 4])


@pytest.mark.parametrize("kind", ["sentence", "static"])
def test_vectors_have_length_one(similarities, kind):
    np.testing.assert_allclose(np.diag(similarities[kind]), 1, atol=1e-5)


def test_paraphrase_is_near_and_other_topic_is_far(minilm):
    texts = ("The man ate a meal.", "A person is eating food.", "Stocks fell in Tokyo today.")
    a, near, far = embed_labels(texts, "{label}", minilm, "sentence")
    assert a @ near > 0.6 > 0.2 > a @ far


def test_template_surrounds_the_label(vectors):
    inside = embed_labels(["cat"], "a photo of a {label}", vectors, "static")[0]
    whole = embed(["a photo of a cat"], vectors)[0]
    np.testing.assert_allclose(inside, whole / np.linalg.norm(whole), rtol=1e-5, atol=1e-7)
