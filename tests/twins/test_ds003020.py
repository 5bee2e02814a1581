"""What was planted can be found by a plain ridge, where it was planted and only there."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from praatio import textgrid
from scipy.stats import zscore
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

from braid import store
from braid.features.static_vectors import embed
from braid.twins import ds003020

# not wheretheressmoke: its phones overlap, which praatio refuses
TRAIN, TEST = ("souls", "naked", "life", "sloth"), "buck"
TRS = 90
MARKERS = {"sentence_start", "sentence_end", "br", "lg", "ls", "ns", "sp"}

Scores = tuple[np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def score(
    package: Callable[[str], Path], vectors: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bool], Scores]:
    """Region, ceiling and test correlation per voxel, on a twin with or without signal."""
    given = {"brotli": package("brotli"), "wordllama": vectors}
    given["table"] = tmp_path_factory.mktemp("table") / "twin.tsv"
    table = pd.DataFrame({"story": [*TRAIN, TEST], "trs": TRS, "UTS01": "yes"})
    table.to_csv(given["table"], sep="\t", index=False)

    @cache
    def score(signal: bool) -> Scores:
        parent = tmp_path_factory.mktemp("twin")
        folder, truth_folder = parent / "ds003020", parent / "truth"
        ds003020.write(folder, truth_folder, given, seed=3, signal=signal, voxel=9.0)
        truth = store.load(parent / "truth/UTS01.nc")
        r = _ridge(parent / "ds003020", vectors)
        return truth["region"].to_numpy(), truth["ceiling"].to_numpy(), r

    return score


def _ridge(folder: Path, vectors: Path) -> np.ndarray:
    """Correlation on the test story of a ridge on delayed mean word vectors."""
    means = [_mean_vectors(folder, story, vectors) for story in (*TRAIN, TEST)]
    reduce = PCA(20).fit(np.concatenate(means))
    designs = [_delayed(reduce.transform(mean)) for mean in means]
    bold = [_responses(folder, story) for story in (*TRAIN, TEST)]
    model = Ridge(300).fit(np.concatenate(designs[:-1]), np.concatenate(bold[:-1]))
    predicted = model.predict(designs[-1])
    return (zscore(predicted, axis=0) * bold[-1]).mean(axis=0)


def _responses(folder: Path, story: str) -> np.ndarray:
    """Responses as published, with noise in place of the broken voxels."""
    with h5py.File(folder / f"derivative/preprocessed_data/UTS01/{story}.hf5") as file:
        bold = np.asarray(file["data"])
    broken = np.isnan(bold).any(axis=0) | (np.ptp(bold, axis=0) == 0)
    bold[:, broken] = np.random.default_rng(0).standard_normal((len(bold), broken.sum()))
    return bold


def _mean_vectors(folder: Path, story: str, vectors: Path) -> np.ndarray:
    """Mean vector of the words of each kept TR; the first is centred 11 s into the sound."""
    path = folder / f"derivative/TextGrids/{story}.TextGrid"
    tier = textgrid.openTextgrid(str(path), includeEmptyIntervals=False).getTier("word")
    words = [entry for entry in tier.entries if entry[2].lower().strip("{} ") not in MARKERS]
    middles = np.array([(start + end) / 2 for start, end, _ in words])
    embedded = embed([label for *_, label in words], vectors)
    means = np.zeros((TRS - 20, embedded.shape[1]))
    for row in range(TRS - 20):
        inside = np.abs(middles - (11 + 2 * row)) <= 1
        means[row] = embedded[inside].sum(axis=0) / max(inside.sum(), 1)
    return means


def _delayed(design: np.ndarray) -> np.ndarray:
    design = zscore(design, axis=0)
    blank = np.zeros_like(design)
    return np.hstack([np.vstack([blank[:d], design[:-d]]) for d in (1, 2, 3, 4)])


def test_planted_meaning_is_found_where_it_was_planted(score: Callable[[bool], Scores]) -> None:
    region, ceiling, r = score(True)
    language = r[region == "language"]
    assert 0.25 < language.mean() < ceiling[region == "language"].mean()
    assert np.mean(language > 0) > 0.9
    assert abs(r[region == "none"].mean()) < 0.05
    assert np.corrcoef(r, ceiling)[0, 1] > 0.5


def test_meaning_does_not_explain_the_auditory_region(score: Callable[[bool], Scores]) -> None:
    region, _, r = score(True)
    assert r[region == "auditory"].mean() < 0.5 * r[region == "language"].mean()


def test_nothing_is_found_without_signal(score: Callable[[bool], Scores]) -> None:
    region, _, r = score(False)
    for name in ("language", "auditory", "none"):
        assert abs(r[region == name].mean()) < 0.06
    assert np.mean(np.abs(r) > 0.5) < 0.005
