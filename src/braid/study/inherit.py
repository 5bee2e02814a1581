"""Entries of a study that are like another one, but for what they say themselves."""

from collections.abc import Mapping
from typing import Any

KEY = "like"


def inherit(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in every entry that names another one under `like`.

    Parameters
    ----------
    entries
        Name to entry, as written. An entry with `like` takes all that it does not say itself from
        the one of that name, which may be like a third.

    Raises
    ------
    ValueError
        When there is no entry of that name, or entries are like each other in a circle.
    """
    return {name: _filled(name, entries, ()) for name in entries}


def _filled(name: str, entries: Mapping[str, Any], seen: tuple[str, ...]) -> Any:
    entry = entries[name]
    if not isinstance(entry, Mapping) or KEY not in entry:
        return entry
    base = entry[KEY]
    if base not in entries or base in (name, *seen):
        known = ", ".join(other for other in entries if other != name)
        raise ValueError(f"{name!r} is like {base!r}: name another one (known: {known})")
    return {**_filled(base, entries, (*seen, name)), **entry}
