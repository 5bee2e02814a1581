"""The fitting schemes of BRAID's sources, by name, with what is known to be wrong with each.

A scheme is what the source ran, for tables made as it made them; it is not what BRAID advises.
Sources that state no more of their fit than "ridge regression" (Fujiyama 2018) have no scheme.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Float, Real, Shaped
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from braid.fitting.engine.fitted import RidgeFit
from braid.fitting.folds import Folds, leave_one_run_out
from braid.fitting.published.bootstrap import bootstrap_ridge
from braid.fitting.published.designs import (
    mean_of_delays,
    minmax,
    roll,
    zscore_runs,
    zscore_then_delay,
)
from braid.fitting.published.library_ridges import himalaya_ridge, leave_one_out_ridge
from braid.fitting.ridge import ridge_cv

# System 3's cross-validation leaves out groups of titles (drama2brain, `data_const.py`).
TITLE_GROUPS = (
    ("breakingbad", "crown"),
    ("bigbangtheory", "dreamgirls"),
    ("gis", "glee", "suits"),
    ("heroes", "mentalist"),
)


@dataclass(frozen=True)
class Scheme:
    """How a source made a fit out of features and responses.

    Attributes
    ----------
    source
        Paper, and code where it is public.
    solve
        Function of columns, responses and `runs` that returns a RidgeFit.
    design
        Columns of the rows of one part, training or test, from features and runs.
    scaler
        Makes the scikit-learn transformer that is fitted to the training columns.
    responses
        What is done to the training responses.
    folds
        Folds of the training rows, from their runs.
    open
        Keywords of `fit` that the source leaves open: the study must say them.
    flaws
        Where the scheme leaks, or is wrong.
    """

    source: str
    solve: Callable[..., RidgeFit]
    design: Callable[[np.ndarray, np.ndarray], np.ndarray]
    scaler: Callable[[], Any] = FunctionTransformer
    responses: Callable[[np.ndarray], np.ndarray] = np.asarray
    folds: Callable[[np.ndarray], Folds] | None = None
    open: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()

    def fit(
        self,
        X: Float[np.ndarray, "tr feature"],
        Y: Real[np.ndarray, "tr voxel"],
        runs: Shaped[np.ndarray, " tr"],
        **given: Any,
    ) -> "SchemeFit":
        """Fit training rows as the source did.

        Parameters
        ----------
        X
            Features as they were before the source scaled and delayed them.
        Y
            Responses.
        runs
            Run label of each row.
        given
            What the source leaves open (`open`), and `seed` where it draws at random. Any other
            keyword of `solve` may be given too, and makes it another scheme.
        """
        scaler = self.scaler()
        columns = scaler.fit_transform(self.design(X, runs)).astype(X.dtype)
        if self.folds is not None:
            given = {"folds": self.folds(runs), **given}
        return SchemeFit(self, scaler, self.solve(columns, self.responses(Y), runs=runs, **given))


@dataclass(frozen=True)
class SchemeFit:
    """A ridge fitted in the scheme of a source.

    Attributes
    ----------
    scheme
        The scheme.
    scaler
        Fitted to the training columns.
    ridge
        The fit; its `coef` belong to the scaled columns of the scheme's design.
    """

    scheme: Scheme
    scaler: Any
    ridge: RidgeFit

    def predict(
        self, X: Float[np.ndarray, "tr feature"], runs: Shaped[np.ndarray, " tr"]
    ) -> Float[np.ndarray, "tr voxel"]:
        """Responses that unscaled features predict, in the unit of the scheme's responses."""
        columns = self.scaler.transform(self.scheme.design(X, runs))
        return self.ridge.predict(columns.astype(X.dtype), runs)


def _as_is(X: np.ndarray, runs: np.ndarray) -> np.ndarray:
    return X


