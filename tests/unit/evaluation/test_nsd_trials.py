"""From the files of a small NSD to scores: what is planted is found, and nothing else."""

import nsd_toys as toys
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from braid.datasets import nsd
from braid.datasets.responses import standardise
from braid.evaluation import left_out
from braid.evaluation.encoding import fit
from braid.evaluation.gather import gather
from braid.evaluation.plan import Plan
from braid.evaluation.recordings import open_recordings
from braid.evaluation.sample import sample
from braid.evaluation.table import tabulate
from braid.store import Shards, save, shard_numbers
from braid.timing import present

SESSIONS, USED, TRIALS, PICTURES, SHARED = 5, 4, 90, 150, 40
SHAPE, FEATURES, RATIO = (6, 5, 4), 10, 0.7
NAMES = tuple(f"subj01_session{n:02d}" for n in range(1, SESSIONS + 1))
PLANTED = np.arange(120) % 2 == 0

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Files of subject 1, features of all pictures in shards, and what was planted."""
    random, root = np.random.default_rng(0), tmp_path_factory.mktemp("nsd")
    image = random.permutation(np.repeat(np.arange(PICTURES), 3))
    files = {key: root / path for key, path in nsd.response_files("subj01", NAMES[0]).items()}
    for path in files.values():
        path.parent.mkdir(parents=True, exist_ok=True)
    numbers = {"masterordering": [image + 1], "subjectim": [np.arange(PICTURES) + 1]}
    toys.write_design(files["design"], **numbers, sharedix=[np.arange(0, PICTURES, 4)[:SHARED] + 1])
    session = np.repeat(np.arange(SESSIONS), TRIALS)
    shown = {"SUBJECT": 1, "SESSION": session + 1, "73KID": image + 1}
    pd.DataFrame(shown).to_csv(files["responses"], sep="\t", index=False)
    labels = np.where(PLANTED.reshape(SHAPE[::-1]), 1, 5).T
    toys.put_volume(files["streams"], labels)
    toys.put_volume(files["nsdgeneral"], np.ones(SHAPE, int))
    toys.put_volume(files["ncsnr"], np.full(SHAPE, RATIO))
    features = random.standard_normal((PICTURES, FEATURES)).astype(np.float32)
    weights = random.standard_normal((FEATURES, PLANTED.size))
    weights /= np.linalg.norm(weights, axis=0)
    signal = RATIO * PLANTED * (features @ weights)[image]
    bold = signal + random.standard_normal(signal.shape)
    # Levels and spreads drift from session to session.
    drifting = (1 + session[:, None]) * (bold + 3 * session[:, None] - 4)
    for number, part in enumerate(np.split(drifting, SESSIONS), 1):
        betas = np.round(100 * part).astype(np.int16).reshape(TRIALS, *SHAPE[::-1])
        toys.put(files["betas"].with_name(f"betas_session{number:02d}.hdf5"), betas=betas)
    return root, _shards(root, features)


def _shards(root, features):
    attrs = {"dataset": "nsd", "feature": "z", "shape": [FEATURES]}
    paths = [root / f"z{shard}.nc" for shard in range(3)]
    for shard, path in enumerate(paths):
        numbers = list(shard_numbers(PICTURES, 60, shard))
        values = (("image", "layer", "feature"), features[numbers][:, None])
        save(path, xr.Dataset({"features": values}, {"image": numbers, "layer": ["mean"]}, attrs))
    return paths


@pytest.fixture(scope="module")
def fitted(world):
    """Every step of a study: respond, present, fit, encode; and a sample fitted again."""
    root, shards = world
    responses = []
    for name in NAMES:
        paths = {role: root / path for role, path in nsd.response_files("subj01", name).items()}
        responses.append(root / f"{name}.nc")
        data = nsd.read_responses(paths, "subj01", name)
        save(responses[-1], standardise(data, nsd.CLEANING))
    files = {role: root / path for role, path in nsd.stimulus_files(NAMES, "events").items()}
    with Shards(shards, "features") as opened:
        design = present(opened, nsd.read_stimulus(files, NAMES, "events"))
    folds = {"kind": "pictures", "k": 4}
    fits = {"label": "z", "features": ["z"], "delays": [0], "alphas": [1, 10, 100], "inner": folds}
    plan = Plan.model_validate(
        {
            "fit": fits,
            "split": {"kind": "shared", "sessions": {"twin": USED}},
            "chance": {"n_draws": 500, "kind": "block_permutation"},
            "source": "twin",
            "tr": nsd.TR,
            "seed": 0,
        }
    )
    with open_recordings(responses, {"subject": "subj01"}) as recordings:
        table = tabulate([design], recordings.head, plan)
        scores, _ = fit(table, recordings, plan, slice(0, recordings.voxels))
        drawn = sample(table, recordings, plan, scores, 30, 0)
    return gather([scores], plan.chance), drawn, table


def test_planted_voxels_come_near_their_ceiling_and_noise_stays_at_chance(fitted):
    scores, _, _ = fitted
    planted = scores["roi"].values == "early"
    assert planted.sum() == PLANTED.sum()
    share = scores["r"].values / scores["ceiling"].values
    assert 0.9 < share[planted].mean() < 1.02
    assert (scores["q"].values[planted] < 0.05).all()
    assert abs(scores["r"].values[~planted].mean()) < 0.05
    assert (scores["p"].values[~planted] <= 0.05).mean() < 0.13


def test_the_ceiling_is_that_of_as_many_trials_as_were_averaged(fitted):
    scores, _, table = fitted
    used = np.isin(table.runs, NAMES[:USED]) & table.labels["shared"].values
    _, trials = np.unique(table.labels["image"].values[used], return_counts=True)
    assert set(trials) >= {2, 3}
    noise = 1 / RATIO**2 * np.mean(1 / trials)
    np.testing.assert_allclose(scores["ceiling"], np.sqrt(1 / (1 + noise)), rtol=1e-5)


def test_a_sample_is_the_whole_there(fitted):
    scores, drawn, _ = fitted
    numbers = drawn["voxel"].values
    for name in ("r", "r2", "r_run", "alpha", "p", "ceiling"):
        whole = scores[name].isel(voxel=numbers).values
        np.testing.assert_array_equal(drawn[name].values, whole)


def test_single_trials_have_the_ceiling_of_one(world, fitted):
    root, _ = world
    with open_recordings([root / f"{NAMES[0]}.nc"], {}) as recordings:
        ceiling = recordings.ceiling(slice(0, 5), left_out.Tested(frozenset(), 1.0))
    np.testing.assert_allclose(ceiling, np.sqrt(RATIO**2 / (1 + RATIO**2)), rtol=1e-6)
