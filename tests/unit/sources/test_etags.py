"""Tags of S3 read as digests; test_buckets holds them against those of a real service."""

from hashlib import md5

import pytest

from braid.sources import etags

MIB = 2**20


@pytest.mark.parametrize(
    ("tag", "known"),
    [
        ('"900150983cd24fb0d6963f7d28e17f72"', ("md5", "900150983cd24fb0d6963f7d28e17f72")),
        ('"900150983cd24fb0d6963f7d28e17f72-12"', ("etag", "900150983cd24fb0d6963f7d28e17f72-12")),
        ('W/"900150983cd24fb0d6963f7d28e17f72"', (None, None)),
        ('"5f8a-62a1c3b7d8e40"', (None, None)),
        ("", (None, None)),
    ],
)
def test_only_tags_of_s3_say_what_the_content_is(tag, known):
    assert etags.parse(tag) == known


def in_parts(content, mebibytes):
    pieces = [content[i : i + mebibytes * MIB] for i in range(0, len(content), mebibytes * MIB)]
    digests = b"".join(md5(piece).digest() for piece in pieces)
    return f"{md5(digests).hexdigest()}-{len(pieces)}"


@pytest.mark.parametrize("mebibytes", [5, 7, 8, 15, 16])
def test_the_size_of_the_parts_is_found(mebibytes, tmp_path):
    content = bytes(range(256)) * 4096 * 17 + b"end"
    (tmp_path / "file").write_bytes(content)
    tag = in_parts(content, mebibytes)
    assert etags.of_parts(tmp_path / "file", tag) == tag


def test_the_tag_of_another_content_is_not_reproduced(tmp_path):
    (tmp_path / "file").write_bytes(bytes(12 * MIB))
    tag = in_parts(bytes(12 * MIB - 1) + b"1", 8)
    assert etags.of_parts(tmp_path / "file", tag) == in_parts(bytes(12 * MIB), 12)
    assert etags.of_parts(tmp_path / "file", f"{'0' * 32}-1") == in_parts(bytes(12 * MIB), 12)
