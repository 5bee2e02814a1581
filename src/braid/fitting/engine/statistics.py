"""What fits need of responses: products with the columns, or the rows themselves.

Made once for a block of voxels; folds add and subtract what they share, so that each row is
multiplied once however many folds there are.
"""

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from braid.fitting.engine.lagged import Lagged
from braid.fitting.engine.layout import Layout


@dataclass(frozen=True)
class Products:
    """X'Y, for primal fits."""

    lagged: Lagged
    layout: Layout

    def of(self, Yt: Any) -> list[Any]:
        """Products of responses (voxel, place) with each set of rows that folds share."""
        return [self.lagged.cross(Yt, rows) for rows in self.layout.stretches]

    def of_fold(self, products: list[Any], k: int) -> Any:
        """Those of the training rows of a fold (voxel, column)."""
        left_out = self.layout.left_out[k]
        if 2 * left_out.sum() > len(products):
            return reduce(add, (products[i] for i in np.flatnonzero(~left_out)))
        return self.of_all(products) - reduce(add, (products[i] for i in np.flatnonzero(left_out)))

    def of_all(self, products: list[Any]) -> Any:
        """Those of all rows (voxel, column)."""
        return reduce(add, products)


@dataclass(frozen=True)
class Rows:
    """Y itself, for dual fits."""

    layout: Layout

    def of(self, Yt: Any) -> Any:
        """Responses (voxel, place)."""
        return Yt

    def of_fold(self, Yt: Any, k: int) -> Any:
        """Training rows of a fold (voxel, row)."""
        return Yt[:, self.layout.train[k]]

    def of_all(self, Yt: Any) -> Any:
        """All rows (voxel, row)."""
        return Yt[:, self.layout.rows]
