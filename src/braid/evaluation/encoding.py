"""Voxelwise encoding: chosen on training rows, scored once on rows left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float, Shaped

from braid.evaluation.classification import permute_within
from braid.evaluation.rows import join_recordings, match_rows
from braid.evaluation.scoring import Outcome, ceiling, score
from braid.evaluation.splits import Rows, rows
from braid.fitting import (
    BandedFit,
    RidgeFit,
    banded_ridge_cv,
    choose_layer,
    delay,
    product_measure,
    ridge_cv,
)
from braid.study import Fit, Folds
from braid.study.models import Chance
from braid.study.names import Source, Strict

# What says where a voxel lies.
PLACES = ("i", "j", "k", "hemi", "vertex", "region", "roi")


class Plan(Strict):
    """What an encoding job is asked to do."""

    fit: Fit
    split: Folds
    chance: Chance
    source: Source
    tr: float
    """Seconds per TR."""
    seed: int

    def delays(self) -> tuple[int, ...]:
        """Delays in TRs.

        Raises
        ------
        ValueError
            When a delay is not a multiple of the TR.
        """
        steps = [delay / self.tr for delay in self.fit.delays]
        if any(abs(step - round(step)) > 1e-6 for step in steps):
            raise ValueError(f"delays {self.fit.delays} s are not multiples of TR {self.tr} s")
        return tuple(round(step) for step in steps)


@dataclass(frozen=True)
class Table:
    """The rows of one job: responses and designs on the same TRs.

    Attributes
    ----------
    Y
        Responses.
    runs
        Run of each TR.
    designs
        One array for each feature space.
    bands
        Band of each feature, all feature spaces in order.
    """

    Y: Float[np.ndarray, "tr voxel"]
    runs: Shaped[np.ndarray, " tr"]
    designs: list[Float[np.ndarray, "tr layer _"]]
    bands: Shaped[np.ndarray, " feature"]


def encode(
    designs: Sequence[xr.Dataset], recordings: Sequence[xr.Dataset], plan: Plan
) -> tuple[xr.Dataset, xr.Dataset]:
    """Fit and score one subject.

    Parameters
    ----------
    designs
        Aligned features, each `design` (tr, layer, feature).
    recordings
        Responses, each `bold` (tr, voxel), with `repeats` (repeat, tr, voxel) where measured.
    plan
        The fit, the folds and the null.

    Returns
    -------
    scores
        See `braid.evaluation.scoring.score`; `ceiling` (voxel) where stimuli were repeated.
    weights
        `coef` (weight, voxel), mean over folds, with coordinates `delay` in seconds and `band`.
    """
    responses = join_recordings(recordings)
    table = _table(designs, responses, plan)
    folds = rows(plan.split, table.runs, plan.tr, plan.source)
    outcomes = [_fold(table, fold, plan) for fold in folds]
    scores = score(table.Y, table.runs, outcomes, plan.chance, plan.seed)
    scores["ceiling"] = ("voxel", ceiling(recordings).astype(np.float32))
    places = {name: responses[name] for name in PLACES if name in responses.coords}
    scores = scores.assign_coords(places)
    scores.attrs = responses.attrs | {"label": plan.fit.label, "layers": _layer_list(outcomes)}
    return scores, _weights(outcomes, table.bands, plan, scores.attrs)


def _table(designs: Sequence[xr.Dataset], responses: xr.Dataset, plan: Plan) -> Table:
    runs = responses["run"].values
    matched = [match_rows(design, responses) for design in designs]
    if plan.fit.shuffle:
        random = np.random.default_rng(plan.seed)
        matched = [permute_within(design, runs, random) for design in matched]
    bands = np.concatenate([_bands(design) for design in designs])
    return Table(responses["bold"].values, runs, matched, bands)


def _bands(design: xr.Dataset) -> np.ndarray:
    """Band of each feature; a feature space without bands is one band."""
    if "band" in design.coords:
        return design["band"].values
    return np.full(design.sizes["feature"], design.attrs["feature"])


def _fold(table: Table, fold: Rows, plan: Plan) -> Outcome:
    """Choose layers and penalties on the training rows, then predict the left-out ones."""
    train, test = fold
    settings = {
        "runs": table.runs[train],
        "alphas": np.array(plan.fit.alphas),
        "folds": rows(plan.fit.inner, table.runs[train], plan.tr, plan.source),
    }
    layers = tuple(_layer(table, design, fold, plan, settings) for design in table.designs)
    chosen = [design[:, i] for design, i in zip(table.designs, layers, strict=True)]
    X = _delayed(np.concatenate(chosen, axis=1), table.runs, fold, plan)
    model, split = _fit(X, table, fold, plan, settings)
    return Outcome(
        test=test,
        prediction=model.predict(X[test], table.runs[test]),
        alphas=model.best_alphas,
        cv_scores=model.best_scores,
        layers=layers,
        coef=model.coef,
        split=split,
    )


def _layer(
    table: Table, design: np.ndarray, fold: Rows, plan: Plan, settings: dict[str, Any]
) -> int:
    """Layer that predicts the training rows best, across inner folds."""
    if design.shape[1] == 1:
        return 0
    layers = (
        _delayed(design[:, i], table.runs, fold, plan)[fold[0]] for i in range(design.shape[1])
    )
    return choose_layer(layers, table.Y[fold[0]], alpha=plan.fit.alpha, **settings)[0]


def _delayed(
    X: Float[np.ndarray, "tr feature"], runs: np.ndarray, fold: Rows, plan: Plan
) -> Float[np.ndarray, "tr column"]:
    """Delay before rows are taken out, so that a left-out block still knows what came before it.

    With `edges` "stack" the training runs, and the test runs, are each one long run.
    """
    if plan.fit.edges == "run":
        return delay(X, plan.delays(), runs)
    columns = np.zeros((len(X), X.shape[1] * len(plan.delays())), X.dtype)
    for part in fold:
        columns[part] = delay(X[part], plan.delays())
    return columns


def _fit(
    X: np.ndarray, table: Table, fold: Rows, plan: Plan, settings: dict[str, Any]
) -> tuple[RidgeFit | BandedFit, dict[str, np.ndarray]]:
    """The fitted model and, for banded ridge, the product measure of each band."""
    train, test = fold
    if plan.fit.solver == "ridge":
        return ridge_cv(X[train], table.Y[train], alpha=plan.fit.alpha, **settings), {}
    bands = np.tile(table.bands, len(plan.fit.delays))
    model = banded_ridge_cv(X[train], bands, table.Y[train], seed=plan.seed, **settings)
    parts = product_measure(table.Y[test], model.split_predict(X[test], table.runs[test]))
    return model, dict(zip(model.names, parts, strict=True))


def _layer_list(outcomes: list[Outcome]) -> list[int]:
    """Layers of the first feature space, one for each fold."""
    return [outcome.layers[0] for outcome in outcomes]


def _weights(
    outcomes: list[Outcome], bands: np.ndarray, plan: Plan, attrs: dict[Any, Any]
) -> xr.Dataset:
    coef = np.mean([outcome.coef for outcome in outcomes], axis=0).astype(np.float32)
    delays = plan.fit.delays
    return xr.Dataset(
        {"coef": (("weight", "voxel"), coef)},
        coords={
            "delay": ("weight", np.repeat(delays, len(bands)), {"units": "s"}),
            "band": ("weight", np.tile(bands, len(delays)).astype(str)),
        },
        attrs=attrs,
    )
