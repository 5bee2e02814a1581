"""The responses of one subject, whose voxels are read when they are worked on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.fitting import noise_ceiling
from braid.store import Columns, holds, load


@dataclass(frozen=True)
class Recordings:
    """All recordings of one subject, one below the other.

    Attributes
    ----------
    head
        Coordinates of rows and voxels, and what the recordings agree on.
    bold
        Responses (tr, voxel).
    repeats
        Single responses (repeat, tr, voxel) to the first recording that was repeated.
    """

    head: xr.Dataset
    bold: Columns
    repeats: Columns | None

    @property
    def voxels(self) -> int:
        """How many, masked ones included."""
        return self.bold.shape[-1]

    def responses(self, voxels: slice) -> Float[np.ndarray, "tr voxel"]:
        """Responses of some voxels; one masked in one recording is masked in all."""
        bold = self.bold[:, voxels]
        bold[:, ~np.isfinite(bold).all(axis=0)] = np.nan
        return bold

    def ceiling(self, voxels: slice) -> Float[np.ndarray, " voxel"]:
        """Noise ceiling of r for the mean over repeats; NaN when nothing was repeated."""
        if not self.repeats:
            return np.full(voxels.stop - voxels.start, np.nan)
        repeats = self.repeats[..., voxels]
        return noise_ceiling(repeats, averaged=len(repeats))


@contextmanager
def open_recordings(
    paths: Sequence[str | Path], identity: Mapping[str, str]
) -> Iterator[Recordings]:
    """Open the responses of one subject.

    Parameters
    ----------
    paths
        Artefacts of `respond`, each `bold` (tr, voxel), with `repeats` (repeat, tr, voxel) where
        measured.
    identity
        Attributes that each must have, such as `subject`.

    Raises
    ------
    BadInput
        As `braid.store.load`, and when two recordings have different voxels.
    """
    heads = [
        load(path, {"bold": ("tr", "voxel")}, identity, without=("bold", "repeats"))
        for path in paths
    ]
    head = xr.concat(
        heads, dim="tr", coords="minimal", compat="override", combine_attrs="drop_conflicts"
    )
    repeated = [path for path in paths if holds(path, "repeats")][:1]
    with ExitStack() as stack:
        bold = stack.enter_context(Columns(paths, "bold"))
        repeats = stack.enter_context(Columns(repeated, "repeats")) if repeated else None
        yield Recordings(head, bold, repeats)
