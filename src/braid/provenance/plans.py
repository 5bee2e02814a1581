"""What a job was asked to do, beside what it would be asked to do now."""

from collections.abc import Mapping
from typing import Any


def changed(recorded: Mapping[str, Any], today: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Find the parameters that differ.

    Parameters
    ----------
    recorded
        Parameters on record.
    today
        Parameters as the workflow would give them now, in the same plain form.

    Returns
    -------
    dict
        Dotted name of each parameter that differs to both values; None where it does not exist.
    """
    then, now = flat(recorded), flat(today)
    return {
        name: (then.get(name), now.get(name))
        for name in dict.fromkeys([*then, *now])
        if (name in then, then.get(name)) != (name in now, now.get(name))
    }


def flat(params: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Parameters by dotted name; lists and empty mappings stay whole."""
    found: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found
