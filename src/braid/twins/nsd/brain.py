"""Simulated subjects of NSD: a shell of cortex on a small grid, its streams, their planted SNR."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import nibabel as nib
import numpy as np
from jaxtyping import Bool, Float, Int

from braid.datasets.nsd.volumes import STREAMS

VOXEL = 1.8  # mm
INNER = 0.72  # radius of the white matter, that of the brain being 1

# Middle of each stream as a direction from the centre: to the side, forward, up.
_DIRECTIONS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "early": (0.15, -1, 0),
        "midventral": (0.45, -0.7, -0.6),
        "midlateral": (0.8, -0.65, 0),
        "midparietal": (0.4, -0.65, 0.65),
        "ventral": (0.45, -0.35, -0.8),
        "lateral": (0.95, -0.3, 0),
        "parietal": (0.45, -0.35, 0.8),
    }
)
# Standard deviation of signal over that of noise in one trial, in the middle of its spread.
_SNR: Mapping[str, float] = MappingProxyType(
    {
        "early": 1.25,
        "midventral": 0.7,
        "midlateral": 0.6,
        "midparietal": 0.5,
        "ventral": 1.25,
        "lateral": 0.5,
        "parietal": 0.3,
        "unknown": 0.0,
    }
)
_SPREAD = (0.6, 1.2)


@dataclass(frozen=True)
class Brain:
    """The volumes of a subject, indexed [x, y, z].

    Attributes
    ----------
    inside
        Where there is brain.
    streams, general
        Masks as published: labels, 0 in cortex without one, -1 outside cortex.
    ncsnr
        Planted signal-to-noise ratio of single trials.
    """

    inside: Bool[np.ndarray, "x y z"]
    streams: Int[np.ndarray, "x y z"]
    general: Int[np.ndarray, "x y z"]
    ncsnr: Float[np.ndarray, "x y z"]

    @property
    def masked(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Indices (i, j, k) of the voxels of a mask, those along x next to each other."""
        k, j, i = np.nonzero(((self.streams > 0) | (self.general > 0)).T)
        return i, j, k

    @property
    def region(self) -> np.ndarray:
        """Stream of each masked voxel."""
        return np.array(STREAMS)[np.maximum(self.streams[self.masked], 0)]


def make_brain(shape: tuple[int, int, int], rng: np.random.Generator, *, signal: bool) -> Brain:
    """Make an ellipsoid that fills the grid; the streams are at its back.

    Parameters
    ----------
    shape
        Voxels along x, y, z.
    rng
        Spreads the signal-to-noise ratio.
    signal
        Without it the ratio is zero everywhere.
    """
    points = np.stack(np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij"), axis=-1)
    radius = np.linalg.norm(points, axis=-1)
    cortex = (radius > INNER) & (radius <= 1)
    forward, up = points[..., 1], points[..., 2]
    streams = np.where(forward < -0.1, _nearest(points), 0)
    general = ((forward < 0.05) & (up < 0.7)).astype(int)
    means = signal * np.array([_SNR[name] for name in STREAMS])
    ncsnr = means[streams] * rng.uniform(*_SPREAD, shape)
    return Brain(
        radius <= 1,
        np.where(cortex, streams, -1),
        np.where(cortex, general, -1),
        np.where(cortex, ncsnr, 0),
    )


def write_volumes(root: Path, subject: str, brain: Brain) -> None:
    """Write masks, signal-to-noise ratio and anatomy where NSD has them."""
    volumes = root / f"nsddata/ppdata/{subject}/func1pt8mm"
    betas = root / f"nsddata_betas/ppdata/{subject}/func1pt8mm/betas_fithrf_GLMdenoise_RR"
    (volumes / "roi").mkdir(parents=True)
    betas.mkdir(parents=True)
    _write(volumes / "roi/streams.nii.gz", brain.streams.astype(np.int16))
    _write(volumes / "roi/nsdgeneral.nii.gz", brain.general.astype(np.int16))
    _write(betas / "ncsnr.nii.gz", brain.ncsnr.astype(np.float32))
    bright = 400 * brain.inside + 300 * (brain.inside & (brain.streams < 0))
    _write(volumes / "T1_to_func1pt8mm.nii.gz", bright.astype(np.int16))


def _nearest(points: Float[np.ndarray, "x y z 3"]) -> Int[np.ndarray, "x y z"]:
    """Label of the stream in whose direction a point lies, the same on both sides."""
    directions = np.array([_DIRECTIONS[name] for name in STREAMS[1:]])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    mirrored = np.concatenate([np.abs(points[..., :1]), points[..., 1:]], axis=-1)
    return (mirrored @ directions.T).argmax(axis=-1) + 1


def _write(path: Path, volume: np.ndarray) -> None:
    affine = np.diag([VOXEL, VOXEL, VOXEL, 1])
    affine[:3, 3] = -VOXEL / 2 * (np.array(volume.shape) - 1)
    nib.save(nib.Nifti1Image(volume, affine), path)
