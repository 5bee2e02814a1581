"""The Destrieux atlas on fsaverage5: 150 regions, from the `fsaverage` package.

Source: Destrieux, Fischl, Dale & Halgren 2010, NeuroImage 53. The package holds it on fsaverage6,
whose first 10,242 vertices of each hemisphere are those of fsaverage5: FreeSurfer refines an
icosahedron by adding vertices behind those that are there.

Known limits: 74 regions of each hemisphere are cortex, the 75th is `Medial_wall`. The table of the
atlas also names `Unknown`, which no vertex has.
"""

import tempfile
from pathlib import Path

import numpy as np
import xarray as xr
from jaxtyping import Shaped
from nibabel.freesurfer.io import read_annot

from braid.datasets.fsaverage5 import HEMISPHERES, SPACE, VERTICES, coordinates
from braid.sources.archives import read_member

_ANNOTATION = (
    "smriprep_freesurfer732/freesurfer/subjects/fsaverage6/label/{hemi}.aparc.a2009s.annot"
)


def labels(archive: Path) -> Shaped[np.ndarray, " vertex"]:
    """Region of each vertex of fsaverage5, such as `lh.G_front_sup`.

    Parameters
    ----------
    archive
        The `fsaverage` package.

    Returns
    -------
    numpy.ndarray
        20,484 names, the left hemisphere first, in the order of `surface.on_fsaverage5`.

    Raises
    ------
    BadInput
        When the archive cannot be read.
    """
    return np.concatenate([_hemisphere(archive, hemi) for hemi in HEMISPHERES])


def regions(archive: Path) -> xr.Dataset:
    """The same as a table to keep: `region` (voxel), with the coordinates `hemi` and `vertex`."""
    names = {"region": ("voxel", labels(archive))}
    return xr.Dataset(names, coordinates(), {"space": SPACE, "atlas": "Destrieux 2010"})


def _hemisphere(archive: Path, hemi: str) -> Shaped[np.ndarray, " vertex"]:
    with tempfile.NamedTemporaryFile(suffix=".annot") as file:  # nibabel reads paths only
        file.write(read_member(archive, _ANNOTATION.format(hemi=hemi)))
        file.flush()
        numbers, _, names = read_annot(file.name)
    regions = np.array([f"{hemi}.{name.decode()}" for name in names])
    return regions[numbers[:VERTICES]]
