"""Scores of one subject's cortex: voxels of its mask, or vertices of the template fsaverage5."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from braid.datasets.fsaverage5 import HEMISPHERES, SPACE, VERTICES
from braid.errors import BadInput

MASK = "thick"


@dataclass(frozen=True)
class Panel:
    """One map of one subject.

    Attributes
    ----------
    label
        Title of the map.
    subject
        Name of the subject, such as `UTS01`.
    space
        Where its values lie: a transform of the subject in the pycortex filestore, such as
        `UTS01_auto`, or `fsaverage5`.
    values
        A score per voxel, in the order of the subject's thick mask, or per vertex, the left
        hemisphere first; NaN is not drawn.
    q
        FDR-corrected p per value; those at or above the level are not drawn.
    regions
        Masks of values to outline, by name.
    note
        A line under the title, such as how far `q` can be trusted.
    """

    label: str
    subject: str
    space: str
    values: Float[np.ndarray, " voxel"]
    q: Float[np.ndarray, " voxel"] | None = None
    regions: Mapping[str, Bool[np.ndarray, " voxel"]] = field(default_factory=dict)
    note: str = ""

    @property
    def on_template(self) -> bool:
        """Whether values lie on vertices of fsaverage5."""
        return self.space == SPACE

    @property
    def cortex(self) -> str:
        """Whose cortex is drawn, as the filestore names it."""
        return SPACE if self.on_template else self.subject

    @property
    def unit(self) -> str:
        """What the values are of."""
        return "vertices" if self.on_template else "voxels"


def as_brain(cortex: ModuleType, panel: Panel, values: Float[np.ndarray, " voxel"]) -> Any:
    """Give values in the panel's order as pycortex takes them, a Volume or a Vertex.

    Raises
    ------
    BadInput
        When the mask or the template has another number of places.
    """
    if not panel.on_template:
        return cortex.Volume(volume(cortex, panel, values), panel.subject, panel.space)
    if values.size != len(HEMISPHERES) * VERTICES:
        raise BadInput(
            panel.label,
            "vertices",
            f"{SPACE} has {len(HEMISPHERES) * VERTICES} vertices, the map {values.size}",
            f"draw scores of responses whose space is {SPACE}",
        )
    return cortex.Vertex(values, SPACE)


def volume(
    cortex: ModuleType, panel: Panel, values: Float[np.ndarray, " voxel"]
) -> Float[np.ndarray, "z y x"]:
    """Put values in mask order into the subject's volume, NaN where the mask has no voxel.

    Raises
    ------
    BadInput
        When the mask has another number of voxels.
    """
    mask = cortex.db.get_mask(panel.subject, panel.space, MASK)
    if mask.sum() != values.size:
        raise BadInput(
            f"{panel.subject}/transforms/{panel.space}/mask_{MASK}.nii.gz",
            "voxels",
            f"the mask of {panel.subject} has {mask.sum()} voxels, the map {values.size}",
            f"draw scores of {panel.subject} made with this mask",
        )
    filled = np.full(mask.shape, np.nan)
    filled[mask] = values
    return filled
