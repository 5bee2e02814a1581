"""Content of one file under git-annex: what it must be, where it is, whether it is intact."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from braid.errors import BadInput
from braid.sources.commands import run
from braid.sources.secrets import redact

logger = logging.getLogger(__name__)

# Options of datalad that leave nothing but results.
QUIET = ("-l", "critical", "-f", "json")

# Keys that say what the content must be. URL, VURL and WORM keys do not.
_HASH_KEY = re.compile(r"(?:MD5|SHA1|SHA256|SHA384|SHA512)E?-s(?P<size>\d+)--[0-9a-f]+(?:\.\S*)?")


@dataclass(frozen=True)
class Key:
    """What git-annex knows of a file's content: its key, which holds size and hash."""

    name: str
    size: int


def key(dataset: Path, path: str) -> Key | None:
    """Annex key of a file, or None for a file that is in git itself.

    Raises
    ------
    BadInput
        When the key holds no hash, so that nobody could tell whether the content is right.
    """
    name = run(["git", "annex", "lookupkey", "--", path], dataset).stdout.strip()
    if not name:
        return None
    match = _HASH_KEY.fullmatch(name)
    if match is None:
        raise BadInput(
            label(dataset, path),
            "annex key",
            f"{name.partition('-')[0]} keys hold no hash, so the content cannot be verified",
            "ask the maintainers of the data set for a version with SHA256E keys",
        )
    return Key(name, int(match["size"]))


def fetch(dataset: Path, path: str, found: Key) -> None:
    """Fetch the content of one file from wherever it can be had, and check it against its key.

    Raises
    ------
    BadInput
        When it cannot be had, or is not what the key says.
    """
    # Twice, since the check sets a spoilt copy aside and only then can another be fetched.
    for _ in range(2):
        logger.info("fetching %s (%.1f MB)", label(dataset, path), found.size / 1e6)
        watched = dataset / ".git" / "annex" / "tmp"
        done = run(["datalad", *QUIET, "get", "--", path], dataset, watched)
        if done.returncode:
            logger.debug("%s", redact(done.stdout + done.stderr))
            raise _unavailable(dataset, path, found)
        if _is_intact(dataset, path):
            return
    raise spoilt(dataset, path, f"does not match its key {found.name}")


def _is_intact(dataset: Path, path: str) -> bool:
    # The number of copies elsewhere is a matter of the data set's keepers, not of this check.
    check = ["git", "annex", "fsck", "--quiet", "--numcopies=1", "--", path]
    return run(check, dataset).returncode == 0 and (dataset / path).is_file()


def label(dataset: Path, path: str) -> str:
    """Name of a file as people know it: data set and path."""
    return f"{dataset.name}/{path}"


def _unavailable(dataset: Path, path: str, found: Key) -> BadInput:
    return BadInput(
        label(dataset, path),
        "content",
        f"none of its known copies can be had ({found.size / 1e6:.1f} MB)",
        "check the network, or name a copy of the data set in the configuration, "
        f"mirrors: {{{dataset.name}: <path or url>}}",
    )


def spoilt(dataset: Path, path: str, problem: str) -> BadInput:
    """Error of a file whose content is not what it must be."""
    cure = "do not use it; fetch the data set from another mirror, and tell its maintainers"
    return BadInput(label(dataset, path), "content", problem, cure)