def _title_folds(runs: np.ndarray) -> Folds:
    """Leave out each group of titles in turn; the label of a run begins with its title."""
    group = {title: i for i, titles in enumerate(TITLE_GROUPS) for title in titles}
    return leave_one_run_out(
        np.array([next(group[t] for t in group if run.lower().startswith(t)) for run in runs])
    )


_TAKAGI = Scheme(
    source="Takagi & Nishimoto 2023, CVPR; yu-takagi/StableDiffusionReconstruction, utils/ridge.py",
    solve=partial(himalaya_ridge, alphas=np.logspace(-6, 0, 7)),
    design=_as_is,
    scaler=StandardScaler,
    flaws=(
        "trials of one image are in training and validation folds at once: penalties too small",
        "no intercept: latents are predicted about 0, not about their mean",
    ),
)

SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "lebel2023": Scheme(
            source="LeBel et al. 2023, Sci Data 10:555; HuthLab/deep-fMRI-dataset, encoding.py",
            solve=partial(
                bootstrap_ridge,
                alphas=np.logspace(1, 3, 10),
                n_boots=50,
                chunk=40,
                n_held=125,
                score="root_r2",
            ),
            design=partial(zscore_then_delay, delays=(1, 2, 3, 4)),
            flaws=(
                "delays after stacking: the end of a story leaks into the next one",
                "chunks held out lie between training rows, and across stories",
            ),
        ),
        "kobayashi2025": Scheme(
            source="Kobayashi 2025, jh250088, section 5.3",
            solve=partial(
                ridge_cv, alphas=(0.01, 0.1, 1.0, 10.0, 100.0, 1000.0), alpha="shared", score="r"
            ),
            design=zscore_runs,
            open=("folds", "delays"),
            flaws=(
                "the grid ends at 1,000; that of the data set's authors goes from 100 to 1,000,000",
            ),
        ),
        "luo2025": Scheme(
            source="Luo & Kobayashi 2025; luoying050601/pyCortexProject, journal/ridge.py",
            solve=partial(
                bootstrap_ridge, alphas=np.logspace(-6, 6, 100), n_boots=5, chunk=10, n_held=15
            ),
            design=partial(roll, delays=tuple(range(3, 23))),
            responses=minmax,
            flaws=(
                "echoes of one acquisition are taken for repeats: the test stimuli, and all but"
                " the test noise, are in the training rows",
                "delays wrap round: the end of the recording explains its beginning",
                "neither features nor responses are centred, and there is no intercept; responses"
                " are scaled by the extremes of all voxels, which must be given at once",
            ),
        ),
        "luo2025_leave_one_out": Scheme(
            source="luoying050601/ridgeRegressionProj, ridge.py",
            solve=partial(
                leave_one_out_ridge,
                alphas=(0.5, 1.0, 5.0, 1e1, 1e2, 1e3, 1e4, 2.5e4, 5e4, 1e5, 1e6, 1e7),
            ),
            design=_as_is,
            scaler=StandardScaler,
            flaws=("single rows are left out: their neighbours in time are trained on",),
        ),
        "takagi2023": _TAKAGI,
        "takagi2023_text": replace(_TAKAGI, solve=partial(himalaya_ridge, alphas=(1e4, 2e4, 4e4))),
        "denk2023": Scheme(
            source="Denk et al. 2023, arXiv 2307.11078, section 3.2",
            solve=himalaya_ridge,
            design=_as_is,
            scaler=StandardScaler,
            open=("alphas",),
            flaws=("rows of one clip may be in training and validation folds at once",),
        ),
        "nakagi2024": Scheme(
            source="Nakagi et al. 2024, EMNLP; yu-takagi/drama2brain, run_training_encoder.py",
            solve=partial(ridge_cv, alphas=np.logspace(-12, 12, 25), score="r"),
            design=partial(mean_of_delays, delays=(8, 9, 10)),
            scaler=partial(StandardScaler, with_std=False),
            folds=_title_folds,
            flaws=("zeros stand for what came before a run, which continues the run before",),
        ),
    }
)
