"""The template surface fsaverage5, 10,242 vertices a hemisphere, as nilearn carries it.

Source: Fischl, Sereno, Tootell & Dale 1999, Human Brain Mapping 8. Places are in mm of MNI305.

Nilearn takes a second to import, and is only where a file is read: every plan asks for constants.
"""

from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Int

SPACE = "fsaverage5"
VERTICES = 10_242
"""Of each hemisphere."""

HEMISPHERES = MappingProxyType({"lh": "left", "rh": "right"})
# What pycortex calls a surface, and what nilearn does.
KINDS = MappingProxyType({"wm": "white", "pia": "pial", "inflated": "infl", "flat": "flat"})

_FILES = MappingProxyType({**KINDS, "sphere": "sphere"})

Mesh = tuple[Float[np.ndarray, "vertex 3"], Int[np.ndarray, "face 3"]]


def mesh(kind: str, hemisphere: str) -> Mesh:
    """Vertices in mm, and faces, of a surface of `KINDS`, or of the sphere, in `lh` or `rh`.

    The flat surface has no place for the vertices outside its cut; they lie in its middle.
    """
    from nilearn.surface import load_surf_mesh

    loaded = load_surf_mesh(_file(_FILES[kind], hemisphere))
    points, faces = np.asarray(loaded.coordinates, float), np.asarray(loaded.faces, np.int32)
    return (_flattened(points, np.unique(faces)) if kind == "flat" else points), faces


def vertex_data(kind: str) -> dict[str, Float[np.ndarray, " vertex"]]:
    """Give the `curv`, `sulc` or `thick` of the `left` and `right` hemisphere, as pycortex has it.

    Its import turns the sign of all that FreeSurfer made, which is what nilearn ships.
    """
    from nilearn.surface import load_surf_data

    return {
        side: -np.asarray(load_surf_data(_file(kind, hemisphere)), float)
        for hemisphere, side in HEMISPHERES.items()
    }


def coordinates() -> dict[str, tuple[str, np.ndarray]]:
    """Coordinates of a dimension `voxel` that goes through the vertices, left hemisphere first.

    Returns
    -------
    dict
        `hemi` (lh or rh), and `vertex`, its number in the hemisphere.
    """
    hemispheres = np.repeat(list(HEMISPHERES), VERTICES)
    numbers = np.tile(np.arange(VERTICES), len(HEMISPHERES))
    return {"hemi": ("voxel", hemispheres), "vertex": ("voxel", numbers)}


def _file(kind: str, hemisphere: str) -> str:
    from nilearn.datasets import fetch_surf_fsaverage

    return fetch_surf_fsaverage(SPACE)[f"{kind}_{HEMISPHERES[hemisphere]}"]


def _flattened(
    points: Float[np.ndarray, "vertex 3"], patch: Int[np.ndarray, " patch"]
) -> Float[np.ndarray, "vertex 3"]:
    flat = np.zeros_like(points)
    flat[:, :2] = points[patch, :2].mean(axis=0)
    flat[patch, :2] = points[patch, :2]
    return flat
