"""What scores are held against: a test of chance, and the correction for many voxels."""

from typing import Literal

from pydantic import PositiveFloat, PositiveInt

from braid.study.names import Strict

Null = Literal[
    "circular_shift",
    "block_permutation",
    "huthlab",
    "drama2brain",
    "denk2023",
    "litcoder",
    "luo2025",
]


class Chance(Strict):
    """How it is decided whether a voxel is predicted better than by chance.

    `circular_shift` and `block_permutation` keep the autocorrelation of slow data; the others are
    the tests of published code, as they were. How often a test is wrong on the data at hand is
    measured with every fit, and said with every map.
    """

    kind: Null = "circular_shift"
    n_draws: PositiveInt = 1000
    """Random draws, where a test draws."""
    block: PositiveFloat | Literal["matched"] = "matched"
    """Of `block_permutation`: seconds, or as long as the autocorrelation of each voxel asks for."""
    correction: Literal["bh", "by"] = "bh"
    """False discovery rate: Benjamini-Hochberg, or -Yekutieli, which bears any dependence."""
