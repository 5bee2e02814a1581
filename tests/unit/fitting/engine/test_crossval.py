import numpy as np
import pytest
import ridge_oracle
from scipy.stats import pearsonr
from sklearn.metrics import r2_score

from braid.fitting.engine.backends import to_backend, to_numpy
from braid.fitting.engine.crossval import STRIP, Scan
from braid.fitting.engine.spectra import Fold

TRAIN, TEST, AXES = 120, 40, 60
ALPHAS = np.logspace(-3, 3, 20)

scores = pytest.mark.parametrize("score", ["r", "r2"])


class Watched(Scan):
    """A scan that tells which voxels it was not certain of, and may be kept from mending them."""

    mends = True

    def _mend(self, scores, uncertain, *given):
        self.uncertain = to_numpy(uncertain)
        if self.mends:
            super()._mend(scores, uncertain, *given)


class Unmended(Watched):
    mends = False


@pytest.fixture
def rng():
    return np.random.default_rng(0)


class Problem:
    """One fold with a thin spectrum."""

    def __init__(self, rng, shift=0.0):
        decay = np.arange(1, AXES + 1) ** -2.0
        self.A, B = (rng.normal(size=(n, AXES)) * decay for n in (TRAIN, TEST))
        self.left, singular, right = np.linalg.svd(self.A, full_matrices=False)
        self.axes, self.squares = right[::-1].T, singular[::-1] ** 2
        self.U = (B + shift) @ self.axes
        self.fold = Fold(self.squares, self.axes, self.U)

    def rotated(self, Y):
        return Y.T @ self.A @ self.axes

    def natural(self, rng, voxels):
        return ridge_oracle.respond(rng, self.A, voxels)

    def pairs(self):
        """Responses of two neighbouring axes alone, be they ever so small."""
        return self.left[:, :-1] + self.left[:, 1:]

    def truth(self, Z, y, score, alphas=ALPHAS):
        function = ridge_oracle.pearson if score == "r" else ridge_oracle.r2
        return np.array([function(y, self.U @ (Z / (self.squares + a)).T) for a in alphas])


@scores
def test_scores_agree_with_scipy_and_scikit_learn(rng, score):
    problem = Problem(rng, shift=0.3)
    Z, y = problem.rotated(problem.natural(rng, 4)), 2 + rng.normal(size=(TEST, 4))
    found = Scan(problem.fold, ALPHAS, score, 1e-12).scores(Z, y.T)
    by_hand = {"r": lambda y, p: pearsonr(y, p).statistic, "r2": r2_score}[score]
    for a, alpha in enumerate(ALPHAS):
        P = problem.U @ (Z / (problem.squares + alpha)).T
        expected = [by_hand(y[:, v], P[:, v]) for v in range(4)]
        np.testing.assert_allclose(found[a], expected, atol=1e-10)


@scores
@pytest.mark.parametrize("tolerance", [1e-2, 1e-3, 1e-5, 1e-8])
@pytest.mark.parametrize("kind", ["natural", "pairs"])
@pytest.mark.parametrize("alphas", [ALPHAS, ridge_oracle.WIDE], ids=["usual", "wide"])
def test_no_voxel_that_the_pieces_vouch_for_is_further_off_than_the_tolerance(
    rng, score, tolerance, kind, alphas
):
    problem = Problem(rng)
    Y = problem.natural(rng, 50) if kind == "natural" else problem.pairs()
    Z, y = problem.rotated(Y), rng.normal(size=(TEST, Y.shape[1]))
    truth = problem.truth(Z, y, score, alphas)
    raw = Unmended(problem.fold, alphas, score, tolerance)
    off = np.abs(raw.scores(Z, y.T) - truth).max(axis=0)
    assert (off[~raw.uncertain] <= tolerance).all()
    mended = Scan(problem.fold, alphas, score, tolerance).scores(Z, y.T)
    assert np.abs(mended - truth).max() <= tolerance


