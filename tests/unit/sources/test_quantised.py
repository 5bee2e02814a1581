"""A file of the 4-bit format, written here, is read back by transformers."""

import struct

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from braid.sources.quantised import convert

WIDTH, LAYERS, INNER, POSITIONS = 32, 2, 64, 16
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
PIECES = [*SPECIAL, "▁", "▁fox", "▁renard", "a", "b", "1", "2", "⁄", "fi", "<mask>"]
# What the file says of characters: a zero-width space is a space, a bell nothing, the rest NFKC.
MADE = {"\u200b": " ", "\u0007": "", "½": "1⁄2", "ﬁ": "fi", "Ａ": "A"}


def blocks(matrix):
    """Q4_0: of each 32 weights a float16 scale, and (low, high) halves of 16 bytes."""
    packed = b""
    for block in matrix.reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7)
        whole = np.clip(np.round(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        packed += scale.tobytes() + (whole[:16] | whole[16:] << 4).tobytes()
    return packed


def tensors():
    rng = np.random.default_rng(0)
    shapes = {
        "emb.word": (len(PIECES), WIDTH),
        "emb.pos": (POSITIONS, WIDTH),
        "emb.type": (2, WIDTH),
    }
    shapes |= {"emb.ln.w": (WIDTH,), "emb.ln.b": (WIDTH,)}
    for layer in range(LAYERS):
        for name, size in {"q": WIDTH, "k": WIDTH, "v": WIDTH, "ao": WIDTH, "fi": INNER}.items():
            shapes |= {f"l{layer}.{name}.w": (size, WIDTH), f"l{layer}.{name}.b": (size,)}
        shapes |= {f"l{layer}.fo.w": (WIDTH, INNER), f"l{layer}.fo.b": (WIDTH,)}
        for name in ("aln", "oln"):
            shapes |= {f"l{layer}.{name}.w": (WIDTH,), f"l{layer}.{name}.b": (WIDTH,)}
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def quantised(name):
    return name == "emb.word" or (name.endswith(".w") and "ln" not in name)


def vocabulary():
    texts = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, texts)]).astype("<u4")
    scores = np.array([0.0 if p in SPECIAL else -1.0 - len(p) / 10 for p in PIECES], "<f4")
    head = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, texts)))
    return head + ends.tobytes() + scores.tobytes() + b"".join(texts)


def normaliser():
    rows = [
        struct.pack(f"<IB{len(made)}I", ord(character), len(made), *map(ord, made))
        for character, made in MADE.items()
    ]
    return struct.pack("<iI", len(rows), sum(map(len, rows))) + b"".join(rows)


@pytest.fixture(scope="module")
def weights():
    return tensors()


@pytest.fixture(scope="module")
def folder(weights, tmp_path_factory):
    sizes = (WIDTH, LAYERS, 4, INNER, len(PIECES), POSITIONS, 2)
    head = b"E5S1" + struct.pack("<I7ifi", 1, *sizes, 1e-12, 32) + vocabulary() + normaliser()
    start = len(head) + 4 + sum(2 + len(name) + 21 for name in weights)
    directory, body = struct.pack("<i", len(weights)), b""
    for name, values in weights.items():
        content = blocks(values) if quantised(name) else values.tobytes()
        facts = (quantised(name), values.size, start + len(body), len(content))
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", *facts)
        body += content
    made = tmp_path_factory.mktemp("e5")
    convert({"weights": head + directory + body}, made)
    return made


def test_all_weights_but_the_pooler_are_found(folder, weights):
    network, told = AutoModel.from_pretrained(folder, output_loading_info=True)
    assert {key.partition(".")[0] for key in told["missing_keys"]} == {"pooler"}
    assert not told["unexpected_keys"] and not told["mismatched_keys"]
    assert network.config.layer_norm_eps == 1e-12
    found = network.state_dict()
    layer = found["encoder.layer.1.intermediate.dense.weight"].numpy()
    assert np.abs(layer - weights["l1.fi.w"]).max() < 0.4  # half a step of 4 bits
    assert np.corrcoef(layer.ravel(), weights["l1.fi.w"].ravel())[0, 1] > 0.98
    bias = found["encoder.layer.0.attention.output.dense.bias"].numpy()
    np.testing.assert_array_equal(bias, weights["l0.ao.b"])
    words = found["embeddings.word_embeddings.weight"].numpy()
    assert np.corrcoef(words.ravel(), weights["emb.word"].ravel())[0, 1] > 0.98


def test_text_is_normalised_and_cut_as_the_file_says(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer("fox  renard\u200b½ﬁ\u0007b")["input_ids"]
    expected = ["<s>", "▁fox", "▁renard", "▁", "1", "⁄", "2", "fi", "b", "</s>"]
    assert tokenizer.convert_ids_to_tokens(ids) == expected
    assert tokenizer("字")["input_ids"][-2] == tokenizer.unk_token_id == 3
    assert tokenizer.mask_token_id == len(PIECES) - 1
    assert tokenizer.model_max_length == POSITIONS


def test_states_are_finite_in_every_layer(folder):
    network = AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        states = network(torch.tensor([[0, 5, 2]]), output_hidden_states=True).hidden_states
    assert len(states) == LAYERS + 1
    assert all(state.isfinite().all() and state.std() > 0 for state in states)
