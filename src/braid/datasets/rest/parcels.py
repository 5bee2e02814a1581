"""From voxels to the parcels of the atlas A424.

resources/brainlm/a424.tsv holds the centres of its 424 parcels, in mm of MNI152: 360 of cortex
(1-180 right, 181-360 left, after Glasser et al. 2016), then nuclei and cerebellum. Source:
toolkit/atlases/A424_Coordinates.dat of github.com/vandijklab/BrainLM (Ortega Caro et al. 2024;
LICENSE Apache-2.0, README CC BY-NC-ND 4.0), a table of facts.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy
from jaxtyping import Float, Int
from scipy.sparse import csr_array

_TABLE = Path(__file__).parents[4] / "resources" / "brainlm" / "a424.tsv"
_CORTEX = 360

RADIUS = 15.0
"""mm; centres of neighbouring parcels of cortex are 5 to 15 mm apart."""


class Parcelled(NamedTuple):
    """Means of voxels.

    Attributes
    ----------
    bold
        Parcels that no voxel fell into are left out.
    kept
        Places of the others among the centres.
    voxels
        How many voxels each of them has.
    """

    bold: Float[np.ndarray, "tr parcel"]
    kept: Int[np.ndarray, " parcel"]
    voxels: Int[np.ndarray, " parcel"]


@cache
def a424() -> Float[np.ndarray, "parcel 3"]:
    """Centres of all parcels, in mm of MNI152."""
    return pd.read_csv(_TABLE, sep="\t", index_col="parcel").to_numpy(float)


def a424_cortex() -> Float[np.ndarray, "parcel 3"]:
    """Centres of the parcels of cortex, for responses that have nothing else."""
    return a424()[:_CORTEX]


def parcellate(
    bold: Float[np.ndarray, "tr voxel"],
    places: Float[np.ndarray, "voxel 3"],
    centroids: Float[np.ndarray, "parcel 3"],
    radius: float = RADIUS,
) -> Parcelled:
    """Average the voxels that are nearest to each centre.

    The published encoder averages under a volume of labels, which needs responses on its grid;
    nearness to the centres does with places alone, at the price of straight borders.

    Parameters
    ----------
    bold
        Voxels with a NaN are left out.
    places, centroids
        In mm of one template.
    radius
        Largest distance from a voxel to its centre, in mm.
    """
    distance, nearest = scipy.spatial.KDTree(centroids).query(places)
    inside = (distance <= radius) & np.isfinite(bold).all(axis=0)
    columns = np.asarray(nearest)[inside]
    rows, shape = np.arange(len(columns)), (len(columns), len(centroids))
    membership = csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    voxels = np.bincount(columns, minlength=len(centroids))
    kept = np.flatnonzero(voxels)
    return Parcelled((bold[:, inside] @ membership)[:, kept] / voxels[kept], kept, voxels[kept])
