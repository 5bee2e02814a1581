"""One thing that a doctor looked at."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from braid.errors import BadInput


class Check(NamedTuple):
    """What was found, and what to do where it is not right."""

    name: str
    state: Literal["ok", "warning", "failure"]
    text: str
    cure: str = ""


def ok(name: str, text: str) -> Check:
    """Nothing to do."""
    return Check(name, "ok", text)


def warning(name: str, text: str, cure: str) -> Check:
    """A run works, but not as well as it could."""
    return Check(name, "warning", text, cure)


def failure(name: str, text: str, cure: str) -> Check:
    """A run would fail, hang or lose something."""
    return Check(name, "failure", text, cure)


def made(name: str, look: Callable[[], Iterable[Check]]) -> list[Check]:
    """Run a check; what it cannot read is a failure of its own."""
    try:
        return list(look())
    except BadInput as error:
        return [failure(name, f"{error.file}: {error.field}: {error.problem}", error.cure)]
