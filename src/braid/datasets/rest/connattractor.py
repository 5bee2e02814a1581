"""Heat pain in 33 subjects, 122 MIST regions, from the connattractor wheel (GPL-3.0-or-later).

Three runs each of 209 or 191 TRs of 2 s (subject 01 has two) of Woo et al. 2015 (PLoS Biology 13),
smoothed in time before publication. Not rest, but real responses of many subjects. Known limits:

- The first column of the tables is the global signal, no region.
- Many regions lie in both hemispheres; their centre is that of the half with more voxels.
"""

import gzip
import io
import re
from functools import partial
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Float, Integer
from nibabel.affines import apply_affine

from braid.datasets.rest.series import Series
from braid.sources.archives import read_member, read_members

TR = 2.0

_RECORDING = re.compile(r"resources/ex_timeseries_task/(sub-\d\d)_ts(?:\.txt|_run_0[37]\.tsv)")
_ATLAS = "resources/MIST122_relabeled.nii.gz"


def read(archive: Path) -> list[Series]:
    """Read all recordings, by subject.

    Raises
    ------
    BadInput
        When the archive cannot be read.
    """
    xyz = centroids(archive)
    tables = sorted(read_members(archive, partial(_matches, _RECORDING)))
    return [Series(name.split("/")[2][:6], _bold(table), xyz, TR) for name, table in tables]


def centroids(archive: Path) -> Float[np.ndarray, "region 3"]:
    """Centre of each region, or of its larger half, in mm of MNI152."""
    content = gzip.decompress(read_member(archive, _ATLAS))
    image = nib.Nifti1Image.from_bytes(content)
    labels = np.asarray(image.dataobj).astype(int)
    inside = np.argwhere(labels)
    places, region = apply_affine(image.affine, inside), labels[tuple(inside.T)]
    return _centres(places, region)


def _centres(
    places: Float[np.ndarray, "voxel 3"], region: Integer[np.ndarray, " voxel"]
) -> Float[np.ndarray, "region 3"]:
    halves = 2 * region + (places[:, 0] < 0)
    sides = 2 * (int(region.max()) + 1)
    voxels = np.bincount(halves, minlength=sides)
    sums = np.stack([np.bincount(halves, axis, sides) for axis in places.T], axis=1)
    larger = voxels.reshape(-1, 2)[1:].argmax(axis=1) + np.arange(2, sides, 2)
    return sums[larger] / voxels[larger, None]


def _matches(pattern: re.Pattern[str], name: str) -> bool:
    return pattern.fullmatch(name) is not None


def _bold(table: bytes) -> Float[np.ndarray, "tr region"]:
    return pd.read_csv(io.BytesIO(table), sep="\t").to_numpy(float)[:, 1:]
