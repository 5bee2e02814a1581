"""Artefacts on disk: one labelled-array format, atomic writes, digests."""

from braid.store.arrays import load, save
from braid.store.files import atomic, sha256

__all__ = ["atomic", "load", "save", "sha256"]
