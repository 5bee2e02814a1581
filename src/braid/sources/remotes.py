"""Places that a clone can get content from, and how it learns of another one."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from braid.errors import BadInput
from braid.sources.commands import run
from braid.sources.secrets import redact

# Entry in the configuration of a clone: the places that it was told of, as they were named.
_KNOWN = "braid.place"


def refuse_credentials(place: str) -> None:
    """Refuse an address with a password or token, which would stay in clones, logs and records.

    Raises
    ------
    BadInput
        Without the secret.
    """
    address = urlsplit(place)
    is_web = address.scheme.endswith(("http", "https"))
    if address.password or (is_web and address.username):
        raise BadInput(
            redact(place),
            "address",
            "holds a user name or a password",
            f"leave it out ({_bare(place)}); write the user and the password into ~/.netrc, or "
            "let git ask for them with its credential helper",
        )


def _bare(place: str) -> str:
    before, _, after = place.partition("://")
    return f"{before}://{after.partition('@')[2]}"


def resolve(place: str) -> str:
    """Give an address as it is, and a path in full."""
    return str(Path(place).resolve()) if Path(place).exists() else place


def is_known(place: str, dataset: Path) -> bool:
    """Whether the clone was told of a place."""
    listed = run(["git", "config", "--get-all", _KNOWN], dataset).stdout
    return resolve(place) in listed.splitlines()


def remember(place: str, dataset: Path) -> None:
    """Note that the clone knows a place."""
    run(["git", "config", "--add", _KNOWN, resolve(place)], dataset)


def adopt(other: Path, dataset: Path, place: str) -> None:
    """Let a clone get content from wherever another clone of the same data set can.

    Parameters
    ----------
    other
        Fresh clone of the place. It knows all that datalad finds out when it clones: storage of
        RIA stores, and special remotes of git-annex.
    dataset
        The clone that learns.
    place
        Where `other` was cloned from.
    """
    name = f"mirror-{hashlib.sha256(place.encode()).hexdigest()[:8]}"
    known = settings(dataset).values()
    for remote, chosen in settings(other).items():
        if chosen not in known:
            for variable, value in chosen.items():
                key = f"remote.{name}-{remote}.{variable}"
                run(["git", "config", key, value], dataset)
    # The log of what lies where; not that of `other`, which is about to go.
    log = f"+refs/remotes/origin/git-annex:refs/remotes/{name}/git-annex"
    run(["git", "fetch", "--quiet", str(other), log], dataset)


def settings(dataset: Path) -> Mapping[str, Mapping[str, str]]:
    """Settings of each remote of a clone, but for the branches that git itself would fetch."""
    found: dict[str, dict[str, str]] = {}
    listed = run(["git", "config", "--null", "--get-regexp", r"^remote\."], dataset).stdout
    for entry in listed.split("\0")[:-1]:
        key, _, value = entry.partition("\n")
        name, _, variable = key.removeprefix("remote.").rpartition(".")
        if variable != "fetch":
            found.setdefault(name, {})[variable] = value
    return found
