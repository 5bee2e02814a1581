"""The one error of content that cannot be had: what, from where, and what else is missing."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from braid.errors import BadInput
from braid.sources import remotes
from braid.sources.commands import run
from braid.sources.keys import Key
from braid.sources.secrets import redact

# Files that are listed one by one.
_LISTED = 20
# What git-annex calls the web in its logs.
_WEB = "00000000-0000-0000-0000-000000000001"


def label(dataset: Path, path: str) -> str:
    """Name of a file as people know it: data set and path."""
    return f"{dataset.name}/{path}"


def unavailable(dataset: Path, path: str, wanted: Key, problems: Sequence[str]) -> BadInput:
    """Error of content that no place gives, or that is nowhere what its key says.

    Parameters
    ----------
    dataset
        Folder of the clone.
    path
        Path of the file in the data set.
    wanted
        Its key.
    problems
        What was said by those that were asked.

    Returns
    -------
    BadInput
        With the places that should have it, and with all files of the same top folder that are
        to be had from no other place either.
    """
    places = _places(dataset, path)
    lines = [
        f"no copy can be had that matches its key ({wanted.size:,} bytes, {wanted.name})",
        *(f"known copy: {place}" for place in places.values()),
        *problems,
        *_arrived(dataset, wanted),
        *_others(dataset, path, places.keys()),
    ]
    return BadInput(
        label(dataset, path),
        "content",
        "\n  ".join(lines),
        "check network and disk, or name a copy of the data set in the configuration, "
        f"mirrors: {{{dataset.name}: <path or url>}}; what is here already stays",
    )


def _places(dataset: Path, path: str) -> dict[str, str]:
    """Repositories that have the content as far as git-annex knows: name by identifier."""
    said = run(["git", "annex", "whereis", "--json", "--", path], dataset).stdout
    copies = json.loads(said)["whereis"] if said else []
    return {copy["uuid"]: redact(" ".join(_words(dataset, copy))) for copy in copies}


def _words(dataset: Path, copy: dict[str, Any]) -> Iterator[str]:
    yield copy["description"]
    for remote in remotes.settings(dataset).values():
        if remote.get("annex-uuid") == copy["uuid"] and "url" in remote:
            yield remote["url"]
    yield from copy["urls"]


def _arrived(dataset: Path, wanted: Key) -> Iterator[str]:
    partial = dataset / ".git" / "annex" / "tmp" / wanted.name
    if not partial.exists():
        return
    size = partial.stat().st_size
    if size >= wanted.size:
        yield "what came does not match the key"
    else:
        free = shutil.disk_usage(dataset).free
        yield (
            f"{size:,} bytes of it have arrived, and the next attempt goes on there; "
            f"the disk has {free:,} bytes left"
        )


def _others(dataset: Path, path: str, dead: Iterable[str]) -> Iterator[str]:
    """Files beside `path` that are neither here nor at a place that has not just failed."""
    folder, _, _ = path.rpartition("/")
    top = folder.partition("/")[0] or "."
    sizes = _absent(dataset, top, _remotes(dataset) - set(dead))
    sizes.pop(path, None)
    yield from listed(sizes, f"under {top}")


def listed(sizes: Mapping[str, int], where: str) -> Iterator[str]:
    """Lines that say what else is missing there: how much, and the first files with their bytes."""
    if sizes:
        many = f"{len(sizes):,} other files of {sum(sizes.values()):,} bytes"
        yield f"missing with it {where}: {many}"
        yield from (f"  {name} ({size:,} bytes)" for name, size in list(sizes.items())[:_LISTED])
        yield from [f"  and {len(sizes) - _LISTED:,} more"] * (len(sizes) > _LISTED)


def _absent(dataset: Path, folder: str, places: set[str]) -> dict[str, int]:
    """Bytes of each file that is neither here nor, as far as git-annex knows, at the places."""
    elsewhere = [word for place in sorted(places) for word in ("--not", f"--in={place}")]
    shown = r"--format=${bytesize} ${file}\000"
    command = ["git", "annex", "find", "--not", "--in=here", *elsewhere, shown, "--", folder]
    rows = run(command, dataset).stdout.split("\0")[:-1]
    sizes = ((name, size) for size, _, name in (row.partition(" ") for row in rows))
    return {name: int(size) for name, size in sizes if size != "unknown"}


def _remotes(dataset: Path) -> set[str]:
    known = remotes.settings(dataset).values()
    return {_WEB} | {remote["annex-uuid"] for remote in known if "annex-uuid" in remote}
