"""One outer fold: what the design alone decides, once; then any block of voxels."""

from dataclasses import replace
from functools import partial
from inspect import signature
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from braid.errors import BadInput
from braid.evaluation.left_out import scored
from braid.evaluation.plan import Plan
from braid.evaluation.scoring import Outcome
from braid.evaluation.splits import Rows
from braid.evaluation.table import Table
from braid.fitting import BandedEngine, RidgeEngine, product_measure


@runtime_checkable
class Solver(Protocol):
    """Fits blocks of voxels on the training rows of one fold and predicts its left-out rows."""

    events: list[str]
    """What was not as planned, such as a block halved for want of memory."""

    def solve(self, Y: Float[np.ndarray, "tr voxel"]) -> Outcome:
        """Outcome of the voxels of `Y`, which holds the rows of all folds."""
        ...


def solver(
    table: Table, fold: Rows, layers: tuple[int, ...], alpha: int | None, plan: Plan
) -> Solver:
    """Prepare a fold.

    Parameters
    ----------
    table
        The designs.
    fold
        Training and left-out rows.
    layers
        Layer of each feature space.
    alpha
        Index of the penalty that all voxels share; None when each has its own.
    plan
        Delays, penalties and inner folds.
    """
    X = table.columns(layers)
    if plan.fit.scheme:
        return _Scheme(X, table, fold, plan)
    X = centred(X, fold[0], plan)
    banded = plan.fit.solver == "banded"
    made = _Banded(X, table, fold, plan) if banded else _Ridge(X, table, fold, alpha, plan)
    return _Centred(made, fold[0]) if plan.of_pictures else made


def centred(
    values: Float[np.ndarray, "tr column"], train: np.ndarray, plan: Plan
) -> Float[np.ndarray, "tr column"]:
    """Take the means of training rows from features or responses, where pictures are left out.

    Engines have no intercept. Elsewhere each run is z-scored, hence any set of runs has no means.
    """
    return values - _level(values, train) if plan.of_pictures else values


def engine(
    X: Float[np.ndarray, "tr feature"], table: Table, train: np.ndarray, plan: Plan
) -> RidgeEngine:
    """Prepare the ridge of some features on training rows.

    See `visible` for what the delays of training rows reach.
    """
    return RidgeEngine(**_given(X, table, train, plan))


def visible(
    X: Float[np.ndarray, "tr feature"], runs: np.ndarray, rows: np.ndarray, plan: Plan
) -> dict[str, Any]:
    """Features of the rows of one side of a fold, with those that their delays may reach.

    With edges `run`, the other side lends what delays reach, so that a block knows what came before
    it; with `stack`, the rows are one long run.

    Returns
    -------
    dict
        `X`, `runs` and `rows` of an engine, or of what its fit predicts.
    """
    if plan.fit.edges == "stack":
        return {"X": X[rows], "runs": runs[rows], "rows": None}
    return {"X": X, "runs": runs, "rows": rows}


def _given(X: np.ndarray, table: Table, train: np.ndarray, plan: Plan) -> dict[str, Any]:
    """Keywords of an engine."""
    return visible(X, table.runs, train, plan) | {
        **plan.settings(table.labels.isel(tr=train)),
        "delays": plan.delays(),
        "edges": plan.fit.edges,
        "tolerance": plan.fit.tolerance,
        "backend": plan.backend,
    }


def _level(values: np.ndarray, train: np.ndarray) -> np.ndarray:
    return values[train].mean(axis=0, dtype=np.float64).astype(values.dtype)


class _Centred:
    """A solver of responses without the means of training rows, which predictions get back."""

    def __init__(self, solver: Solver, train: np.ndarray) -> None:
        self._solver, self._train = solver, train
        self.events = solver.events

    def solve(self, Y: np.ndarray) -> Outcome:
        level = _level(Y, self._train)
        found = self._solver.solve(Y - level)
        return replace(found, prediction=found.prediction + level)


class _Ridge:
    def __init__(
        self, X: np.ndarray, table: Table, fold: Rows, alpha: int | None, plan: Plan
    ) -> None:
        self._train, self._test = fold
        self._alpha = alpha
        self._engine = engine(X, table, self._train, plan)
        self._left_out = visible(X, table.runs, self._test, plan)
        self.events = self._engine.events

    def solve(self, Y: np.ndarray) -> Outcome:
        found = self._engine.fit(Y[self._train], alpha=self._alpha)
        return Outcome(
            test=self._test,
            prediction=found.predict(**self._left_out),
            alphas=found.best_alphas,
            cv_scores=found.best_scores,
            coef=found.coef,
            split={},
        )


class _Banded:
    def __init__(self, X: np.ndarray, table: Table, fold: Rows, plan: Plan) -> None:
        self._train, self._test = fold
        draws = {"bands": table.bands, "n_draws": plan.fit.n_draws, "seed": plan.seed}
        self._engine = BandedEngine(**_given(X, table, self._train, plan), **draws)
        self._left_out = visible(X, table.runs, self._test, plan)
        self._scored = partial(scored, test=self._test, labels=table.labels, plan=plan)
        self.events = self._engine.events

    def solve(self, Y: np.ndarray) -> Outcome:
        found = self._engine.fit(Y[self._train])
        parts = found.split_predict(**self._left_out)
        truth, *shares = (self._scored(values) for values in (Y[self._test], *parts))
        return Outcome(
            test=self._test,
            prediction=parts.sum(axis=0),
            alphas=found.best_alphas,
            cv_scores=found.best_scores,
            coef=found.coef,
            split=dict(zip(found.names, product_measure(truth, np.stack(shares)), strict=True)),
        )


class _Scheme:
    def __init__(self, X: np.ndarray, table: Table, fold: Rows, plan: Plan) -> None:
        # Imported here: few fits are schemes, and scikit-learn takes a second.
        from braid.fitting.published.schemes import SCHEMES

        self._train, self._test = fold
        self._parts = [(X[rows], table.runs[rows]) for rows in fold]
        self._label = plan.fit.label
        self._columns = X.shape[1] * len(plan.fit.delays)
        self._scheme = SCHEMES[str(plan.fit.scheme)]
        offered = plan.settings(table.labels.isel(tr=self._train)) | {
            "delays": plan.delays(),
            "seed": plan.seed,
        }
        drawn = {"seed"} & signature(self._scheme.solve).parameters.keys()
        self._given = {name: offered[name] for name in (*self._scheme.open, *drawn)}
        self.events: list[str] = []

    def solve(self, Y: np.ndarray) -> Outcome:
        (X, runs), test = self._parts
        found = self._scheme.fit(X, Y[self._train], runs, **self._given)
        self._require_delays(len(found.ridge.coef))
        return Outcome(
            test=self._test,
            prediction=found.predict(*test),
            alphas=found.ridge.best_alphas,
            cv_scores=found.ridge.best_scores,
            coef=found.ridge.coef,
            split={},
        )

    def _require_delays(self, columns: int) -> None:
        if columns != self._columns:
            raise BadInput(
                "config/studies",
                f"delays of “{self._label}”",
                f"{self._columns} delayed features, {columns} in the scheme",
                "give as many delays as the scheme has",
            )
