"""Parts of the voxels of a subject made one."""

from collections.abc import Sequence

import xarray as xr

from braid.evaluation.chance import finish
from braid.study.chance import Chance


def gather(parts: Sequence[xr.Dataset], chance: Chance) -> xr.Dataset:
    """Scores of all voxels, and what needs all of them: see `braid.evaluation.chance.finish`.

    Parameters
    ----------
    parts
        What `fit` scored in every part, in order.
    chance
        Which null.
    """
    events = "\n".join(part.attrs["events"] for part in parts if part.attrs["events"])
    return finish(join(parts), chance).assign_attrs(events=events)


def join(parts: Sequence[xr.Dataset]) -> xr.Dataset:
    """Set artefacts of neighbouring voxels side by side."""
    return xr.concat(
        parts,
        dim="voxel",
        data_vars="minimal",
        coords="minimal",
        compat="override",
        combine_attrs="override",
    )
