"""The correctness grid: every path of the engine against the textbook in float64."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import ridge_oracle
from himalaya.ridge import RidgeCV
from himalaya.scoring import correlation_score
from ridge_oracle import WIDE, assert_scores
from sklearn.linear_model import Ridge
from sklearn.model_selection import PredefinedSplit

from braid.fitting import (
    Folds,
    RidgeEngine,
    contiguous_blocks,
    delay,
    hold_out,
    leave_one_run_out,
    ridge_cv,
)

RUNS = np.repeat(["b", "a", "d", "c"], [9, 14, 11, 16])
TRS = len(RUNS)
USUAL = np.logspace(-1, 4, 12)
BOUNDS = {np.float32: 1e-6, np.float64: 1e-10}


@dataclass
class Case:
    """A shape of the problem; TRS x `features` at `delays`, at `rank` where that is lower."""

    features: int = 6
    rank: int | None = None
    copies: int = 1
    voxels: int = 4
    runs: np.ndarray = field(default_factory=lambda: RUNS)
    folds: Folds | None = None
    delays: tuple[int, ...] = (0,)
    edges: str = "run"
    rows: np.ndarray | None = None

    @property
    def given(self):
        return {
            "runs": self.runs, "folds": self.folds, "delays": self.delays, "edges": self.edges,
            "rows": self.rows,
        }  # fmt: skip

    def data(self, dtype, seed=0):
        rng = np.random.default_rng(seed)
        rank = self.rank or self.features
        X = rng.normal(size=(len(self.runs), rank))
        if self.rank:
            X = X @ rng.normal(size=(rank, self.features)) / np.sqrt(rank)
        X = np.tile(X, self.copies).astype(dtype)
        rows = slice(None) if self.rows is None else self.rows
        A = delay(X.astype(float), self.delays, self.runs if self.edges == "run" else None)[rows]
        return X, ridge_oracle.respond(rng, A, self.voxels).astype(dtype)


LENDING = np.setdiff1d(np.arange(TRS), [0, 10, 11, 25, 26, 49])
CASES = {
    "more rows": Case(6),
    "square": Case(TRS),
    "more columns": Case(3 * TRS),
    "rows of training": Case(36, folds=hold_out(RUNS, ["a"])),
    "low rank": Case(20, rank=4),
    "low rank, more columns": Case(80, rank=4),
    "duplicated columns": Case(5, copies=3),
    "duplicated columns, more columns": Case(30, copies=3),
    "one voxel": Case(voxels=1),
    "one feature": Case(1),
    "one feature, delayed": Case(1, delays=(1, 2, 3)),
    "even runs": Case(runs=np.repeat(np.arange(5), 10)),
    "runs of many lengths": Case(runs=np.repeat(np.arange(5), [3, 30, 8, 4, 5])),
    "two folds of two runs": Case(folds=hold_out(RUNS, ["a", "b"]) + hold_out(RUNS, ["c", "d"])),
    "a single fold": Case(folds=hold_out(RUNS, ["d"])),
    "a single fold, more columns": Case(60, folds=hold_out(RUNS, ["d"])),
    "blocks with gaps": Case(runs=np.zeros(TRS), folds=contiguous_blocks(TRS, 4, 3)),
    "blocks with gaps, more columns": Case(
        60, runs=np.zeros(TRS), folds=contiguous_blocks(TRS, 4, 3), delays=(0, 1)
    ),
    "little to train on": Case(2, folds=[(b, a) for a, b in leave_one_run_out(RUNS)]),
    "hrf": Case(4, delays=(1, 2, 3, 4)),
    "hrf, more columns": Case(20, delays=(1, 2, 3, 4)),
    "looking ahead": Case(4, delays=(-2, -1)),
    "unsorted": Case(4, delays=(3, 0, -1)),
    "longer than a run": Case(3, runs=np.repeat([0, 1, 2], [4, 20, 26]), delays=(0, 6)),
    "leaking": Case(4, delays=(0, 1, 3), edges="stack"),
    "leaking, more columns": Case(20, delays=(0, 1, 3), edges="stack"),
    "rows that lend": Case(4, delays=(0, 1, 2), rows=LENDING),
    "rows that lend, more columns": Case(20, delays=(0, 1, 2), rows=LENDING),
    "rows out of order": Case(4, delays=(0, 1), rows=LENDING[::-1]),
}  # fmt: skip

cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
dtypes = pytest.mark.parametrize("dtype", BOUNDS)
alpha_grids = pytest.mark.parametrize("alphas", [USUAL, WIDE], ids=["usual", "wide"])


PATHS = [
    (np.float32, "numpy", WIDE), (np.float64, "numpy", WIDE), (np.float32, "numpy", USUAL),
    (np.float32, "torch", WIDE), (np.float64, "torch", USUAL),
]  # fmt: skip


@cases
@pytest.mark.parametrize(("dtype", "backend", "alphas"), PATHS)
def test_correlations_and_choices_are_those_of_the_textbook(case, dtype, backend, alphas):
    X, Y = case.data(dtype)
    engine = RidgeEngine(X, alphas=alphas, backend=backend, block=96, **case.given)
    truth = ridge_oracle.cv_scores(X, Y, alphas=engine.alphas, **case.given)
    assert_scores(engine.scores(Y), truth, BOUNDS[dtype])


@cases
@dtypes
def test_r2_is_that_of_the_textbook(case, dtype):
    X, Y = case.data(dtype)
    engine = RidgeEngine(X, alphas=USUAL[::3], score="r2", block=96, **case.given)
    truth = ridge_oracle.cv_scores(X, Y, alphas=engine.alphas, score="r2", **case.given)
    size = np.maximum(1, np.abs(truth))
    assert_scores(engine.scores(Y) / size, truth / size, 3 * BOUNDS[dtype])


@cases
@pytest.mark.parametrize(("dtype", "backend"), [(np.float32, "torch"), (np.float64, "numpy")])
def test_weights_and_predictions_are_those_of_the_textbook(case, dtype, backend):
    X, Y = case.data(dtype)
    fit = ridge_cv(X, Y, alphas=USUAL[::5], backend=backend, block=96, **case.given)
    inside = case.runs if case.edges == "run" else None
    A = delay(X.astype(float), case.delays, inside)
    rows = slice(None) if case.rows is None else case.rows
    for voxel, alpha in enumerate(fit.best_alphas):
        expected = ridge_oracle.weights(A[rows], Y[:, [voxel]].astype(float), alpha)
        atol = 3 * BOUNDS[dtype]
        np.testing.assert_allclose(fit.coef[:, [voxel]], expected, atol=atol)
        predicted = fit.predict(X, case.runs)[:, [voxel]]
        np.testing.assert_allclose(predicted, A @ expected, atol=10 * atol)


@cases
@pytest.mark.parametrize(("score", "tolerance"), [("r", 1e-3), ("r2", 2e-5)])
def test_bounded_scores_keep_their_bound(case, score, tolerance):
    X, Y = case.data(np.float32)
    engine = RidgeEngine(X, alphas=USUAL, score=score, tolerance=tolerance, block=96, **case.given)
    truth = ridge_oracle.cv_scores(X, Y, alphas=engine.alphas, score=score, **case.given)
    rounding = 2e-6 * np.maximum(1, np.abs(truth))
    assert (np.abs(engine.scores(Y) - truth) <= tolerance + rounding).all()


@pytest.mark.parametrize("nearness", [1e-2, 1e-3, 1e-5, 1e-6, 1e-8], ids="{:.0e}".format)
@pytest.mark.parametrize("features", [20, 200])
@dtypes
def test_tiny_penalties_on_nearly_equal_columns(nearness, features, dtype):
    rng = np.random.default_rng(0)
    runs = np.repeat(np.arange(4), 30)
    half = rng.normal(size=(len(runs), features // 2))
    X = np.hstack([half, half + nearness * rng.normal(size=half.shape)]).astype(dtype)
    Y = ridge_oracle.respond(rng, X, 6).astype(dtype)
    engine = RidgeEngine(X, runs=runs, alphas=WIDE, block=96)
    assert_scores(engine.scores(Y), ridge_oracle.cv_scores(X, Y, runs, engine.alphas), 1e-6)


@pytest.mark.parametrize("noise", [0.1, 1])
@pytest.mark.parametrize("features", [30, 90, 300])
@pytest.mark.parametrize("decay", [0, 1, 2])
@alpha_grids
def test_single_precision_holds_its_bound_on_spectra_of_any_shape(noise, features, decay, alphas):
    rng = np.random.default_rng(features)
    runs = np.repeat(np.arange(4), 30)
    X = rng.normal(size=(len(runs), features)) * np.arange(1, features + 1.0) ** -decay
    X = X.astype(np.float32)
    Y = ridge_oracle.respond(rng, X, 6, noise).astype(np.float32)
    engine = RidgeEngine(X, runs=runs, alphas=alphas, block=96)
    assert_scores(engine.scores(Y), ridge_oracle.cv_scores(X, Y, runs, engine.alphas), 1e-6)


def test_over_25_decades_himalaya_in_single_precision_is_wrong_where_this_is_right():
    rng = np.random.default_rng(0)
    runs = np.repeat(np.arange(4), 30)
    X = np.tile(rng.normal(size=(len(runs), 10)), 2).astype(np.float32)
    Y = ridge_oracle.respond(rng, X, 20).astype(np.float32)
    truth = ridge_oracle.cv_scores(X, Y, runs, WIDE)
    settings = {"score_func": correlation_score, "local_alpha": True}
    peer = RidgeCV(WIDE.astype(np.float32), cv=PredefinedSplit(runs), solver_params=settings)
    peer.fit(X, Y)
    assert np.abs(peer.cv_scores_ - truth.max(axis=0)).max() > 1e-2
    fit = ridge_cv(X, Y, runs=runs, alphas=WIDE, block=96)
    assert_scores(fit.cv_scores, truth, 1e-6)


def test_himalaya_agrees_where_it_is_right():
    X, Y = CASES["more rows"].data(np.float64)
    _, splits = np.unique(RUNS, return_inverse=True)
    settings = {"score_func": correlation_score, "local_alpha": True}
    peer = RidgeCV(USUAL, cv=PredefinedSplit(splits), solver_params=settings)
    peer.fit(X, Y)
    fit = ridge_cv(X, Y, runs=RUNS, alphas=USUAL)
    np.testing.assert_allclose(fit.best_alphas, peer.best_alphas_)
    np.testing.assert_allclose(fit.best_scores, peer.cv_scores_, atol=1e-10)
    np.testing.assert_allclose(fit.coef, peer.coef_, atol=1e-10)


def test_weights_agree_with_scikit_learn():
    X, Y = CASES["hrf"].data(np.float64)
    fit = ridge_cv(X, Y, runs=RUNS, alphas=USUAL, delays=(1, 2, 3, 4))
    A = delay(X, (1, 2, 3, 4), RUNS)
    single = Ridge(alpha=fit.best_alphas, fit_intercept=False).fit(A, Y)
    np.testing.assert_allclose(fit.coef, single.coef_.T, atol=1e-10)
