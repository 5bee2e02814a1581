"""How much memory a ridge fit takes, from its shapes alone; the number of voxels does not enter."""

from typing import NamedTuple

from braid.fitting.columns import BLOCK
from braid.fitting.engine.crossval import PIECES


class Shape(NamedTuple):
    """What the memory of a fit depends on."""

    rows: int
    """Training TRs, T."""
    features: int
    delays: int
    folds: int
    block: int = BLOCK
    """Voxels at a time."""
    value: int = 4
    """Bytes of a number: 4, or 8 where the fit needs float64."""

    @property
    def columns(self) -> int:
        """Features times delays, D."""
        return self.features * self.delays

    @property
    def axes(self) -> int:
        """Eigenvectors of a fold: D, or the training rows where those are fewer."""
        return min(self.columns, round(self.rows * (1 - 1 / self.folds)))


def engine_bytes(shape: Shape) -> int:
    """What a prepared engine holds: features, and for each fold its axes and rows left out.

    T d + (K + 1) D^2 + T D numbers where D <= T (d features, D with delays, K folds); with more
    columns than rows, the rows take the place of the columns, and D T for the way back.
    """
    n, rows = shape.axes, shape.rows
    numbers = rows * shape.features + (shape.folds + 1) * n * n + rows * n
    if shape.columns > rows:
        numbers += shape.columns * rows
    return numbers * shape.value


def prepare_bytes(shape: Shape) -> int:
    """What preparing takes on top: the Gram or kernel, a fold's, and a decomposition, float64."""
    n = min(shape.columns, shape.rows)
    return 8 * 7 * n * n


def block_bytes(shape: Shape) -> int:
    """What a block takes on top: responses as read and in place, products, rotations, pieces."""
    n, rows = shape.axes, shape.rows
    statistics = shape.folds * shape.columns if shape.columns <= rows else rows
    per_voxel = 3 * rows + statistics + 4 * n + shape.columns
    return shape.value * shape.block * per_voxel + 2 * 4 * PIECES


def peak_bytes(shape: Shape) -> int:
    """Peak of one fit that hands its weights on block by block."""
    return engine_bytes(shape) + max(prepare_bytes(shape), block_bytes(shape))
