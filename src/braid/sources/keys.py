"""Keys of git-annex: the names of contents, which hold their size and their hash."""

import hashlib
import re
from dataclasses import dataclass

from braid.errors import BadInput

# `MD5E-s<bytes>--<digest>.hf5`: with E the file's extension follows. URL, VURL and WORM keys do
# not say what the content must be.
_KEY = re.compile(
    r"(?P<hash>MD5|SHA1|SHA256|SHA384|SHA512)E?-s(?P<size>\d+)--(?P<digest>[0-9a-f]+)(?:\.\S*)?"
)


@dataclass(frozen=True)
class Key:
    """What the name of a content says of it.

    Attributes
    ----------
    name
        The key itself.
    size
        Bytes of the content.
    algorithm
        Name of its hash in hashlib.
    digest
        Hexadecimal hash of the content.
    """

    name: str
    size: int
    algorithm: str
    digest: str


def parse(name: str, file: str) -> Key:
    """Read the key of an annexed file.

    Parameters
    ----------
    name
        The key.
    file
        Whose key it is, for the message.

    Raises
    ------
    BadInput
        When the key holds no hash, so that nobody could tell whether the content is right.
    """
    match = _KEY.fullmatch(name)
    if match is None or len(match["digest"]) != 2 * hashlib.new(match["hash"]).digest_size:
        raise BadInput(
            file,
            "annex key",
            f"{name.partition('-')[0]} keys hold no hash, so the content cannot be verified",
            "ask the maintainers of the data set for a version with SHA256E keys",
        )
    return Key(name, int(match["size"]), match["hash"].lower(), match["digest"])
