"""Category decoding from block patterns, with a null that keeps the runs apart."""

import numpy as np
import xarray as xr
from jaxtyping import Float, Int
from sklearn.svm import LinearSVC

from braid.evaluation.rows import permute_within
from braid.fitting import leave_one_run_out
from braid.study.fits import Classify


def classify(blocks: xr.Dataset, spec: Classify, seed: int) -> xr.Dataset:
    """Decode the category of each block of a run that training never saw.

    A linear support vector machine, one against the rest, leaving one run out. The null permutes
    the labels within each run, so that it keeps how often a run shows each category.

    Parameters
    ----------
    blocks
        `pattern` (block, voxel) with coordinates `run` and `label`.
    spec
        Penalty and number of permutations.
    seed
        Of the permutations.

    Returns
    -------
    xr.Dataset
        `predicted` (block,), `confusion` (truth, answer) in blocks, `null` (permutation,)
        accuracies; attributes accuracy, chance, p.
    """
    names, truth = np.unique(blocks["label"].values, return_inverse=True)
    runs = blocks["run"].values
    X = _rotated(blocks["pattern"].values.astype(np.float64))
    predicted = _predict(X, truth, runs, spec.C)
    accuracy = float((predicted == truth).mean())
    null = _null(X, truth, runs, spec, seed)
    confusion = np.zeros((names.size, names.size), dtype=int)
    np.add.at(confusion, (truth, predicted), 1)
    return xr.Dataset(
        {
            "predicted": ("block", names[predicted]),
            "confusion": (("truth", "answer"), confusion),
            "null": ("permutation", null),
        },
        coords={
            "run": ("block", runs),
            "label": ("block", names[truth]),
            "truth": names,
            "answer": names,
        },
        attrs=blocks.attrs
        | {
            "accuracy": accuracy,
            "chance": 1 / names.size,
            "p": float((1 + (null >= accuracy).sum()) / (1 + null.size)),
            "voxels": blocks.sizes["voxel"],
        },
    )


def _rotated(X: Float[np.ndarray, "block voxel"]) -> Float[np.ndarray, "block axis"]:
    """Turn the patterns onto the axes that they span: fewer columns, the same inner products.

    A linear machine with a quadratic penalty does not notice, and a permutation takes a fifth of
    the time.
    """
    left, singular, _ = np.linalg.svd(X, full_matrices=False)
    return left * singular


def _predict(
    X: Float[np.ndarray, "block axis"], truth: Int[np.ndarray, " block"], runs: np.ndarray, C: float
) -> Int[np.ndarray, " block"]:
    predicted = np.empty_like(truth)
    machine = LinearSVC(C=C, random_state=0, max_iter=20_000)
    for train, test in leave_one_run_out(runs):
        predicted[test] = machine.fit(X[train], truth[train]).predict(X[test])
    return predicted


def _null(
    X: np.ndarray, truth: np.ndarray, runs: np.ndarray, spec: Classify, seed: int
) -> Float[np.ndarray, " permutation"]:
    random = np.random.default_rng(seed)
    accuracies = np.empty(spec.n_permutations)
    for i in range(spec.n_permutations):
        labels = permute_within(truth, runs, random)
        accuracies[i] = (_predict(X, labels, runs, spec.C) == labels).mean()
    return accuracies
