"""The template surface fsaverage5 as a subject of a pycortex filestore."""

from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.gifti.gifti import GiftiDataArray, GiftiImage

from braid.datasets.fsaverage5 import HEMISPHERES, KINDS, mesh, vertex_data


def write_template(folder: Path) -> None:
    """Write its surfaces and its curvature; having no volume, it has no transform in its folder."""
    for inner in ("surfaces", "surface-info", "transforms"):
        (folder / inner).mkdir(parents=True)
    for kind in KINDS:
        for hemisphere in HEMISPHERES:
            points, faces = mesh(kind, hemisphere)
            arrays = [
                GiftiDataArray(points.astype(np.float32), intent="NIFTI_INTENT_POINTSET"),
                GiftiDataArray(faces, intent="NIFTI_INTENT_TRIANGLE"),
            ]
            nib.save(GiftiImage(darrays=arrays), folder / f"surfaces/{kind}_{hemisphere}.gii")
    sides = vertex_data("curv")
    curvature = folder / "surface-info/curvature.npz"
    np.savez(curvature, left=sides["left"], right=sides["right"])
