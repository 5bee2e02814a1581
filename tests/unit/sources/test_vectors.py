"""Word vectors of spaCy and word2vec become a vocabulary and a table."""

import io
import json

import msgpack
import numpy as np
import pytest

from braid.features.static_vectors import embed
from braid.sources.vectors import from_spacy, from_word2vec, murmur64a

TABLE = np.arange(6, dtype=np.float32).reshape(3, 2) + 1


def npy(table):
    file = io.BytesIO()
    np.save(file, table)
    return file.getvalue()


def test_words_have_the_keys_that_spacy_documents():
    keys = {"coffee": 3197928453018144401, "apple": 8566208034543834098}
    assert murmur64a([*keys]).tolist() == [*keys.values()]


def test_keys_are_those_of_one_word_at_a_time():
    words = ["a" * size for size in range(40)] + ["été", "l'", "\u0000x"]
    assert murmur64a(words).tolist() == [plainly(word.encode()) for word in words]


def plainly(content):
    """MurmurHash64A with Python's integers."""
    bits, mix = 2**64 - 1, 0xC6A4A7935BD1E995
    found = 1 ^ len(content) * mix & bits
    while len(content) >= 8:
        part = int.from_bytes(content[:8], "little") * mix & bits
        found = (found ^ (part ^ part >> 47) * mix & bits) * mix & bits
        content = content[8:]
    if content:
        found = (found ^ int.from_bytes(content, "little")) * mix & bits
    found = (found ^ found >> 47) * mix & bits
    return found ^ found >> 47


def test_words_of_spacy_may_share_a_row(tmp_path):
    keys = dict(zip(murmur64a(["roi", "rois", "l'"]).tolist(), [2, 2, 0], strict=True))
    strings = json.dumps(["ORTH", "roi", "rois", "l'", "sans"])
    members = {"vectors": npy(TABLE), "rows": msgpack.packb(keys), "strings": strings.encode()}
    from_spacy(members, tmp_path)
    found = embed(["rois", "roi", "l'", "sans", "Roi", "l' roi"], tmp_path)
    expected = [[5, 6], [5, 6], [1, 2], [0, 0], [0, 0], [3, 4]]
    np.testing.assert_array_equal(found, expected)


def test_an_object_array_is_not_unpickled(tmp_path):
    members = {"vectors": npy(np.array([{}], dtype=object)), "rows": b"\x80", "strings": b'["a"]'}
    with pytest.raises(ValueError, match="allow_pickle=False"):
        from_spacy(members, tmp_path)


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_word2vec_is_read_with_and_without_line_ends(end, tmp_path):
    words = zip(["</s>", "狐狸", "兔"], TABLE, strict=True)
    rows = [word.encode() + b" " + vector.tobytes() + end for word, vector in words]
    from_word2vec({"vectors": b"3 2\n" + b"".join(rows)}, tmp_path)
    found = embed(["兔", "狐狸", "银"], tmp_path)
    np.testing.assert_array_equal(found, [[5, 6], [3, 4], [0, 0]])
