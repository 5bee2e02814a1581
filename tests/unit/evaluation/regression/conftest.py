"""Two tiny subjects who saw the same pictures, whose voxels carry features linearly."""

from contextlib import ExitStack

import numpy as np
import pytest
import xarray as xr

from braid.evaluation.recordings import open_recordings
from braid.evaluation.regression.decode import decode
from braid.store import Shards, save
from braid.study.pictures import Regress

SESSIONS, TRIALS, TESTED = 3, 240, 40


class World:
    """Responses and features on disk, and the truth about them in memory."""

    EARLY, VENTRAL = 60, 20
    NOISE = 1.0
    MASKED = 5
    """Voxel of S1 and S2 that misses the first response of the second session."""

    def __init__(self, folder, features=None, seen=3):
        random = np.random.default_rng(7)
        self.folder, self.pictures = folder, SESSIONS * TRIALS // seen
        drawn = random.standard_normal((self.pictures, 40)) + 2
        self.features = (drawn if features is None else features).astype(np.float32)
        self.shown = random.permutation(np.repeat(np.arange(self.pictures), seen))
        self.shared = self.shown % (self.pictures // TESTED) == 1
        self.codes, self.bold = {}, {}
        for subject in ("S1", "S2"):
            self._respond(subject, random)
        self.store(self.features)

    def _respond(self, subject, random):
        width = self.features.shape[1]
        strength = np.linspace(0.3, 1.5, width)[:, None] / np.sqrt(width)
        code = random.standard_normal((width, self.EARLY)) * strength
        bold = random.standard_normal((len(self.shown), self.EARLY + self.VENTRAL)) * self.NOISE
        bold[:, : self.EARLY] += self.features[self.shown] @ code
        bold[TRIALS, self.MASKED] = np.nan
        self.codes[subject], self.bold[subject] = code, bold.astype(np.float32)
        self.store_responses(subject)

    def store_responses(self, subject):
        for session in range(SESSIONS):
            save(self.path(subject, session), self._recording(subject, session))

    def path(self, subject, session):
        return self.folder / f"{subject}-{session}.nc"

    def _recording(self, subject, session):
        rows = slice(session * TRIALS, (session + 1) * TRIALS)
        return xr.Dataset(
            {"bold": (("tr", "voxel"), self.bold[subject][rows])},
            coords={
                "run": ("tr", [f"{subject}_session{session:02d}"] * TRIALS),
                "image": ("tr", self.shown[rows]),
                "shared": ("tr", self.shared[rows]),
                "roi": ("voxel", ["early"] * self.EARLY + ["ventral"] * self.VENTRAL),
            },
            attrs={"dataset": "toy", "subject": subject, "recording": f"{session}"},
        )

    def store(self, features, numbers=None):
        """Write features of pictures in two files."""
        numbers = np.arange(self.pictures) if numbers is None else numbers
        self.shards = [self.folder / f"{part}.nc" for part in range(2)]
        for path, part in zip(self.shards, np.array_split(numbers, 2), strict=True):
            values = (("image", "layer", "feature"), features[part][:, None].astype(np.float32))
            attrs = {"dataset": "toy", "feature": "z", "shape": [features.shape[1] // 2, 2]}
            save(path, xr.Dataset({"features": values}, {"image": part, "layer": ["z"]}, attrs))

    def decode(self, subject="S1", others="S2", files=range(SESSIONS), seed=0, **said):
        with ExitStack() as stack:
            opened = {
                name: stack.enter_context(
                    open_recordings([self.path(name, i) for i in files], {"subject": name})
                )
                for name in (subject, others)
                if name
            }
            shards = stack.enter_context(Shards(self.shards, "features"))
            spec = Regress.model_validate(SAID | said)
            return decode(opened[subject], shards, spec, "twin", seed, opened.get(others))

    @property
    def tests(self):
        return np.unique(self.shown[self.shared])


SAID = {
    "kind": "regress",
    "label": "toy",
    "feature": "z",
    "regions": ["early"],
    "sessions": {"twin": SESSIONS},
    "alphas": [1, 10, 30, 100, 300, 1000, 10000],
    "folds": 4,
}


@pytest.fixture
def world(tmp_path):
    return lambda *given, **named: World(tmp_path, *given, **named)
