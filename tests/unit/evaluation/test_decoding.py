"""Category decoding and identification: planted patterns, noise, and brute-force nulls."""

from itertools import permutations

import numpy as np
import pytest
import xarray as xr
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.svm import LinearSVC
from toys import table

from braid.errors import BadInput
from braid.evaluation.classification import classify, permute_within
from braid.evaluation.identification import identify, pair_matrix
from braid.evaluation.patterns import block_patterns
from braid.study.fits import Classify
from braid.timing import Stimulus

NAMES = ["cat", "face", "house", "shoe", "tool"]
SPEC = Classify(kind="classify", hemodynamic_lag=4, C=0.01, n_permutations=60)


@pytest.fixture
def blocks():
    """Make patterns of 6 runs by 5 categories, as strongly planted as asked."""

    def make(strength, embeddings=None, seed=0):
        random = np.random.default_rng(seed)
        label = np.tile(np.arange(5), 6)
        source = np.eye(5) if embeddings is None else embeddings
        means = source @ random.standard_normal((source.shape[1], 80))
        pattern = strength * means[label] + random.standard_normal((30, 80))
        return xr.Dataset(
            {"pattern": (("block", "voxel"), pattern)},
            coords={
                "run": ("block", np.repeat([f"r{i}" for i in range(6)], 5)),
                "label": ("block", np.array(NAMES)[label]),
            },
        )

    return make


def test_planted_categories_are_decoded_and_noise_is_not(blocks):
    planted = classify(blocks(2.0), SPEC, seed=0).attrs
    noise = classify(blocks(0.0), SPEC, seed=0).attrs
    assert planted["accuracy"] > 0.9
    assert planted["p"] == pytest.approx(1 / 61)
    assert noise["accuracy"] < 0.45
    assert noise["p"] > 0.05
    assert noise["chance"] == 0.2


def test_decoding_agrees_with_scikit_learn_on_unrotated_patterns(blocks):
    data = blocks(0.3)
    X, y, g = data["pattern"].values, data["label"].values, data["run"].values
    machine = LinearSVC(C=0.01, max_iter=20_000)
    hits = [
        machine.fit(X[a], y[a]).predict(X[b]) == y[b] for a, b in LeaveOneGroupOut().split(X, y, g)
    ]
    assert classify(data, SPEC, seed=0).attrs["accuracy"] == pytest.approx(np.mean(hits), abs=0.04)


def test_the_confusion_counts_every_block_once(blocks):
    found = classify(blocks(1.0), SPEC, seed=0)
    assert found["confusion"].values.sum(axis=1).tolist() == [6] * 5
    hits = np.trace(found["confusion"].values) / 30
    assert hits == pytest.approx(found.attrs["accuracy"])


def test_permutations_stay_inside_runs():
    runs = np.repeat([0, 1, 2], 4)
    values = np.arange(12)
    moved = permute_within(values, runs, np.random.default_rng(0))
    assert not np.array_equal(moved, values)
    for run in range(3):
        assert sorted(moved[runs == run]) == sorted(values[runs == run])


def test_a_pattern_is_the_mean_of_the_late_trs_of_its_block():
    responses = table(np.arange(60.0)[:, None] * np.ones(2), "bold", ("voxel",), runs=1)
    events = {"run": ["run0"], "onset": [11.0], "offset": [17.0], "label": ["cat"]}
    stimulus = Stimulus(xr.Dataset({k: ("x", v) for k, v in events.items()}).to_pandas(), {})
    # TRs at 11, 13, 15, ... s; read 4 s late: those at 15, 17 and 19 s, numbers 2 to 4.
    assert block_patterns(responses, stimulus, 4.0)["pattern"].values.tolist() == [[3.0, 3.0]]
    with pytest.raises(BadInput, match="block at 11 s"):
        block_patterns(responses, stimulus, 400.0)


def embeddings(seed=0):
    return np.random.default_rng(seed).standard_normal((5, 12))


def test_unseen_categories_are_identified_when_the_brain_encodes_the_embedding():
    E = embeddings(1)
    random = np.random.default_rng(2)
    weights = random.standard_normal((12, 400))
    label = np.tile(np.arange(5), 6)
    data = xr.Dataset(
        {"pattern": (("block", "voxel"), E[label] @ weights + random.standard_normal((30, 400)))},
        coords={
            "run": ("block", np.repeat([f"r{i}" for i in range(6)], 5)),
            "label": ("block", np.array(NAMES)[label]),
        },
    )
    assert identify(data, E, NAMES, alpha=0.1).attrs["accuracy"] > 0.8


def test_noise_is_identified_at_chance(blocks):
    results = [identify(blocks(0.0, seed=s), embeddings(s), NAMES, 1.0) for s in range(20)]
    assert np.mean([found.attrs["accuracy"] for found in results]) == pytest.approx(0.5, abs=0.12)
    assert np.mean([found.attrs["p"] for found in results]) == pytest.approx(0.5, abs=0.2)


def brute_force(data, E, alpha):
    """Leave out a run and two categories, refit, average predictions over runs, compare."""
    X, y, g = data["pattern"].values, data["label"].values, data["run"].values
    right = []
    for a in range(5):
        for b in range(a + 1, 5):
            pair = (NAMES[a], NAMES[b])
            predictions, centre = [], np.delete(E, [a, b], axis=0).mean(axis=0)
            for run in np.unique(g):
                train = (g != run) & ~np.isin(y, pair)
                mean = X[train].mean(axis=0)
                penalty = alpha * ((X[train] - mean) ** 2).sum() / train.sum()
                targets = np.stack([E[NAMES.index(name)] for name in y[train]])
                model = Ridge(alpha=penalty).fit(X[train], targets)
                test = [X[(g == run) & (y == name)].mean(axis=0) for name in pair]
                predictions.append(model.predict(np.stack(test)) - centre)
            P, T = np.mean(predictions, axis=0), E[[a, b]] - centre
            P, T = (M / np.linalg.norm(M, axis=1, keepdims=True) for M in (P, T))
            S = P @ T.T
            right.append(S[0, 0] + S[1, 1] > S[0, 1] + S[1, 0])
    return np.array(right)


def test_identification_is_that_of_refitted_ridges(blocks):
    data, E = blocks(0.6), embeddings()
    found = identify(data, E, NAMES, alpha=1.0)
    np.testing.assert_array_equal(found["right"].values, brute_force(data, E, 1.0))


def test_the_null_is_that_of_refits_with_relabelled_embeddings(blocks):
    data, E = blocks(0.6), embeddings()
    null = identify(data, E, NAMES, alpha=1.0)["null"].values
    orders = list(permutations(range(5)))
    assert len(null) == 120
    for i in (0, 17, 63, 119):
        assert null[i] == pytest.approx(brute_force(data, E[list(orders[i])], 1.0).mean())


def test_the_pair_matrix_is_symmetric_and_holds_every_pair(blocks):
    found = identify(blocks(0.6), embeddings(), NAMES, alpha=1.0)
    matrix = pair_matrix(found)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert np.isnan(np.diag(matrix)).all()
    assert np.nansum(matrix) / 2 == found["right"].values.sum()
