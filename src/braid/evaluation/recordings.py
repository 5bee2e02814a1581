"""The responses of one subject, whose voxels are read when they are worked on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    repeated
        Its run.
    """

    head: xr.Dataset
    bold: Columns
    repeats: Columns | None
    repeated: str | None

    @property
    def voxels(self) -> int:
        """How many, masked ones included."""
        return self.bold.shape[-1]

    def responses(self, voxels: slice) -> Float[np.ndarray, "tr voxel"]:
        """Responses of some voxels; one masked in one recording is masked in all."""
        bold = self.bold[:, voxels]
        bold[:, ~np.isfinite(bold).all(axis=0)] = np.nan
        return bold

    def ceiling(self, voxels: slice, tested: Collection[str]) -> Float[np.ndarray, " voxel"]:
        """Noise ceiling of r; NaN when nothing was repeated.

        It is that of the mean over repeats when the repeated run is `tested`, else that of one
        measurement.
        """
        if not self.repeats:
            return np.full(voxels.stop - voxels.start, np.nan)
        repeats = self.repeats[..., voxels]
        return noise_ceiling(repeats, averaged=len(repeats) if self.repeated in tested else 1)


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
    repeated = [i for i, path in enumerate(paths) if holds(path, "repeats")][:1]
    with ExitStack() as stack:
        bold = stack.enter_context(Columns(paths, "bold"))
        files = [paths[i] for i in repeated]
        repeats = stack.enter_context(Columns(files, "repeats")) if files else None
        run = next((str(heads[i]["run"].values[0]) for i in repeated), None)
        yield Recordings(head, bold, repeats, run)
