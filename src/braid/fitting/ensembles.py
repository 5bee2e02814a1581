"""Decoders of many regions: one ridge for each, averaged over the best or stacked.

Regions are chosen and weighted on training rows alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from jaxtyping import Float, Int, Real, Shaped

from braid.fitting.engine.core import RidgeEngine
from braid.fitting.engine.fitted import RidgeFit
from braid.fitting.folds import leave_one_run_out
from braid.fitting.inputs import require_usable
from braid.fitting.ridge import ridge_cv

Regions = Mapping[str, Int[np.ndarray, " _"]]


@dataclass(frozen=True)
class Ensemble:
    """Ridges of several regions that predict together.

    Attributes
    ----------
    regions
        Columns of X that belong to each region, in the order of `fits`.
    fits
        One ridge for each region.
    weights
        What each prediction counts.
    cv_scores
        Cross-validated score of every region that was tried, mean over targets.
    """

    regions: Regions
    fits: tuple[RidgeFit, ...]
    weights: Float[np.ndarray, "region target"]
    cv_scores: Mapping[str, float]

    def predict(
        self, X: Float[np.ndarray, "tr voxel"], runs: Shaped[np.ndarray, " tr"]
    ) -> Float[np.ndarray, "tr target"]:
        """Targets that all regions together predict; see `RidgeFit.predict`."""
        predictions = (
            weight * fit.predict(X[:, columns], runs)
            for weight, fit, columns in zip(
                self.weights, self.fits, self.regions.values(), strict=True
            )
        )
        return np.sum(list(predictions), axis=0)


def average_best_regions(
    X: Float[np.ndarray, "tr voxel"],
    Y: Real[np.ndarray, "tr target"],
    regions: Regions,
    *,
    n_best: int = 6,
    **settings: Any,
) -> Ensemble:
    """Average the predictions of the regions that decode best across folds of the training rows.

    Parameters
    ----------
    X
        Responses of the training rows, standardised.
    Y
        Targets, centred.
    regions
        Columns of X that belong to each region; regions may overlap.
    n_best
        Regions that are kept: 6 of 150 in Denk et al. 2023.
    settings
        Keywords of `ridge_cv`: runs, alphas, folds, score and so on.

    Raises
    ------
    ValueError
        When there are fewer regions than `n_best`; and as `ridge_cv` does.

    References
    ----------
    Denk et al. 2023, arXiv 2307.11078, section 3.2.
    """
    if n_best > len(regions):
        raise ValueError(f"cannot choose the best {n_best} of {len(regions)} regions")
    scores = {name: _score(X[:, columns], Y, settings) for name, columns in regions.items()}
    best = sorted(scores, key=lambda name: -scores[name])[:n_best]
    chosen = {name: regions[name] for name in best}
    fits = tuple(ridge_cv(X[:, columns], Y, **settings) for columns in chosen.values())
    return Ensemble(chosen, fits, np.full((n_best, Y.shape[1]), 1 / n_best), scores)


def stack_regions(
    X: Float[np.ndarray, "tr voxel"],
    Y: Real[np.ndarray, "tr target"],
    regions: Regions,
    *,
    runs: Shaped[np.ndarray, " tr"],
    **settings: Any,
) -> Ensemble:
    """Weight the predictions of regions by how they add up on training runs they have not seen.

    Each run is predicted by ridges of the other runs, whose penalties are chosen among these alone.
    The weights of a target are the non-negative least-squares fit of these predictions to it.

    Parameters
    ----------
    X, Y, regions
        As in `average_best_regions`.
    runs
        Run label of each row, three runs or more; what may not be torn apart, such as the trials of
        one image, has one label.
    settings
        Other keywords of `ridge_cv`, without `folds`.

    Returns
    -------
    Ensemble
        Of all regions; weights are NaN for targets that are constant or not finite.

    References
    ----------
    Wolpert 1992; Breiman 1996, Machine Learning 24:49.
    """
    settings = {"runs": runs, **settings}
    fits = {name: ridge_cv(X[:, columns], Y, **settings) for name, columns in regions.items()}
    unseen = np.stack([_out_of_fold(X[:, columns], Y, settings) for columns in regions.values()])
    weights = np.full((len(regions), Y.shape[1]), np.nan)
    for target in np.flatnonzero(require_usable(Y)):
        weights[:, target] = scipy.optimize.nnls(unseen[:, :, target].T, Y[:, target])[0]
    scores = {name: float(np.nanmean(fit.best_scores)) for name, fit in fits.items()}
    return Ensemble(regions, tuple(fits.values()), weights, scores)


def _score(X: np.ndarray, Y: np.ndarray, settings: Mapping[str, Any]) -> float:
    """Score of one region, mean over targets, each at its best penalty."""
    return float(np.nanmean(RidgeEngine(X, **settings).scores(Y).max(axis=0)))


def _out_of_fold(
    X: np.ndarray, Y: np.ndarray, settings: Mapping[str, Any]
) -> Float[np.ndarray, "tr target"]:
    """Prediction of each run by the others."""
    runs, predicted = settings["runs"], np.empty(Y.shape)
    for train, test in leave_one_run_out(runs):
        fit = ridge_cv(X[train], Y[train], **{**settings, "runs": runs[train]})
        predicted[test] = fit.predict(X[test], runs[test])
    return predicted
