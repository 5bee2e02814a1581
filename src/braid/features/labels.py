"""Semantic embeddings of category names and captions, one vector for each."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32

from braid.features import static_vectors
from braid.features.transformer import hidden_states, load, tokenise


def embed_labels(
    labels: Sequence[str], template: str, folder: Path, kind: Literal["sentence", "static"]
) -> Float32[np.ndarray, "label dim"]:
    """Embed each label, put into a template, as a vector of length 1.

    Parameters
    ----------
    labels
        Category names, or other short texts.
    template
        Text with the field `{label}`, such as `a photo of a {label}`.
    folder
        Folder of the model.
    kind
        `sentence`: last hidden state averaged over all tokens (Reimers & Gurevych 2019,
        section 3). `static`: word vectors averaged over tokens.
    """
    texts = [template.format(label=label) for label in labels]
    embed = _sentences if kind == "sentence" else static_vectors.embed
    vectors = embed(texts, folder)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _sentences(texts: list[str], folder: Path) -> Float32[np.ndarray, "text dim"]:
    model = load(folder)
    tokens = [tokenise(model, text)["input_ids"] for text in texts]
    return np.stack([states[:, -1].mean(axis=0) for states in hidden_states(model, tokens)])
