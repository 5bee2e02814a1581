"""What must not leave the machine: secrets, and where things lie on it."""

import re

from braid.provenance.schema import Record
from braid.sources.secrets import redact

HIDDEN = "(a place of the machine that ran this)"
_LOCAL = re.compile(r"/|~|file:", re.IGNORECASE)


def public(value: object) -> object:
    """Copy plain data without secrets and without paths of this machine."""
    match value:
        case str():
            return HIDDEN if _LOCAL.match(value) else redact(value)
        case list():
            return [public(item) for item in value]
        case dict():
            return {key: public(item) for key, item in value.items()}
        case _:
            return value


def is_private(record: Record) -> bool:
    """Whether a record says what must not leave the machine."""
    said = record.model_dump(mode="json")
    return public(said) != said
