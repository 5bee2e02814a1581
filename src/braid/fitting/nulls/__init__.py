"""Tests of a correlation against chance, by name: those that hold, and those that papers used."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from braid.fitting.nulls.blocks import block_permutation_test
from braid.fitting.nulls.matched import matched_block_test, matched_blocks
from braid.fitting.nulls.pooled import (
    drama2brain_test,
    luo2025_test,
    shuffled_correlation,
)
from braid.fitting.nulls.published import denk2023_test, huthlab_test, litcoder_test
from braid.fitting.nulls.shifts import circular_shift_test


class VoxelTest(Protocol):
    """A test whose p of a voxel depends on that voxel alone."""

    def __call__(
        self, Y: np.ndarray, P: np.ndarray, runs: np.ndarray, *, n_draws: int, seed: int
    ) -> np.ndarray:
        """Give p (voxel) of responses and predictions (tr, voxel)."""
        ...


class PooledTest(Protocol):
    """A test whose p needs the correlations of all voxels."""

    def __call__(self, r: np.ndarray, null: np.ndarray) -> np.ndarray:
        """Give p of observed r, from one r of a null per voxel."""
        ...


TESTS: Mapping[str, VoxelTest] = MappingProxyType(
    {
        "circular_shift": circular_shift_test,
        "block_permutation": matched_block_test,
        "huthlab": huthlab_test,
        "denk2023": denk2023_test,
        "litcoder": litcoder_test,
    }
)
POOLED: Mapping[str, PooledTest] = MappingProxyType(
    {"drama2brain": drama2brain_test, "luo2025": luo2025_test}
)

__all__ = [
    "POOLED",
    "TESTS",
    "PooledTest",
    "VoxelTest",
    "block_permutation_test",
    "circular_shift_test",
    "denk2023_test",
    "drama2brain_test",
    "huthlab_test",
    "litcoder_test",
    "luo2025_test",
    "matched_block_test",
    "matched_blocks",
    "shuffled_correlation",
]
