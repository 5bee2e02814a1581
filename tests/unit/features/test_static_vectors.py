import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from braid.errors import BadInput
from braid.features.static_vectors import embed, extract


def test_text_is_the_mean_of_its_tokens_vectors(vectors):
    table = load_file(vectors / "model.safetensors")["embedding.weight"]
    tokenizer = Tokenizer.from_file(str(vectors / "tokenizer.json"))
    pieces = ["▁sc", "ram", "ble", "dp", "ix"]
    expected = np.mean([table[tokenizer.token_to_id(p)].astype(float) for p in pieces], axis=0)
    np.testing.assert_allclose(embed(["scrambledpix"], vectors)[0], expected, rtol=1e-5, atol=1e-7)


def test_order_and_repetitions_are_kept(vectors):
    found = embed(["house", "cat", "house"], vectors)
    np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[1], embed(["cat"], vectors)[0])


def test_rows_are_words_in_one_layer(vectors, story):
    data = extract(story, vectors)
    assert data["features"].shape == (len(story.events), 1, 256)
    assert data.attrs["clock"] == "event"
    np.testing.assert_array_equal(data["features"][0, 0], embed(["Alice"], vectors)[0])


def test_second_table_is_refused(vectors, tmp_path):
    folder = shutil.copytree(vectors, tmp_path / "two")
    shutil.copy(folder / "model.safetensors", folder / "other.safetensors")
    with pytest.raises(BadInput, match="holds 2 tables"):
        embed(["house"], folder)


def test_share_of_words_without_a_vector_is_told(tmp_path, story):
    words = {word: row for row, word in enumerate(dict.fromkeys(story.events["label"][10:]))}
    model = {"type": "WordLevel", "vocab": words | {"[UNK]": len(words)}, "unk_token": "[UNK]"}
    (tmp_path / "tokenizer.json").write_text(
        json.dumps({"version": "1.0", "added_tokens": [], "model": model})
    )
    table = np.vstack([np.ones((len(words), 3)), np.zeros((1, 3))]).astype(np.float32)
    save_file({"vectors": table}, tmp_path / "model.safetensors")
    unknown = ~story.events["label"].isin(words)
    assert 0.1 < unknown.mean() < 0.3
    assert extract(story, tmp_path).attrs["unknown"] == pytest.approx(unknown.mean())
