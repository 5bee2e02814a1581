"""Artefacts on disk: one labelled-array format, atomic writes, digests."""

from braid.store.arrays import FEATURE_BLOCK, VOXEL_BLOCK, load, save
from braid.store.columns import Columns, holds
from braid.store.files import atomic, sha256, stamp
from braid.store.remains import clear, remove
from braid.store.shards import Shards, shard_numbers
from braid.store.stitch import stitch

__all__ = [
    "FEATURE_BLOCK",
    "VOXEL_BLOCK",
    "Columns",
    "Shards",
    "atomic",
    "clear",
    "holds",
    "load",
    "remove",
    "save",
    "sha256",
    "shard_numbers",
    "stamp",
    "stitch",
]
