"""A made-up study of any shape: slow features with a steep spectrum, responses planted in them."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr
from bench.measure import Measured
from scipy.signal import lfilter

from braid.fitting import delay, hold_out
from braid.fitting.folds import Folds
from braid.store import VOXEL_BLOCK, save

DELAYS = (1, 2, 3, 4)
N_FOLDS = 5
RUN_LENGTH = 350  # TRs of a story of ds003020, about
FEATURE_MEMORY, NOISE_MEMORY = 0.7, 0.5  # AR(1) coefficients
CEILING = (0.15, 0.6)  # correlation of signal and response, uniform over voxels
CHECKED = 200  # voxels whose scores are compared with a float64 solution


def make(folder: str, rows: int, columns: int, voxels: int) -> Measured:
    """Write features, the same features delayed, run labels and responses."""
    path, rng = Path(folder), np.random.default_rng(rows + columns)
    path.mkdir(parents=True, exist_ok=True)
    runs = np.arange(rows) * (N_FOLDS * round(1 + rows / RUN_LENGTH / N_FOLDS)) // rows
    X = features(rng, rows, columns // len(DELAYS))
    delayed = delay(X, DELAYS, runs)
    np.save(path / "X.npy", X)
    np.save(path / "runs.npy", runs)
    np.save(path / "delayed.npy", delayed)
    Y = np.hstack([responses(rng, delayed, n) for n in _blocks(voxels)])
    save(path / "Y.nc", xr.Dataset({"responses": (("tr", "voxel"), Y)}))
    return {}


def features(rng: np.random.Generator, rows: int, width: int) -> np.ndarray:
    """Give columns of unit variance; the variance of the n-th axis falls as 1 / n."""
    axes = slow(rng, rows, width, FEATURE_MEMORY) / np.sqrt(1 + np.arange(width))
    mixed = axes @ np.linalg.qr(rng.standard_normal((width, width)))[0]
    return standard(mixed).astype(np.float32)


def responses(rng: np.random.Generator, delayed: np.ndarray, voxels: int) -> np.ndarray:
    weights = rng.standard_normal((delayed.shape[1], voxels)).astype(np.float32)
    signal = standard(delayed @ weights)
    noise = standard(slow(rng, len(delayed), voxels, NOISE_MEMORY))
    share = rng.uniform(*CEILING, voxels)
    return (share * signal + np.sqrt(1 - share**2) * noise).astype(np.float32)


def slow(rng: np.random.Generator, rows: int, width: int, memory: float) -> np.ndarray:
    """AR(1) time courses, one a column."""
    return lfilter([1], [1, -memory], rng.standard_normal((rows, width)), axis=0)


def standard(columns: np.ndarray) -> np.ndarray:
    return (columns - columns.mean(axis=0)) / columns.std(axis=0)


def _blocks(voxels: int) -> list[int]:
    return [min(VOXEL_BLOCK, voxels - start) for start in range(0, voxels, VOXEL_BLOCK)]


class Responses:
    """The first voxels of a file: a shape and `[:, a:b]`, all that a streaming fit asks for."""

    def __init__(self, path: Path, voxels: int | None) -> None:
        self._stored = h5py.File(path)["responses"]
        self.shape = (self._stored.shape[0], voxels or self._stored.shape[1])

    def __getitem__(self, index: Any) -> np.ndarray:
        return self._stored[index]


class Problem:
    """What `make` wrote, opened by a child process."""

    def __init__(self, folder: str, voxels: int | None = None) -> None:
        self.path = Path(folder)
        self.runs = np.load(self.path / "runs.npy")
        self.responses = Responses(self.path / "Y.nc", voxels)

    def features(self) -> np.ndarray:
        return np.load(self.path / "X.npy")

    def delayed(self) -> np.ndarray:
        return np.load(self.path / "delayed.npy")

    def block(self) -> np.ndarray:
        """One block of responses."""
        return self.responses[:, : min(VOXEL_BLOCK, self.responses.shape[1])]

    def folds(self) -> Folds:
        """Each fold holds out neighbouring runs."""
        held = np.array_split(np.unique(self.runs), N_FOLDS)
        return [fold for runs in held for fold in hold_out(self.runs, runs.tolist())]

    def checked(self) -> np.ndarray:
        """Voxels of the accuracy check, spread over all."""
        voxels = self.responses.shape[1]
        return np.linspace(0, voxels - 1, min(CHECKED, voxels)).astype(int)
