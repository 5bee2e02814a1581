"""Atlases on fsaverage5, from the `fsaverage` package: Destrieux, and Desikan and Killiany.

Sources: Destrieux, Fischl, Dale & Halgren 2010, NeuroImage 53; Desikan et al. 2006, NeuroImage 31.
The package holds them on fsaverage6, whose first 10,242 vertices of each hemisphere are those of
fsaverage5: FreeSurfer refines an icosahedron by adding vertices behind those that are there.

Known limits: of the 75 regions that each hemisphere has in the Destrieux atlas, the last, the
`Medial_wall`, is no cortex; nor are `unknown` and `corpuscallosum`, two of the 36 of Desikan and
Killiany. The table of the Destrieux atlas also names `Unknown`, which no vertex has.
"""

import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Shaped
from nibabel.freesurfer.io import read_annot

from braid.datasets.fsaverage5 import HEMISPHERES, SPACE, VERTICES, coordinates
from braid.sources.archives import read_member

_ANNOTATION = "smriprep_freesurfer732/freesurfer/subjects/fsaverage6/label/{hemi}.{name}.annot"


class _Atlas(NamedTuple):
    source: str
    annotation: str
    outside: tuple[str, ...]
    """Regions that are no cortex."""


ATLASES = MappingProxyType(
    {
        "destrieux": _Atlas("Destrieux 2010", "aparc.a2009s", ("Medial_wall",)),
        "desikan": _Atlas("Desikan 2006", "aparc", ("unknown", "corpuscallosum")),
    }
)


def regions(archive: Path, name: str) -> xr.Dataset:
    """Name the vertices of fsaverage5 after an atlas.

    Parameters
    ----------
    archive
        The `fsaverage` package.
    name
        Of `ATLASES`.

    Returns
    -------
    xarray.Dataset
        `region` (voxel), such as `G_front_sup`, and whether it is `cortex` (voxel), at 20,484
        vertices, the left hemisphere first, in the order of `surface.on_fsaverage5`; coordinates
        `hemi` and `vertex`.

    Raises
    ------
    BadInput
        When the archive cannot be read.
    """
    atlas = ATLASES[name]
    names = np.concatenate([_hemisphere(archive, atlas, hemi) for hemi in HEMISPHERES])
    cortex = ~np.isin(names, atlas.outside)
    return xr.Dataset(
        {"region": ("voxel", names), "cortex": ("voxel", cortex)},
        coordinates(),
        {"space": SPACE, "atlas": atlas.source},
    )


def _hemisphere(archive: Path, atlas: _Atlas, hemi: str) -> Shaped[np.ndarray, " vertex"]:
    with tempfile.NamedTemporaryFile(suffix=".annot") as file:  # nibabel reads paths only
        file.write(read_member(archive, _ANNOTATION.format(hemi=hemi, name=atlas.annotation)))
        file.flush()
        numbers, _, names = read_annot(file.name)
    return np.array([name.decode() for name in names])[numbers[:VERTICES]]
