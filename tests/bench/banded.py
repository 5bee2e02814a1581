"""Banded ridge, four bands: the time of one draw of the random search, BRAID against himalaya."""

from typing import Any

import numpy as np
from bench.measure import Bench, Measured, stopwatch
from bench.reference import fold_scores
from bench.ridge import ALPHAS
from bench.sides import HIMALAYA_BATCHES
from bench.synthetic import DELAYS, Problem, make
from bench.table import Row
from himalaya.kernel_ridge import MultipleKernelRidgeCV
from himalaya.ridge import GroupRidgeCV
from himalaya.scoring import correlation_score

from braid.fitting import banded_ridge_cv

TITLE = "Banded ridge: 4 bands, 20 penalties, 5 folds"
BANDS = 4
CHECKED = 8  # voxels solved directly, each at penalties of its own
# Shape; few and many draws of BRAID and of himalaya. The difference is the time of a draw.
SIZES = {
    "small": ((700, 128, 150), (2, 4), (1, 2)),
    "full": ((3000, 1024, 2000), (2, 6), (1, 2)),
}

Runs = dict[int, Measured]


def rows(bench: Bench) -> list[Row]:
    """Time of a draw against both of himalaya's solvers."""
    (n_rows, columns, voxels), ours, theirs = SIZES[bench.size]
    folder = str(bench.folder / "banded")
    bench.measure(make, folder=folder, rows=n_rows, columns=columns, voxels=voxels)
    solvers = {"BRAID": (braid, ours), "GroupRidgeCV": (group, theirs)}
    solvers |= {"MultipleKernelRidgeCV": (kernels, theirs)}
    runs = {
        name: {n: bench.measure(solver, folder=folder, draws=n) for n in draws}
        for name, (solver, draws) in solvers.items()
    }
    chosen = runs["BRAID"][ours[1]]["scores"]
    error = bench.measure(check, folder=folder, chosen=chosen)["error"]
    where = f"T={n_rows:,} D={columns:,} V={voxels:,}"
    return [_row(where, name, runs, error) for name in runs if name != "BRAID"]


def braid(folder: str, draws: int) -> Measured:
    """The search over shares of the bands, and the final weights."""
    problem = Problem(folder)
    X, Y = problem.features(), problem.responses[:, :]
    bands = np.arange(X.shape[1]) * BANDS // X.shape[1]
    settings = {"runs": problem.runs, "folds": problem.folds(), "delays": DELAYS, "score": "r"}
    with stopwatch() as used:
        fit = banded_ridge_cv(X, bands, Y, alphas=ALPHAS, n_draws=draws, **settings)
    found = {"alphas": fit.best_alphas, "weights": fit.weights, "best_scores": fit.best_scores}
    return used | {
        "scores": {name: values[..., :CHECKED].tolist() for name, values in found.items()}
    }


def group(folder: str, draws: int) -> Measured:
    """The solver of himalaya for fewer columns than TRs."""
    problem = Problem(folder)
    with stopwatch() as used:
        model = GroupRidgeCV(groups="input", **_himalaya(problem, draws))
        model.fit(_split(problem), problem.responses[:, :])
    return used


def kernels(folder: str, draws: int) -> Measured:
    """The solver of himalaya over kernels, which are made while the clock runs."""
    problem = Problem(folder)
    with stopwatch() as used:
        model = MultipleKernelRidgeCV(kernels="precomputed", **_himalaya(problem, draws))
        model.fit(np.stack([X @ X.T for X in _split(problem)]), problem.responses[:, :])
    return used


def check(folder: str, chosen: Measured) -> Measured:
    """Solve some voxels directly, in float64, at the penalties that were chosen for them."""
    problem = Problem(folder)
    scores = []
    for voxel, alpha in enumerate(chosen["alphas"]):
        shares = np.array(chosen["weights"])[:, voxel]
        X = np.hstack([np.sqrt(s) * band for s, band in zip(shares, _split(problem), strict=True)])
        y = problem.responses[:, voxel : voxel + 1].astype(np.float64)
        parts = [fold_scores(X[a], y[a], X[b], y[b], [alpha]) for a, b in problem.folds()]
        scores.append(np.mean(parts))
    return {"error": float(np.abs(np.array(chosen["best_scores"]) - scores).max())}


def _split(problem: Problem) -> list[np.ndarray]:
    """The delayed columns of each band."""
    delayed = problem.delayed()
    width = delayed.shape[1] // len(DELAYS)
    member = np.tile(np.arange(width) * BANDS // width, len(DELAYS))
    return [delayed[:, member == band] for band in range(BANDS)]


def _himalaya(problem: Problem, draws: int) -> dict[str, Any]:
    settings = {"n_iter": draws, "alphas": np.array(ALPHAS), "score_func": correlation_score}
    params = settings | {"progress_bar": False} | HIMALAYA_BATCHES
    return {"solver_params": params, "cv": problem.folds(), "random_state": 0}


def _row(where: str, peer: str, runs: dict[str, Runs], error: float) -> Row:
    ours, theirs = _per_draw(runs["BRAID"]), _per_draw(runs[peer])
    few, many = runs[peer]
    return Row(
        work=f"one draw, {where}",
        against=f"himalaya, {peer}",
        figure=theirs / ours,
        reach=4,
        braid=f"{ours:.3g} s CPU",
        peer=f"{theirs:.3g} s CPU",
        accuracy=f"max \\|Δr\\| {error:.0e} at the chosen penalties, {CHECKED} voxels",
        basis=f"CPU time by difference: {' and '.join(map(str, runs['BRAID']))} draws of BRAID,"
        f" {few} and {many} of himalaya",
    )


def _per_draw(runs: Runs) -> float:
    (few, first), (many, last) = runs.items()
    return (last["cpu"] - first["cpu"]) / (many - few)
