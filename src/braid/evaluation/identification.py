"""Two-way identification of categories that training never saw, in a semantic embedding.

For each pair of categories a ridge from patterns to embeddings is trained on the other categories
of all runs but one, and predicts the pair's embeddings from the run left out. A pair is right when
the true assignment of predictions to the two embeddings is more similar than the swapped one
(Mitchell et al. 2008, Science 320:1191, leave-two-out).

A ridge prediction is a weighted sum of the training targets. The weights depend on the brain data
alone, so the exact permutation test over all assignments of labels to embeddings needs no refit:
every similarity follows from the Gram matrix of the embeddings.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float, Int

from braid.fitting import leave_one_run_out

# Permutations worked on at once: 1,000 of them for 28 pairs of 8 categories take 15 MB.
BATCH = 1000


def identify(
    blocks: xr.Dataset,
    embeddings: Float[np.ndarray, "category dim"],
    names: list[str],
    alpha: float,
) -> xr.Dataset:
    """Identify each of two unseen categories from the brain.

    Parameters
    ----------
    blocks
        `pattern` (block, voxel) with coordinates `run` and `label`; other labels are left out.
    embeddings
        One row per name.
    names
        The categories.
    alpha
        Ridge penalty in units of the mean eigenvalue of the training kernel: fixed beforehand,
        so nothing is selected.

    Returns
    -------
    xr.Dataset
        `right` (pair,), `margin` (pair,), `null` (permutation,) accuracies of all assignments of
        labels to embeddings; attributes accuracy, chance, p (exact).
    """
    pairs = list(combinations(range(len(names)), 2))
    weights = np.stack([_pair_weights(blocks, names, pair, alpha) for pair in pairs])
    gram = (embeddings @ embeddings.T).astype(np.float64)
    identity = np.arange(len(names))[None]
    margin = _margins(weights, pairs, gram, identity)[0]
    orders = np.array(list(permutations(range(len(names)))))
    null = np.concatenate(
        [(_margins(weights, pairs, gram, part) > 0).mean(axis=1) for part in _batches(orders)]
    )
    accuracy = float((margin > 0).mean())
    return xr.Dataset(
        {"right": ("pair", margin > 0), "margin": ("pair", margin), "null": ("permutation", null)},
        coords={
            "first": ("pair", [names[a] for a, _ in pairs]),
            "second": ("pair", [names[b] for _, b in pairs]),
        },
        attrs=blocks.attrs
        | {
            "accuracy": accuracy,
            "chance": 0.5,
            "p": float((null >= accuracy).mean()),
            "categories": names,
        },
    )


def pair_matrix(identified: xr.Dataset) -> Float[np.ndarray, "category category"]:
    """1 where a pair was told apart, 0 where not, NaN on the diagonal."""
    names = list(identified.attrs["categories"])
    matrix = np.full((len(names), len(names)), np.nan)
    first, second = (
        [names.index(name) for name in identified[side].values] for side in ("first", "second")
    )
    matrix[first, second] = matrix[second, first] = identified["right"].values
    return matrix


def pair_rows(identified: Iterable[xr.Dataset]) -> pd.DataFrame:
    """One row for each embedding and pair: whether it was told apart, and by what margin."""
    tables = [
        one[["right", "margin"]]
        .to_dataframe()
        .reset_index(drop=True)
        .assign(embedding=one.attrs["label"], accuracy=one.attrs["accuracy"], p=one.attrs["p"])
        for one in identified
    ]
    return pd.concat(tables, ignore_index=True)


def _pair_weights(
    blocks: xr.Dataset, names: list[str], pair: tuple[int, int], alpha: float
) -> Float[np.ndarray, "two category"]:
    """Weights of the training categories in the two predictions, averaged over left-out runs."""
    label = np.array([names.index(x) if x in names else -1 for x in blocks["label"].values])
    X = blocks["pattern"].values.astype(np.float64)
    folds = leave_one_run_out(blocks["run"].values)
    return np.mean(
        [_fold_weights(X, label, pair, fold, alpha, len(names)) for fold in folds], axis=0
    )


def _fold_weights(
    X: Float[np.ndarray, "block voxel"],
    label: Int[np.ndarray, " block"],
    pair: tuple[int, int],
    fold: tuple[np.ndarray, np.ndarray],
    alpha: float,
    size: int,
) -> Float[np.ndarray, "two category"]:
    train, test = fold
    train = train[(label[train] >= 0) & ~np.isin(label[train], pair)]
    mean = X[train].mean(axis=0)
    centred = X[train] - mean
    kernel = centred @ centred.T
    penalty = alpha * np.trace(kernel) / len(train)
    new = np.stack([X[test][label[test] == member].mean(axis=0) - mean for member in pair])
    dual = np.linalg.solve(kernel + penalty * np.eye(len(train)), centred @ new.T).T
    # The patterns are centred, so the weights of each prediction sum to zero over the blocks, and
    # the targets count from their training mean.
    return dual @ np.eye(size)[label[train]]


def _margins(
    weights: Float[np.ndarray, "pair two category"],
    pairs: list[tuple[int, int]],
    gram: Float[np.ndarray, "category category"],
    orders: Int[np.ndarray, "permutation category"],
) -> Float[np.ndarray, "permutation pair"]:
    """Similarity of the true assignment minus that of the swapped one, for each relabelling."""
    grams = gram[orders[:, :, None], orders[:, None, :]]
    targets = _targets(pairs, gram.shape[0])
    similar = np.einsum("pai,nij,pbj->npab", weights, grams, targets, optimize=True)
    similar /= np.sqrt(_norms(weights, grams))[:, :, :, None]
    similar /= np.sqrt(_norms(targets, grams))[:, :, None, :]
    return similar[:, :, 0, 0] + similar[:, :, 1, 1] - similar[:, :, 0, 1] - similar[:, :, 1, 0]


def _targets(pairs: list[tuple[int, int]], size: int) -> Float[np.ndarray, "pair two category"]:
    """Embeddings of a pair, measured from the mean of the categories that were trained on."""
    targets = np.zeros((len(pairs), 2, size))
    for target, pair in zip(targets, pairs, strict=True):
        target[:, [c for c in range(size) if c not in pair]] = -1 / (size - 2)
        target[[0, 1], list(pair)] = 1
    return targets


def _norms(
    vectors: Float[np.ndarray, "pair two category"],
    grams: Float[np.ndarray, "permutation category category"],
) -> Float[np.ndarray, "permutation pair two"]:
    return np.einsum("pai,nij,paj->npa", vectors, grams, vectors, optimize=True)


def _batches(orders: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(orders), BATCH):
        yield orders[start : start + BATCH]
