"""The sides of the ridge benchmarks: each runs in a child process and says what it took.

Every side first reads its features and one block of responses (`held` is the peak by then). BRAID
reads the responses from disk while the clock runs; the others have them in memory before, and
have the delayed columns made for them.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from bench.measure import Measured, peak, stopwatch
from bench.synthetic import DELAYS, Problem

from braid.fitting import ridge_cv
from braid.fitting.engine.core import RidgeEngine

# himalaya's own batches; larger ones are no faster and cost memory.
HIMALAYA_BATCHES = {"n_targets_batch": 1000, "n_alphas_batch": 5}


def braid(folder: str, alphas: list[float], tolerance: float) -> Measured:
    """`ridge_cv` as the pipeline calls it."""
    problem = Problem(folder)
    X, _ = problem.features(), problem.block()
    held = peak()
    with stopwatch() as used:
        fit = ridge_cv(X, problem.responses, **_settings(problem, alphas, tolerance))
    best = _nearest(alphas, fit.best_alphas)
    return used | {"held": held} | _scores(problem, best, fit.best_scores, fit.cv_scores)


def braid_streamed(
    folder: str, alphas: list[float], tolerance: float, voxels: int | None = None
) -> Measured:
    """Fit block by block, each block's weights written as they come."""
    problem = Problem(folder, voxels)
    X, size = problem.features(), problem.block().nbytes
    settings = _settings(problem, alphas, tolerance)
    width = problem.responses.shape[1]
    held = peak()
    with stopwatch() as used:
        with stopwatch() as prepared:
            engine = RidgeEngine(X, **settings)
        with (problem.path / "weights").open("wb") as weights:
            for start in range(0, width, engine.block):
                fit = engine.fit(problem.responses[:, start : min(start + engine.block, width)])
                fit.coef.tofile(weights)
    found = {"held": held, "block": size, "prepared": prepared["cpu"]}
    return used | found | {"operations": engine.operations(width)}


def himalaya(folder: str, alphas: list[float], backend: str) -> Measured:
    """RidgeCV where there are fewer columns than TRs, KernelRidgeCV otherwise, as it advises."""
    from himalaya.backend import set_backend
    from himalaya.kernel_ridge import KernelRidgeCV
    from himalaya.ridge import RidgeCV
    from himalaya.scoring import correlation_score

    problem = Problem(folder)
    chosen = set_backend(backend)
    X, _ = problem.delayed(), problem.block()
    held = peak()
    settings = {"score_func": correlation_score} | HIMALAYA_BATCHES
    estimator = RidgeCV if X.shape[1] < len(X) else KernelRidgeCV
    model = estimator(alphas=np.array(alphas), cv=problem.folds(), solver_params=settings)
    Y = problem.responses[:, :]
    with stopwatch() as used:
        model.fit(chosen.asarray(X), chosen.asarray(Y))
    best, scores = (np.asarray(found) for found in (model.best_alphas_, model.cv_scores_))
    return used | {"held": held} | _scores(problem, _nearest(alphas, best), scores.ravel(), None)


def huthlab(folder: str, alphas: list[float]) -> Measured:
    """Its ridge as `bench.peers` has it."""
    from bench.peers import huthlab_ridge

    return _peer(folder, alphas, huthlab_ridge)


def litcoder(folder: str, alphas: list[float]) -> Measured:
    """Its ridge as `bench.peers_torch` has it."""
    from bench.peers_torch import litcoder_ridge

    return _peer(folder, alphas, litcoder_ridge)


def _peer(folder: str, alphas: list[float], ridge: Callable[..., Any]) -> Measured:
    problem = Problem(folder)
    X, _ = problem.delayed(), problem.block()
    held = peak()
    Y = problem.responses[:, :]
    with stopwatch() as used:
        scores, _ = ridge(X, Y, problem.folds(), alphas)
    return used | {"held": held} | _scores(problem, scores.argmax(0), scores.max(0), scores)


def _settings(problem: Problem, alphas: Sequence[float], tolerance: float) -> dict[str, Any]:
    return {
        "runs": problem.runs,
        "alphas": alphas,
        "folds": problem.folds(),
        "delays": DELAYS,
        "tolerance": tolerance,
    }


def _nearest(alphas: Sequence[float], chosen: np.ndarray) -> np.ndarray:
    return np.abs(np.log(alphas)[:, None] - np.log(chosen)).argmin(axis=0)


def _scores(
    problem: Problem, best: np.ndarray, best_scores: np.ndarray, cv_scores: np.ndarray | None
) -> Measured:
    """Of the voxels that are checked, for `reference.accuracy`."""
    kept = problem.checked()
    found = {"best": best[kept].tolist(), "best_scores": best_scores[kept].tolist()}
    every = None if cv_scores is None else cv_scores[:, kept].tolist()
    return {"scores": found | {"cv_scores": every}}
