"""Artefacts on disk: one labelled-array format, atomic writes, digests."""

from braid.store.arrays import VOXEL_BLOCK, load, save
from braid.store.columns import Columns, holds
from braid.store.files import atomic, sha256, stamp
from braid.store.stitch import stitch

__all__ = [
    "VOXEL_BLOCK",
    "Columns",
    "atomic",
    "holds",
    "load",
    "save",
    "sha256",
    "stamp",
    "stitch",
]
