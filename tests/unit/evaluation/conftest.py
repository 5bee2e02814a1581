"""Tiny designs and responses with a known truth."""

from itertools import count

import numpy as np
import pytest
from toys import FEATURES, RUNS, TRS, VOXELS, table

from braid.evaluation import parts
from braid.evaluation.encoding import fit
from braid.evaluation.gather import gather
from braid.evaluation.plan import Plan
from braid.evaluation.recordings import open_recordings
from braid.evaluation.search import search
from braid.evaluation.table import tabulate
from braid.store import load, save, stitch


@pytest.fixture
def design():
    values = np.random.default_rng(0).standard_normal((RUNS * TRS, 2, FEATURES))
    return table(values.astype(np.float32), "design", ("layer", "feature"))


@pytest.fixture
def responses(design):
    """Half of the voxels follow layer 1 with a delay of one TR, half are noise; two are masked."""
    random = np.random.default_rng(1)
    signal = design["design"].values[:, 1] @ random.standard_normal((FEATURES, VOXELS))
    delayed = np.vstack([np.zeros((1, VOXELS)), signal[:-1]])
    delayed[::TRS] = 0
    bold = delayed + random.standard_normal(delayed.shape)
    bold[:, VOXELS // 2 :] = random.standard_normal((RUNS * TRS, VOXELS - VOXELS // 2))
    bold -= bold.reshape(RUNS, TRS, VOXELS).mean(axis=1).repeat(TRS, axis=0)
    bold[:, [0, VOXELS - 1]] = np.nan
    return table(bold.astype(np.float32), "bold", ("voxel",))


@pytest.fixture
def plan():
    def make(split=None, **fit):
        defaults = {
            "label": "toy",
            "features": ["toy"],
            "delays": [0, 2, 4],
            "alphas": [0.1, 1, 10, 100, 1000],
            "inner": {"kind": "runs"},
        }
        return Plan.model_validate(
            {
                "fit": defaults | fit,
                "split": split or {"kind": "runs"},
                "chance": {"n_draws": 200},
                "source": "twin",
                "tr": 2.0,
                "seed": 0,
            }
        )

    return make


@pytest.fixture
def encode(tmp_path):
    """Run the jobs of one fit: search and fit every part, gather."""
    runs = count()

    def run(designs, recordings, plan, jobs=1):
        folder = tmp_path / str(next(runs))
        paths = [folder / f"recording{i}.nc" for i in range(len(recordings))]
        for path, recording in zip(paths, recordings, strict=True):
            save(path, recording)
        with open_recordings(paths, {"subject": "S1"}) as opened:
            designed = tabulate(designs, opened.head, plan)
            slices = [parts.part(opened.voxels, i, jobs) for i in range(jobs)]
            chosen = plan.one_penalty or any(X.shape[1] > 1 for X in designed.designs)
            searched = slices if chosen and jobs > 1 else []
            searches = [search(designed, opened, plan, part) for part in searched]
            fitted = [fit(designed, opened, plan, part, searches) for part in slices]
        weights = [folder / f"{i}.weights.nc" for i in range(jobs)]
        for path, (_, one) in zip(weights, fitted, strict=True):
            save(path, one)
        stitch(folder / "weights.nc", weights, "coef")
        return gather([scores for scores, _ in fitted], plan.chance), load(folder / "weights.nc")

    return run
