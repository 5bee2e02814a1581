"""Whether one model predicts better than another: a paired test over the runs left out.

Voxels share their noise, and rows of a run follow each other; runs, here stories, are independent.
So the unit is the run: its mean over voxels of the correlation of one model minus that of the
other. Under the null its sign is as likely plus as minus, whatever its distribution (Fisher 1935,
The Design of Experiments, section 21).
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float
from scipy import stats

from braid.errors import BadInput
from braid.study.claims import MEAN

LEVEL = 0.05
# Enough for all sign flips of up to 16 runs; more runs are flipped at random.
FLIPS, DRAWS = 100_000, 2_000
MODEL = ["fit", "label", "against"]


def compare(
    families: Iterable[Sequence[xr.Dataset]], against: Sequence[xr.Dataset]
) -> pd.DataFrame:
    """Test every model against one, subject by subject and over all subjects together.

    Parameters
    ----------
    families
        Artefacts of `encode`, one per subject and fit. Tests are corrected for the number of
        models of their family: those that one claim is about. The fit that all are compared with
        is left out where it is among them.
    against
        The fit that they are compared with, one artefact per subject.

    Returns
    -------
    pandas.DataFrame
        One row each for fit and subject, and for the `mean` over subjects: fit, label, against,
        subject, runs; difference (of r, mean over runs) with its 95 % t interval `low` to `high`
        and, as a check on it, its bootstrap interval `bca_low` to `bca_high` (bias-corrected and
        accelerated, Efron 1987; of eight runs of noise it holds 0 in 88 %); p (sign flips of runs,
        two-sided, exact up to 16 runs); models, the number in the family; p_holm (Holm 1979, over
        them, for each subject); and verdict.

    Raises
    ------
    BadInput
        When only one run is left out, over which nothing can be tested.
    """
    tables = [differences(family, against) for family in families]
    return pd.concat([_family(table) for table in tables if len(table)], ignore_index=True)


def differences(first: Sequence[xr.Dataset], second: Sequence[xr.Dataset]) -> pd.DataFrame:
    """Subtract the correlations of one fit from those of others, run by run.

    Parameters
    ----------
    first
        Artefacts of `encode`, one per subject and fit; `second` among them is left out.
    second
        Artefacts of one fit, one per subject.

    Returns
    -------
    pandas.DataFrame
        One row each for fit, subject and run: fit, label, against, subject, run, difference: the
        mean over the voxels that have a correlation in both. Subject `mean` is the mean over
        subjects in the runs that all of them have.
    """
    others = {one.attrs["subject"]: one for one in second}
    parts = [
        _of_subject(one, others[one.attrs["subject"]])
        for one in first
        if one.attrs["fit"] != second[0].attrs["fit"]
    ]
    if not parts:
        return pd.DataFrame()
    rows = pd.concat(parts, ignore_index=True)
    return pd.concat([rows, _over_subjects(rows, len(others))], ignore_index=True)


def verdict(low: float, high: float, p: float) -> str:
    """Say whether a model is better or worse than another: interval and test must both say so."""
    if p >= LEVEL or low <= 0 <= high:
        return "no difference shown"
    return "better" if low > 0 else "worse"


def _of_subject(first: xr.Dataset, second: xr.Dataset) -> pd.DataFrame:
    change = (first["r_run"].astype(float) - second["r_run"].astype(float)).mean("voxel")
    rows = pd.DataFrame({"run": change["run"].values, "difference": change.values}).dropna()
    names = {name: first.attrs[name] for name in ("fit", "label", "subject")}
    # Of a run that is left out block by block, each block counts.
    rows["run"] += "/" + rows.groupby("run").cumcount().astype(str)
    return rows.assign(**names, against=second.attrs["label"])


def _over_subjects(rows: pd.DataFrame, subjects: int) -> pd.DataFrame:
    groups = rows.groupby([*MODEL, "run"], sort=False)["difference"]
    means = groups.agg(["mean", "size"]).reset_index()
    shared = means.loc[means["size"] == subjects, :].rename(columns={"mean": "difference"})
    return shared.drop(columns="size").assign(subject=MEAN)


def _family(table: pd.DataFrame) -> pd.DataFrame:
    grouped = table.groupby([*MODEL, "subject"], sort=False)["difference"]
    listed = grouped.agg(list).reset_index()
    tests = pd.DataFrame([_test(np.array(values)) for values in listed.pop("difference")])
    rows = pd.concat([listed, tests], axis=1)
    of_subject = rows.groupby("subject")["p"]
    rows["models"] = of_subject.transform("size")
    rows["p_holm"] = of_subject.transform(holm)
    found = zip(rows["low"], rows["high"], rows["p_holm"], strict=True)
    return rows.assign(verdict=[verdict(*one) for one in found])


def _test(values: Float[np.ndarray, " run"]) -> dict[str, float]:
    if len(values) < 2:
        problem = f"{len(values)} run left out: a test over runs needs two, and power many"
        raise BadInput("config/studies", "split", problem, "hold out more runs")
    interval = stats.ttest_1samp(values, 0).confidence_interval()
    bootstrap = stats.bootstrap((values,), np.mean, n_resamples=DRAWS, rng=np.random.default_rng(0))
    return {
        "runs": len(values),
        "difference": values.mean(),
        "low": interval.low,
        "high": interval.high,
        "bca_low": bootstrap.confidence_interval.low,
        "bca_high": bootstrap.confidence_interval.high,
        "p": flip_signs(values),
    }


def flip_signs(differences: Float[np.ndarray, " run"]) -> float:
    """Two-sided p of a mean of zero, from all flips of the signs, or 100,000 at random."""
    found = stats.permutation_test(
        (differences,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=FLIPS,
        batch=10_000,
        rng=np.random.default_rng(0),
    )
    return float(found.pvalue)


def holm(p: pd.Series) -> Float[np.ndarray, " test"]:
    """P-values corrected by Holm's step-down method, in their own order."""
    order = np.argsort(p.to_numpy())
    stepped = np.maximum.accumulate(p.to_numpy()[order] * np.arange(len(p), 0, -1))
    return stepped[np.argsort(order)].clip(max=1)
