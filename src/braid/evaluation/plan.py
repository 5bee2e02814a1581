"""What an encoding job is asked to do."""

from typing import Any

import numpy as np
import xarray as xr

from braid.evaluation.splits import Rows, rows
from braid.study import Fit, Folds
from braid.study.chance import Chance
from braid.study.config import Backend
from braid.study.fits import PictureFolds, SharedPictures
from braid.study.names import Source, Strict


class Plan(Strict):
    """The fit, the folds and the null."""

    fit: Fit
    split: Folds
    chance: Chance
    source: Source
    tr: float
    """Seconds per TR."""
    seed: int
    backend: Backend = "numpy"

    @property
    def one_penalty(self) -> bool:
        """Whether the ridge of all voxels shares its penalty; other solvers choose alone."""
        ridge = self.fit.solver == "ridge" and not self.fit.scheme
        return ridge and self.fit.alpha == "shared"

    @property
    def of_pictures(self) -> bool:
        """Whether the folds that are scored leave out pictures, with all their trials."""
        return isinstance(self.split, PictureFolds | SharedPictures)

    def delays(self) -> tuple[int, ...]:
        """Delays in TRs.

        Raises
        ------
        ValueError
            When a delay is not a multiple of the TR.
        """
        steps = [delay / self.tr for delay in self.fit.delays]
        if any(abs(step - round(step)) > 1e-6 for step in steps):
            raise ValueError(f"delays {self.fit.delays} s are not multiples of TR {self.tr} s")
        return tuple(round(step) for step in steps)

    def outer(self, labels: xr.Dataset) -> list[Rows]:
        """Folds whose left-out rows are scored; `labels` are coordinates of all rows."""
        return rows(self.split, labels, self.tr, self.source)

    def settings(self, labels: xr.Dataset) -> dict[str, Any]:
        """Keywords of every solver, for training rows of these coordinates."""
        return {
            "alphas": np.array(self.fit.alphas),
            "folds": rows(self.fit.inner, labels, self.tr, self.source),
            "score": self.fit.score or {"ridge": "r", "banded": "r2"}[self.fit.solver],
        }
