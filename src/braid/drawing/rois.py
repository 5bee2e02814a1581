"""A subject's own regions of interest, as outlined on its flatmap."""

import shutil
import sys
import tempfile
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
from jaxtyping import Int

from braid.drawing.cortex_store import use_filestore
from braid.errors import BadInput


def read_rois(filestore: Path, subject: str) -> dict[str, Int[np.ndarray, " vertex"]]:
    """Read the vertices within each outline of a subject's `overlays.svg`.

    Scores of voxels are averaged in a region over `viewer.vertices`. Subjects of 300,000 vertices
    take 20 s.

    Parameters
    ----------
    filestore
        Folder that `cortex_store.build` filled; nothing is written there.
    subject
        A subject that was published with its outlines.

    Returns
    -------
    dict
        Name of the region, such as `AC`, to its vertices, where those of the right hemisphere
        count on from the left. Outlines that hold no vertex are left out.

    Raises
    ------
    BadInput
        When there are no outlines, or they cannot be read.
    """
    outlines = filestore / subject / "overlays.svg"
    if not outlines.exists():
        raise BadInput(outlines, "file", "missing", "name the role `overlays` among the files")
    cortex = use_filestore(filestore)
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
        copy = shutil.copy(outlines, folder)  # pycortex adds empty layers to what it reads
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Requested layer .* contains no splines")
            try:
                found = cortex.get_roi_verts(subject, overlay_file=copy)
            except (SyntaxError, AttributeError, TypeError, ValueError, LookupError) as error:
                problem = f"not as pycortex draws them ({type(error).__name__}: {error})"
                raise BadInput(outlines, "svg", problem, "fetch it again") from None
    return {name: vertices.astype(int) for name, vertices in found.items() if vertices.size}
