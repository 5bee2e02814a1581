"""Ridge by the singular values of the dense design, in float64: slow, and plain to see through."""

import numpy as np

from braid.fitting import Folds, delay, leave_one_run_out

WIDE = np.logspace(-12, 12, 25)


def planted(rng, runs, features, voxels, noise=1.0):
    """Features, and responses that they drive at equal strength in every voxel."""
    X = rng.normal(size=(len(runs), features))
    return X, respond(rng, X, voxels, noise)


def respond(rng, X, voxels, noise=1.0):
    """Responses of unit signal, and noise."""
    signal = X @ rng.normal(size=(X.shape[1], voxels))
    return signal / signal.std(axis=0) + noise * rng.normal(size=signal.shape)


def decompose(A):
    """Singular values and vectors without null directions."""
    left, singular, right = np.linalg.svd(A, full_matrices=False)
    kept = singular**2 > singular[0] ** 2 * min(A.shape) * np.finfo(float).eps
    return left[:, kept], singular[kept], right[kept]


def weights(A, Y, alpha):
    """argmin_B ||Y - A B||^2 + alpha ||B||^2, of the least length where alpha is tiny."""
    left, singular, right = decompose(A)
    return right.T @ ((singular / (singular**2 + alpha))[:, None] * (left.T @ Y))


def cv_scores(
    X, Y, runs, alphas, *, folds: Folds | None = None, delays=(0,), edges="run", rows=None,
    score="r",
):  # fmt: skip
    """Score of each penalty and voxel, mean over folds, by the textbook."""
    X, Y = np.asarray(X, float), np.asarray(Y, float)
    rows = np.arange(len(X)) if rows is None else rows
    A = delay(X, delays, runs if edges == "run" else None)[rows]
    folds = folds or leave_one_run_out(runs[rows])
    per_fold = [_fold(A, Y, alphas, *fold, score) for fold in folds]
    return np.mean(per_fold, axis=0)


def _fold(A, Y, alphas, train, test, score):
    left, singular, right = decompose(A[train])
    U, Z = A[test] @ right.T, left.T @ Y[train]
    predictions = [U @ ((singular / (singular**2 + a))[:, None] * Z) for a in alphas]
    return [(pearson if score == "r" else r2)(Y[test], P) for P in predictions]


def pearson(Y, P):
    y, p = Y - Y.mean(axis=0), P - P.mean(axis=0)
    return (y * p).sum(axis=0) / np.sqrt((y**2).sum(axis=0) * (p**2).sum(axis=0))


def r2(Y, P):
    return 1 - ((Y - P) ** 2).sum(axis=0) / ((Y - Y.mean(axis=0)) ** 2).sum(axis=0)


def assert_scores(found, truth, atol):
    """The same scores, and the same choice of penalty except at ties."""
    np.testing.assert_allclose(found, truth, rtol=0, atol=atol)
    chosen = np.take_along_axis(truth, found.argmax(axis=0)[None], axis=0)[0]
    lost = truth.max(axis=0) - chosen
    assert lost.max() < 1e-6
