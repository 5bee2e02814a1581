"""Where on the brain a replay differs: r made again minus r recorded, drawn as the figure was."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float
from matplotlib.figure import Figure

from braid.datasets import read_anatomies
from braid.drawing.flatmap import Panel, flatmap
from braid.drawing.passport import DPI, SIMULATED
from braid.drawing.slices import Map, grid_of, slices
from braid.errors import BadInput
from braid.provenance.chain import Chain
from braid.provenance.schema import Record
from braid.provenance.shelf import Shelf
from braid.store import atomic, load

TITLE = "replay minus recorded"
COLOURS = "RdBu_r"
LEAST = 1e-4
"""End of the colour scale where nothing differs by more: what float32 scores may differ by."""


class _Change(NamedTuple):
    """What became of r in one subject."""

    recorded: xr.Dataset
    r: Float[np.ndarray, " voxel"]
    """Made again minus recorded."""

    @property
    def subject(self) -> str:
        """Whose it is."""
        return self.recorded.attrs["subject"]

    @property
    def label(self) -> str:
        """Which subject and model."""
        return f"{self.subject}, {self.recorded.attrs['label']}"

    @property
    def note(self) -> str:
        """How many voxels changed."""
        changed = np.count_nonzero(np.nan_to_num(self.r))
        if not changed:
            return "r is the same in every voxel"
        return f"r differs in {changed:,} of {self.r.size:,} voxels"


def draw_change(chain: Chain, folder: Path, out: Path) -> Path | None:
    """Draw the change of r on the brain of the figure.

    Parameters
    ----------
    chain
        Of the figure.
    folder
        The checkout in which it was made again.
    out
        Where the picture goes.

    Returns
    -------
    pathlib.Path or None
        The picture; None for figures that are not on a brain, or when recorded scores cannot be
        read.
    """
    draw = DRAW.get(chain.head.rule)
    scores = [file.path for file in chain.head.inputs if file.role == "scores"]
    if draw is None:
        return None
    try:
        changes = [_change(chain.shelf.place(path), folder / path) for path in scores]
    except BadInput:
        return None
    figure = draw(chain.head, chain.shelf, changes)
    target = out / f"{chain.head.wildcards['figure'].replace('/', '_')}_replay_minus_recorded.png"
    with atomic(target) as partial:
        figure.savefig(partial, format="png", dpi=DPI)
    return target


def _change(recorded: Path, again: Path) -> _Change:
    one, other = (load(path, {"r": ("voxel",)}) for path in (recorded, again))
    if one.sizes["voxel"] != other.sizes["voxel"]:
        raise BadInput(recorded, "voxel", "another number of voxels", "make it again")
    return _Change(one, other["r"].values.astype(float) - one["r"].values.astype(float))


def _look(changes: Sequence[_Change]) -> tuple[float, dict[str, Any]]:
    """Unit of the colour scale, a power of ten, and the scale: as far down as up."""
    end = max(LEAST, *(float(np.nanmax(np.abs(change.r))) for change in changes))
    unit = 10.0 ** math.floor(math.log10(end))
    label = f"change of r, in {unit:.0e}"
    return unit, {"unit": label, "value_limits": (-end / unit, end / unit), "colours": COLOURS}


def _on_flatmap(head: Record, shelf: Shelf, changes: Sequence[_Change]) -> Figure:
    [store] = [shelf.place(file.path) for file in head.inputs if file.role == "store"]
    unit, look = _look(changes)
    panels = [
        Panel(
            f"{_title(head)}: {change.label}",
            change.subject,
            change.recorded.attrs["space"],
            change.r / unit,
            note=change.note,
        )
        for change in changes
    ]
    return flatmap(panels, store, **look)


def _on_slices(head: Record, shelf: Shelf, changes: Sequence[_Change]) -> Figure:
    options: Any = head.params["figure"]
    table = {
        subject: {role: str(shelf.place(path)) for role, path in files.items()}
        for subject, files in options["anatomy"].items()
    }
    anatomies, (unit, look) = read_anatomies(options["dataset"], table), _look(changes)
    maps = [
        Map(
            change.label,
            change.r / unit,
            grid_of(change.recorded),
            anatomies[change.subject],
            note=change.note,
        )
        for change in changes
    ]
    return slices(_title(head), maps, **look)


def _title(head: Record) -> str:
    options: Any = head.params["figure"]
    return f"{TITLE}, {SIMULATED}" if options["simulated"] else TITLE


DRAW: dict[str, Callable[[Record, Shelf, Sequence[_Change]], Figure]] = {
    "flatmap": _on_flatmap,
    "slices": _on_slices,
}
