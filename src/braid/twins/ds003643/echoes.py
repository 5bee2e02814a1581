"""Raw runs of the simulated ds003643: one acquisition, seen at three echo times."""

from pathlib import Path

import nibabel as nib
import numpy as np
from jaxtyping import Float
from nibabel.affines import apply_affine, from_matvec
from scipy.spatial import KDTree

from braid.twins import responses
from braid.twins.ds003643 import texts
from braid.twins.mni import Brain

TR = 2.0
GRID = (16, 16, texts.SLICES)  # a quarter of the published one, a third of its slices
EDGES = (15.0, 15.0, 11.4)  # of voxels, mm
PLACE = (3.0, -20.0, 12.0)  # of the middle of the grid, in mm of the brain
LEVEL = 1000
DECAY = 0.04  # s, T2* of all tissue
BOLD = 0.02  # change of the signal at an echo time equal to the decay
THERMAL = 2.0  # noise of its own in each echo


def write(
    folder: Path,
    name: str,
    language: str,
    response: Float[np.ndarray, "tr voxel"],
    brain: Brain,
    rng: np.random.Generator,
) -> None:
    """Write the three echoes of a run and their sidecars.

    Echoes share their response and its noise, which grow with the echo time, and differ by a
    little noise of their own: they are no repeats.

    Parameters
    ----------
    folder
        `func` of the subject.
    name
        Of the run, to which echoes are added.
    language
        Which tells the echo times.
    response
        Noiseless, in the voxels of the brain, z-scored in time.
    brain
        Where these voxels are.
    rng
        For the noise.
    """
    middle = np.multiply(EDGES, [(size - 1) / 2 for size in GRID])
    affine = from_matvec(np.diag(EDGES), np.subtract(PLACE, middle))
    points = apply_affine(affine, np.indices(GRID).reshape(3, -1).T)
    centres = apply_affine(brain.affine, np.argwhere(brain.mask))
    distance, nearest = map(np.asarray, KDTree(centres).query(points))
    inside = distance < max(EDGES) / 2
    here = nearest[inside]
    bold = responses.measure(response[:, here], brain.ceiling[here], rng).T
    for echo, seconds in enumerate(texts.ECHO_TIMES[language], 1):
        values = THERMAL * np.abs(rng.standard_normal((len(points), len(response))))
        values[inside] += LEVEL * np.exp(-seconds / DECAY) * (1 + BOLD * seconds / DECAY * bold)
        image = nib.Nifti1Image(values.reshape(*GRID, -1).astype(np.int16), affine)
        image.header.set_zooms((*EDGES, TR))
        nib.save(image, folder / f"{name}_echo-{echo}_bold.nii.gz")
        texts.write_sidecar(folder / f"{name}_echo-{echo}_bold.json", language, echo)
