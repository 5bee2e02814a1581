import numpy as np
import pytest
import ridge_oracle
from ridge_oracle import planted

from braid.fitting import RidgeEngine, ridge_cv

RUNS = np.repeat([0, 1, 2], [12, 20, 16])
ALPHAS = np.logspace(-2, 4, 10)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


class Disk:
    """Responses on a disk, which counts how often each column is read."""

    def __init__(self, Y):
        self.Y, self.shape, self.reads = Y, Y.shape, np.zeros(Y.shape[1], int)

    def __getitem__(self, key):
        self.reads[key[1]] += 1
        return self.Y[key]


@pytest.mark.parametrize(("alpha", "times"), [("voxel", 1), ("shared", 2)])
def test_responses_on_disk_are_read_once_for_each_pass(rng, alpha, times):
    X, Y = planted(rng, RUNS, 6, 100)
    disk = Disk(Y)
    fit = ridge_cv(X, disk, runs=RUNS, alphas=ALPHAS, alpha=alpha, block=24)
    np.testing.assert_array_equal(disk.reads, np.full(100, times))
    at_once = ridge_cv(X, Y, runs=RUNS, alphas=ALPHAS, alpha=alpha, block=24)
    np.testing.assert_array_equal(fit.coef, at_once.coef)


def test_a_disk_error_ends_the_fit(rng):
    X, Y = planted(rng, RUNS, 6, 100)

    class Broken(Disk):
        def __getitem__(self, key):
            if key[1].start >= 48:
                raise OSError("input/output error")
            return super().__getitem__(key)

    with pytest.raises(OSError, match="input/output error"):
        RidgeEngine(X, runs=RUNS, alphas=ALPHAS, block=24).fit(Broken(Y))


@pytest.mark.parametrize("features", [6, 90])
def test_all_voxels_may_be_fitted_at_a_given_penalty(rng, features):
    X, Y = planted(rng, RUNS, features, 5)
    fit = RidgeEngine(X, runs=RUNS, alphas=ALPHAS).fit(Y, alpha=3)
    np.testing.assert_array_equal(fit.best_alphas, np.full(5, ALPHAS[3]))
    np.testing.assert_array_equal(fit.best_scores, fit.cv_scores[3])
    np.testing.assert_allclose(fit.coef, ridge_oracle.weights(X, Y, ALPHAS[3]), atol=1e-10)


def test_scores_alone_are_those_of_the_fit(rng):
    X, Y = planted(rng, RUNS, 6, 50)
    engine = RidgeEngine(X, runs=RUNS, alphas=ALPHAS, block=24)
    np.testing.assert_array_equal(engine.scores(Y), engine.fit(Y).cv_scores)


def test_one_engine_fits_many_responses(rng):
    X, Y = planted(rng, RUNS, 6, 60)
    engine = RidgeEngine(X, runs=RUNS, alphas=ALPHAS, block=24)
    first = engine.fit(Y[:, :30])
    engine.fit(Y[:, 30:])
    np.testing.assert_array_equal(engine.fit(Y[:, :30]).coef, first.coef)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("near", [1.0, 1e-3], ids=["plain", "thin"])
def test_results_are_in_the_precision_of_the_features(rng, dtype, near):
    X, Y = planted(rng, RUNS, 3, 5)
    X = np.hstack([X, X + near * rng.normal(size=X.shape)]).astype(dtype)
    fit = RidgeEngine(X, runs=RUNS, alphas=ridge_oracle.WIDE).fit(Y)
    for name in ("best_alphas", "best_scores", "cv_scores", "coef"):
        assert getattr(fit, name).dtype == dtype


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("thin", range(3))
def test_one_thin_fold_among_others_is_scored_in_double_precision(rng, backend, thin):
    first = rng.normal(size=(len(RUNS), 1))
    X = np.hstack([first, first + 1e-3 * rng.normal(size=first.shape)])
    X[thin == RUNS, 1] *= 3
    X, Y = X.astype(np.float32), ridge_oracle.respond(rng, X, 5).astype(np.float32)
    engine = RidgeEngine(X, runs=RUNS, alphas=ridge_oracle.WIDE, backend=backend)
    truth = ridge_oracle.cv_scores(X, Y, RUNS, engine.alphas)
    ridge_oracle.assert_scores(engine.scores(Y), truth, 1e-6)


def test_nothing_happens_on_the_way_of_an_ordinary_fit(rng):
    X, Y = planted(rng, RUNS, 6, 5)
    engine = RidgeEngine(X, runs=RUNS, alphas=ALPHAS)
    engine.fit(Y)
    assert engine.events == []


@pytest.mark.parametrize("rows", [len(RUNS) - 1, len(RUNS) + 1])
def test_responses_of_another_length_are_refused(rng, rows):
    X, Y = planted(rng, RUNS, 6, 5)
    with pytest.raises(ValueError, match=f"X has 48 TRs to fit, Y {rows}"):
        RidgeEngine(X, runs=RUNS, alphas=ALPHAS).fit(np.resize(Y, (rows, 5)))


def test_features_that_are_not_finite_are_refused(rng):
    X, _ = planted(rng, RUNS, 6, 5)
    X[12, 5] = np.inf
    with pytest.raises(ValueError, match="row 12, column 5"):
        RidgeEngine(X, runs=RUNS, alphas=ALPHAS)


@pytest.mark.parametrize("features", [1, 6])
@pytest.mark.parametrize("score", ["r", "r2"])
def test_a_run_without_stimuli_scores_zero(rng, features, score):
    X, Y = planted(rng, RUNS, features, 5)
    X[RUNS == 1] = 0
    Y -= Y.mean(axis=0)
    scores = RidgeEngine(X, runs=RUNS, alphas=ALPHAS, score=score).scores(Y)
    others = [(train, test) for train, test in _folds() if 1 not in RUNS[test]]
    expected = ridge_oracle.cv_scores(X, Y, RUNS, ALPHAS, folds=others, score=score) * 2
    empty = RUNS == 1
    if score == "r2":
        expected += ridge_oracle.r2(Y[empty], np.zeros_like(Y[empty]))
    np.testing.assert_allclose(scores, expected / 3, atol=1e-10)


def _folds():
    return [(np.flatnonzero(run != RUNS), np.flatnonzero(run == RUNS)) for run in range(3)]


def test_a_block_whose_bits_would_depend_on_the_split_is_refused(rng):
    with pytest.raises(ValueError, match="a block of 100 voxels: take a multiple of 24"):
        RidgeEngine(rng.normal(size=(len(RUNS), 3)), runs=RUNS, alphas=ALPHAS, block=100)


@pytest.mark.parametrize("dtype", [np.float16, ">f4"])
def test_features_of_other_types_are_fitted_in_single_precision(rng, dtype):
    X, Y = rng.normal(size=(len(RUNS), 3)).astype(dtype), rng.normal(size=(len(RUNS), 4))
    engines = (RidgeEngine(x, runs=RUNS, alphas=ALPHAS) for x in (X, X.astype(np.float32)))
    found, expected = (engine.scores(Y) for engine in engines)
    np.testing.assert_array_equal(found, expected)
