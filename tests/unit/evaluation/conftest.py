"""Tiny designs and responses with a known truth."""

import numpy as np
import pytest
from toys import FEATURES, RUNS, TRS, VOXELS, table

from braid.evaluation.encoding import Plan


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
