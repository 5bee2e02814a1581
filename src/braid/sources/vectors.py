"""Word vectors of spaCy and word2vec, as a folder with a vocabulary and one table.

The folder is what `braid.features.static_vectors` reads: tokenizer.json, a vocabulary of whole
words, and model.safetensors, a table with a row of zeros at its end for words without a vector.
"""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgpack
import numpy as np
from jaxtyping import Float32, UInt64
from safetensors.numpy import save_file

UNKNOWN = "[UNK]"

_SEED, _SHIFT, _MIX = np.array([1, 47, 0xC6A4A7935BD1E995], dtype=np.uint64)


def from_spacy(members: Mapping[str, bytes], folder: Path) -> None:
    """Write the vectors of a pipeline of spaCy; nothing of it is unpickled.

    Parameters
    ----------
    members
        `vectors`: the table, in the format of numpy. `rows`: key to row of the table, in msgpack; a
        key is the hash of a word, and many words share a row. `strings`: all words, in JSON.
    folder
        Where to write.
    """
    table = np.load(io.BytesIO(members["vectors"]), allow_pickle=False)
    row_of = msgpack.unpackb(members["rows"], strict_map_key=False)
    words = json.loads(members["strings"])
    keyed = zip(words, murmur64a(words).tolist(), strict=True)
    _write({word: row_of[key] for word, key in keyed if key in row_of}, table, folder)


def from_word2vec(members: Mapping[str, bytes], folder: Path) -> None:
    """Write vectors in the binary format of word2vec.

    Parameters
    ----------
    members
        `vectors`: a line with the numbers of words and dimensions; then for each word its text, a
        space, its vector in float32 and, in some files, a line end.
    folder
        Where to write.
    """
    content = members["vectors"]
    header, _, _ = content.partition(b"\n")
    words, size = map(int, header.split())
    row_of: dict[str, int] = {}
    table = np.empty((words, size), np.float32)
    position = len(header) + 1
    for row in range(words):
        space = content.index(b" ", position)
        row_of[content[position:space].decode().lstrip("\n")] = row
        table[row] = np.frombuffer(content, "<f4", size, space + 1)
        position = space + 1 + table[row].nbytes
    _write(row_of, table, folder)


def murmur64a(words: Sequence[str]) -> UInt64[np.ndarray, " word"]:
    """Keys by which spaCy knows words: MurmurHash64A (Austin Appleby) with seed 1."""
    encoded = [word.encode() for word in words]
    sizes = np.array([len(word) for word in encoded], dtype=np.uint64)
    width = -(-int(sizes.max()) // 8) * 8
    found = _SEED ^ sizes * _MIX
    for start, part in enumerate(
        np.array(encoded, f"S{width}").view("<u8").reshape(-1, width // 8).T
    ):
        mixed = part * _MIX
        mixed = (mixed ^ mixed >> _SHIFT) * _MIX
        whole, rest = (found ^ mixed) * _MIX, (found ^ part) * _MIX
        found = np.where(sizes >= 8 * start + 8, whole, np.where(sizes > 8 * start, rest, found))
    found = (found ^ found >> _SHIFT) * _MIX
    return found ^ found >> _SHIFT


def _write(row_of: dict[str, int], table: Float32[np.ndarray, "word dim"], folder: Path) -> None:
    # Written by hand: the library gives a row to one word only.
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": row_of | {UNKNOWN: len(table)},
            "unk_token": UNKNOWN,
        },
    }
    text = json.dumps(tokenizer, ensure_ascii=False)
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    zeros = np.zeros((1, table.shape[1]), table.dtype)
    save_file({"vectors": np.concatenate([table, zeros])}, folder / "model.safetensors")
