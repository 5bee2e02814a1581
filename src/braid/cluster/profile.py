"""Lines of the profile that depend on the cluster, changed in place."""

import re

from braid.errors import BadInput


def line_set(text: str, key: str, value: str | None) -> str:
    """Text of a YAML file with one line changed; its comments and all other lines stay.

    Parameters
    ----------
    text
        Of the file.
    key
        Of the line, which may stand commented out.
    value
        What to set; None comments the line out.

    Raises
    ------
    BadInput
        When no line has that key.
    """
    found = _line(text, key)
    said = value or found["value"]
    new = f"{found['indent']}{'' if value else '# '}{key}: {said}"
    if note := found["note"]:
        # A comment behind the value stays in its column.
        new = f"{new}  ".ljust(len(found["code"])) + note
    return text[: found.start()] + new + text[found.end() :]


def _line(text: str, key: str) -> re.Match[str]:
    """The line in force, or else the first that is commented out."""
    rest = rf"{re.escape(key)}:[ \t]+(?P<value>[^#\s]+)[ \t]*)(?P<note>#.*)?$"
    for mark in ("", r"#[ \t]*"):
        found = re.search(rf"^(?P<code>(?P<indent>[ \t]*){mark}{rest}", text, re.MULTILINE)
        if found:
            return found
    cure = f"add a line `{key}: ...`, or take the file as the repository has it"
    raise BadInput("profiles/slurm/config.yaml", key, "no such line", cure)
