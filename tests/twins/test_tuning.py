"""A language model that was tuned with a twin's responses predicts it better; with noise, not."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import ttest_1samp, zscore
from sklearn.linear_model import Ridge

from braid import store
from braid.datasets import ds003020 as dataset
from braid.features.language_model import extract
from braid.networks.aligner.tune import tune
from braid.study.aligner import Aligner
from braid.study.networks import Schedule
from braid.timing import Stimulus, align
from braid.twins import ds003020

SUBJECT = "UTS01"
TRAINING, VALIDATION = ("souls", "naked", "life", "food"), ("listo",)
TESTS = ("buck", "exorcism", "eyespy", "hangtime", "itsabox", "inamoment")
LENGTHS = dict.fromkeys(TRAINING, 200) | {"listo": 120} | dict.fromkeys(TESTS, 85)
SPEC = Aligner(
    kind="aligner", encoder="region", model={"twin": "minilm"}, objective="regression",
    components=16,
)  # fmt: skip
SCHEDULE = Schedule(steps=40, batch=8, learning_rate=2e-4, warmup=4, validate_every=5, patience=3)


@pytest.fixture(scope="module")
def gains(
    package: Callable[[str], Path],
    vectors: Path,
    minilm: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[bool], np.ndarray]:
    """Gain of mean r in the language region by tuning, in each test story."""
    given = {"brotli": package("brotli"), "wordllama": vectors}
    given["table"] = tmp_path_factory.mktemp("table") / "twin.tsv"
    table = pd.DataFrame({"story": list(LENGTHS), "trs": list(LENGTHS.values()), SUBJECT: "yes"})
    table.to_csv(given["table"], sep="\t", index=False)

    @cache
    def gains(signal: bool) -> np.ndarray:
        parent = tmp_path_factory.mktemp("twin")
        ds003020.write(parent / "ds003020", parent / "truth", given, 5, signal=signal, voxel=9.0)
        stimulus, bold = _read(parent / "ds003020", parent / "truth")
        brain = bold.rename(bold="brain", voxel="feature")
        runs = {"training": TRAINING, "validation": VALIDATION}
        tuned, checkpoint = parent / "tuned", parent / "checkpoint"
        tune(stimulus, [brain], minilm, SPEC, SCHEDULE, runs, 0, tuned, checkpoint)
        before, after = (_score(stimulus, bold, folder) for folder in (minilm, tuned))
        return after - before

    return gains


def _read(folder: Path, truth: Path) -> tuple[Stimulus, xr.Dataset]:
    """Words, and responses of the voxels of the language region."""
    roles = dataset.stimulus_files(tuple(LENGTHS), "events")
    files = {role: folder / path for role, path in roles.items()}
    stimulus = dataset.read_stimulus(files, tuple(LENGTHS), "events")
    parts = []
    for story in LENGTHS:
        roles = dataset.response_files(SUBJECT, story)
        read = {role: folder / path for role, path in roles.items()}
        parts.append(dataset.read_responses(read, SUBJECT, story)[["bold"]])
    language = store.load(truth / f"{SUBJECT}.nc")["region"].to_numpy() == "language"
    return stimulus, xr.concat(parts, "tr").isel(voxel=language).load()


def _score(stimulus: Stimulus, bold: xr.Dataset, model: Path) -> np.ndarray:
    """Mean r over voxels in each test story, of a plain ridge on the last layer at four delays."""
    features = extract(stimulus, model, unit="tr").assign_attrs(dataset="ds003020", feature="x")
    design = align(features, stimulus.times, stimulus.trim)["design"].to_numpy()[:, -1]
    runs, Y = bold["run"].to_numpy(), bold["bold"].to_numpy()
    X = {run: _delayed(design[runs == run]) for run in LENGTHS}
    fitted = Ridge(3000).fit(
        np.concatenate([X[run] for run in TRAINING]),
        np.concatenate([Y[runs == run] for run in TRAINING]),
    )
    return np.array([_r(fitted.predict(X[run]), Y[runs == run]) for run in TESTS])


def _delayed(rows: np.ndarray) -> np.ndarray:
    padded = np.concatenate([np.zeros((4, rows.shape[1])), rows])
    return np.hstack([padded[4 - d : len(padded) - d] for d in (1, 2, 3, 4)])


def _r(predicted: np.ndarray, measured: np.ndarray) -> float:
    return float((zscore(predicted, axis=0) * zscore(measured, axis=0)).mean())


def test_regression_finds_what_the_language_region_shares(
    gains: Callable[[bool], np.ndarray],
) -> None:
    found = gains(True)
    low, _ = ttest_1samp(found, 0).confidence_interval()
    assert low > 0, found


def test_nothing_is_gained_from_noise(gains: Callable[[bool], np.ndarray]) -> None:
    # No validation is better than the first: the model is kept as it was.
    assert not gains(False).any()
