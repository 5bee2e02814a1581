"""Rest of one subject on fsaverage5, from the brainspace wheel (Vos de Wael et al. 2020, BSD-3).

Subject 010188 of the LEMON data (Babayan et al. 2019), 652 TRs. Known limits:

- The header gives 1 s as TR; it is 1.4 s (Mendes et al. 2019, Scientific Data 6).
- Vertices of the medial wall are zero, and are left out.
- The confounds that travel with it have not been removed; they are here, with linear trends.
- Vertices are in MNI305, the parcels in MNI152: a few mm apart.
"""

import gzip
import io
from pathlib import Path

import nibabel as nib
import numpy as np
from jaxtyping import Float

from braid.datasets.fsaverage5 import HEMISPHERES, mesh
from braid.datasets.rest.parcels import a424_cortex, parcellate
from braid.datasets.rest.series import Series
from braid.sources.archives import read_member

TR = 1.4

_RUN = "brainspace/datasets/preprocessing/sub-010188_ses-02_task-rest_acq-AP_run-01"


def read(archive: Path) -> list[Series]:
    """Read the one recording, in parcels of cortex of the atlas A424.

    Raises
    ------
    BadInput
        When the archive cannot be read.
    """
    bold = np.concatenate([_hemisphere(archive, hemi) for hemi in HEMISPHERES], axis=1)
    places = np.concatenate([mesh("pia", hemi)[0] for hemi in HEMISPHERES])
    centroids = a424_cortex()
    parcelled = parcellate(bold, places, centroids)
    confounds = np.loadtxt(io.BytesIO(read_member(archive, f"{_RUN}_confounds.txt")), ndmin=2)
    return [
        Series("sub-010188", _without(parcelled.bold, confounds), centroids[parcelled.kept], TR)
    ]


def _hemisphere(archive: Path, hemi: str) -> Float[np.ndarray, "tr vertex"]:
    """Responses of a hemisphere, NaN where there is none."""
    content = gzip.decompress(read_member(archive, f"{_RUN}.fsa5.{hemi}.mgz"))
    bold = np.asarray(nib.MGHImage.from_bytes(content).dataobj, float).squeeze().T
    return np.where(bold.any(axis=0), bold, np.nan)


def _without(
    bold: Float[np.ndarray, "tr parcel"], confounds: Float[np.ndarray, "tr confound"]
) -> Float[np.ndarray, "tr parcel"]:
    """What a constant, a line and the confounds do not explain."""
    design = np.column_stack([np.ones(len(bold)), np.linspace(-1, 1, len(bold)), confounds])
    return bold - design @ np.linalg.lstsq(design, bold)[0]