@scores
@pytest.mark.parametrize("tolerance", [1e-5, 1e-6])
@pytest.mark.parametrize("strength", [0.1, 1, 100])
@pytest.mark.parametrize("n_alphas", [5, 25, 100])
def test_rounding_in_single_precision_is_part_of_the_bound(
    rng, score, tolerance, strength, n_alphas
):
    problem, alphas = Problem(rng), np.logspace(-12, 12, n_alphas)
    problem.U = problem.U.astype(np.float32).astype(float)
    fold = problem.fold._replace(left_out=problem.U.astype(np.float32))
    Y = np.hstack([problem.natural(rng, 50), problem.pairs()])
    Z, y = problem.rotated(strength * Y), rng.normal(size=(TEST, Y.shape[1]))
    truth = problem.truth(Z, y, score, alphas)
    found = Scan(fold, alphas, score, tolerance).scores(Z, y.T)
    least = 3e-7 if score == "r" else 1e-6 * np.maximum(1, np.abs(truth))
    assert (np.abs(found - truth) <= tolerance + least).all()


@scores
def test_responses_that_the_pieces_fail_are_scored_penalty_by_penalty(rng, score):
    problem = Problem(rng)
    strong = 100 * problem.natural(rng, 5)
    Y = np.hstack([problem.natural(rng, 5), strong, problem.pairs()])
    Z, y = problem.rotated(Y), rng.normal(size=(TEST, Y.shape[1]))
    truth = problem.truth(Z, y, score)
    raw, whole = (kind(problem.fold, ALPHAS, score, 1e-3) for kind in (Unmended, Watched))
    assert np.abs(raw.scores(Z, y.T) - truth).max() > 1e-3
    error = np.abs(whole.scores(Z, y.T) - truth) / np.maximum(1, np.abs(truth))
    assert whole.uncertain.any()
    assert error[:, whole.uncertain].max() < 1e-12


def test_natural_responses_need_no_mending(rng):
    problem = Problem(rng)
    scan = Watched(problem.fold, ALPHAS, "r", 1e-3)
    Z = problem.rotated(problem.natural(rng, 100))
    scan.scores(Z, rng.normal(size=(100, TEST)))
    assert scan.compression
    assert not scan.uncertain.any()


@scores
@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("voxels", [1, STRIP, STRIP + 1])
def test_a_voxel_scores_the_same_wherever_strips_begin(rng, score, backend, voxels):
    problem = Problem(rng)
    fold = Fold(*(to_backend(np.ascontiguousarray(part), backend) for part in problem.fold))
    Z, y = problem.rotated(problem.natural(rng, voxels)), rng.normal(size=(TEST, voxels))
    scan = Scan(fold, ALPHAS, score, 1e-6)
    found = scan.scores(to_backend(Z, backend), to_backend(np.ascontiguousarray(y.T), backend))
    np.testing.assert_allclose(to_numpy(found), problem.truth(Z, y, score), atol=1e-6)


@scores
@pytest.mark.parametrize("alphas", [ALPHAS[:1], ALPHAS], ids=["one by one", "pieces"])
def test_responses_that_do_not_vary_in_the_fold_score_zero(rng, score, alphas):
    problem = Problem(rng)
    scan = Scan(problem.fold, alphas, score, 1e-6)
    Z = problem.rotated(problem.natural(rng, 2))
    assert (scan.scores(Z, np.zeros((2, TEST))) == 0).all()
    assert (scan.scores(0 * Z, rng.normal(size=(2, TEST))) == 0).all() or score == "r2"


@scores
@pytest.mark.parametrize("flat", ["all", "one axis"])
def test_features_that_do_not_vary_in_the_fold_are_scored(rng, score, flat):
    problem = Problem(rng)
    problem.U[:, slice(None) if flat == "all" else 7] = 0
    Z, y = problem.rotated(problem.natural(rng, 3)), rng.normal(size=(TEST, 3))
    fold = problem.fold._replace(left_out=problem.U)
    found = Scan(fold, ALPHAS, score, 1e-9).scores(Z, y.T)
    expected = problem.truth(Z, y, score) if flat == "one axis" or score == "r2" else 0
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), atol=1e-9)
