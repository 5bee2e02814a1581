"""The tags that S3 gives its objects: digests, for who knows how the object was uploaded."""

import hashlib
import math
import re
from functools import partial
from pathlib import Path
from typing import Literal

_MIB = 2**20
# MiB that S3 takes as a part, be it not the only or the last one.
_SMALLEST, _LARGEST = 5, 5120
_FORMS: dict[Literal["md5", "etag"], str] = {"md5": r"[0-9a-f]{32}", "etag": r"[0-9a-f]{32}-\d+"}


def parse(tag: str) -> tuple[Literal["md5", "etag"] | None, str | None]:
    """Algorithm and digest that a tag stands for; neither, for a tag of another form.

    An object that was uploaded in one piece is tagged with its MD5, one that was uploaded in
    parts with `<MD5 of the parts' MD5s>-<number of parts>`.
    """
    digest = tag.strip('"')
    for algorithm, form in _FORMS.items():
        if re.fullmatch(form, digest):
            return algorithm, digest
    return None, None


def of_parts(file: Path, expected: str) -> str:
    """Tag of a file that was uploaded in as many parts as `expected` has.

    The tag does not tell how large the parts were, so all whole MiB that make that many are tried.

    Returns
    -------
    str
        `expected` if any size of part gives it, otherwise the tag with the largest.
    """
    sizes = _part_sizes(file.stat().st_size, int(expected.rpartition("-")[2]))
    right = (size for size in sizes if _tag(file, size) == expected)
    return expected if any(right) else _tag(file, _LARGEST)


def _part_sizes(size: int, parts: int) -> list[int]:
    """Sizes in MiB that cut a file into so many parts, powers of two first: most programs' own."""
    whole = max(_SMALLEST, math.ceil(size / _MIB))
    cuts = range(_SMALLEST, min(_LARGEST, whole) + 1)
    sizes = [mebi for mebi in cuts if math.ceil(size / (mebi * _MIB)) == parts]
    return sorted(sizes, key=lambda mebi: (mebi.bit_count() > 1, mebi))


def _tag(file: Path, mebi: int) -> str:
    parts = []
    with file.open("rb") as content:
        for number, piece in enumerate(iter(partial(content.read, _MIB), b"")):
            if number % mebi == 0:
                parts.append(hashlib.md5(usedforsecurity=False))
            parts[-1].update(piece)
    digests = b"".join(part.digest() for part in parts)
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
