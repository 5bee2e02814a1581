"""The peers, as we wrote them, do what they are said to do; so does the check of accuracy."""

import numpy as np
import pytest
from bench import peers, peers_torch, reference
from sklearn.linear_model import Ridge

from braid.fitting import contiguous_blocks
from braid.timing.lanczos import interpolate

ALPHAS = (0.1, 10.0, 1000.0)
FOLDS = contiguous_blocks(120, 4, gap=0)


@pytest.fixture(params=[20, 150], ids=["primal", "dual"])
def problem(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((120, request.param))
    return X, X[:, :6] + 3 * rng.standard_normal((120, 6))


def sklearn_scores(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Mean over folds of np.corrcoef, from scikit-learn's ridge."""

    def score(alpha: float, train: np.ndarray, test: np.ndarray) -> list[float]:
        model = Ridge(alpha, fit_intercept=False).fit(X[train], Y[train])
        pairs = zip(Y[test].T, model.predict(X[test]).T, strict=True)
        return [np.corrcoef(y, p)[0, 1] for y, p in pairs]

    return np.mean([[score(alpha, *fold) for alpha in ALPHAS] for fold in FOLDS], axis=0)


def test_the_direct_solution_is_that_of_scikit_learn(problem):
    X, Y = problem
    scores = [reference.fold_scores(X[a], Y[a], X[b], Y[b], ALPHAS) for a, b in FOLDS]
    np.testing.assert_allclose(np.mean(scores, axis=0), sklearn_scores(X, Y), atol=1e-10)


def test_huthlab_scores_and_weights(problem):
    X, Y = problem
    scores, weights = peers.huthlab_ridge(X, Y, FOLDS, ALPHAS)
    np.testing.assert_allclose(scores, sklearn_scores(X, Y), atol=1e-10)
    for voxel, best in enumerate(scores.argmax(axis=0)):
        model = Ridge(ALPHAS[best], fit_intercept=False).fit(X, Y[:, voxel])
        np.testing.assert_allclose(weights[:, voxel], model.coef_, atol=1e-9)


def test_litcoder_scores_are_short_by_one_in_n(problem):
    X, Y = (array.astype(np.float32) for array in problem)
    scores, weights = peers_torch.litcoder_ridge(X, Y, FOLDS, ALPHAS)
    np.testing.assert_allclose(scores / (1 - 1 / 30), sklearn_scores(X, Y), atol=2e-5)
    expected = peers.huthlab_ridge(X, Y, FOLDS, ALPHAS)[1]
    np.testing.assert_allclose(weights, expected, atol=2e-4)


def test_the_dense_lanczos_is_the_sparse_one():
    rng = np.random.default_rng(0)
    words, grid = np.sort(rng.uniform(0, 60, 150)), np.arange(1.0, 60, 2)
    words[7] = grid[3]
    values = rng.standard_normal((150, 5))
    dense = peers.huthlab_lanczos(values, words, grid)
    np.testing.assert_allclose(dense, interpolate(values, words, grid), atol=1e-12)


@pytest.mark.parametrize("test", [peers.huthlab_permutation, peers.scipy_permutation])
def test_a_permutation_finds_what_is_there_and_no_more(test):
    rng = np.random.default_rng(0)
    Y = rng.standard_normal((200, 40))
    P = rng.standard_normal((200, 40))
    P[:, :20] += Y[:, :20]
    p = test(Y, P, 10, 60, 0)
    assert (p[:20] == 0).all()
    assert 0.3 < p[20:].mean() < 0.7


def test_accuracy_tells_how_far_off_a_side_is():
    exact = [[0.1, 0.2], [0.3, 0.1], [0.2, 0.15]]
    wrong = {"best": [1, 2], "best_scores": [0.31, 0.15], "cv_scores": [[0.1, 0.2]] * 3}
    found = reference.accuracy(wrong, exact)
    assert found == pytest.approx({"best": 0.05, "same": 0.5, "lost": 0.05, "all": 0.2})
    assert "all" not in reference.accuracy(wrong | {"cv_scores": None}, exact)
