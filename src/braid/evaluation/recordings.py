"""The responses of one subject, whose voxels are read when they are worked on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.evaluation.left_out import Tested
from braid.fitting import ncsnr_ceiling, noise_ceiling
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

    def ceiling(self, voxels: slice, tested: Tested) -> Float[np.ndarray, " voxel"]:
        """Noise ceiling of r; NaN when nothing was repeated.

        It is that of the mean over repeats when the repeated run is `tested`, else that of one
        measurement. Where repeats are trials of pictures, `ncsnr` says it of the mean of as many as
        are scored together.
        """
        if self.repeats:
            repeats = self.repeats[..., voxels]
            averaged = len(repeats) if self.repeated in tested.runs else 1
            return noise_ceiling(repeats, averaged)
        if "ncsnr" in self.head:
            ratio = self.head["ncsnr"].values[voxels].astype(float)
            return np.sqrt(ncsnr_ceiling(ratio, tested.trials) / 100)
        return np.full(voxels.stop - voxels.start, np.nan)


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


@contextmanager
def open_any(paths: Sequence[str | Path]) -> Iterator[Recordings | None]:
    """Open the responses of whoever they are of; without any, there is nothing."""
    if not paths:
        yield None
        return
    with open_recordings(paths, {}) as recordings:
        yield recordings
