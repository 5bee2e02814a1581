"""How each artefact came to be: code digests at parse time, records at run time."""

from braid.provenance.digests import code
from braid.provenance.record import recorded
from braid.provenance.schema import Record

__all__ = ["Record", "code", "recorded"]
