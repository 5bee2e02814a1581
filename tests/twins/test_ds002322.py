"""What was planted can be found by a plain ridge, where it was planted and only there."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from nibabel.affines import apply_affine
from nilearn.datasets import fetch_surf_fsaverage
from nilearn.glm.first_level import compute_regressor
from nilearn.surface import load_surf_mesh
from scipy.io import wavfile
from scipy.signal import detrend
from scipy.stats import zscore
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

from braid import store
from braid.datasets import ds002322 as published
from braid.features.static_vectors import embed
from braid.twins import ds002322
from braid.twins.mni import make_brain

TRAIN = 280
Scores = tuple[np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def make(
    package: Callable[[str], Path], vectors: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bool], Path]:
    @cache
    def make(signal: bool) -> Path:
        parent = tmp_path_factory.mktemp("twin")
        (parent / "twin.tsv").write_text("subject\traw\tpreprocessed\n18\tbold\tyes\n")
        given = {"table": parent / "twin.tsv", "brotli": package("brotli"), "wordllama": vectors}
        ds002322.write(parent / "ds002322", parent / "truth", given, 3, signal=signal)
        return parent

    return make


@pytest.fixture(scope="module")
def score(make: Callable[[bool], Path], vectors: Path) -> Callable[[bool], Scores]:
    """Region, ceiling and test correlation per vertex, on a twin with or without signal."""

    @cache
    def score(signal: bool) -> Scores:
        folder = make(signal)
        truth = store.load(folder / "truth/18.nc")
        design = _design(folder / "ds002322/code/annotations.tsv", vectors)
        bold = zscore(_at_vertices(folder / "ds002322"), axis=0)
        predicted = Ridge(300).fit(design[:TRAIN], bold[:TRAIN]).predict(design[TRAIN + 10 :])
        r = (zscore(predicted, axis=0) * zscore(bold[TRAIN + 10 :], axis=0)).mean(axis=0)
        return truth["region"].to_numpy(), truth["ceiling"].to_numpy(), r

    return score


def _at_vertices(folder: Path) -> np.ndarray:
    """Values (tr, vertex) of the voxel that the middle of the cortex lies in."""
    path = folder / "derivatives/sub-18/sub-18_task-alice_bold_preprocessed.nii.gz"
    image = nib.Nifti1Image.from_filename(path)
    meshes = fetch_surf_fsaverage("fsaverage5")
    sides = [
        np.mean([load_surf_mesh(meshes[f"{k}_{s}"]).coordinates for k in ("white", "pial")], axis=0)
        for s in ("left", "right")
    ]
    index = np.rint(apply_affine(np.linalg.inv(image.affine), np.concatenate(sides))).astype(int)
    return np.asarray(image.dataobj)[tuple(index.T)].T


def _design(path: Path, vectors: Path) -> np.ndarray:
    """Delayed mean vectors of the words of each volume: 20 s are missing, sound starts at .657."""
    table = pd.read_csv(path, sep="\t").dropna(subset=["Word Onset"])
    volume = ((table["Word Onset"] + 0.657 - 20) // 2).astype(int)
    embedded = embed(table["Words"].astype(str).tolist(), vectors)
    means = np.zeros((362, embedded.shape[1]))
    for row in range(362):
        if (volume == row).any():
            means[row] = embedded[volume == row].mean(axis=0)
    reduced = zscore(PCA(20).fit_transform(means), axis=0)
    blank = np.zeros_like(reduced)
    return np.hstack([np.vstack([blank[:d], reduced[:-d]]) for d in (1, 2, 3, 4)])


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
    region, ceiling, r = score(False)
    assert ceiling.max() == 0
    for name in ("language", "auditory", "none"):
        assert abs(r[region == name].mean()) < 0.08
    assert np.mean(np.abs(r) > 0.5) < 0.005


def test_readers_put_sound_and_responses_on_one_clock(make: Callable[[bool], Path]) -> None:
    """Loudness after SPM's haemodynamic response fits the auditory region best unshifted."""
    root = make(True) / "ds002322"
    names = published.response_files("18", "alice_raw")
    files = {role: root / path for role, path in names.items()}
    found = published.read_responses(files, "18", "alice_raw")
    brain = make_brain(8.0)
    planted = np.full(brain.mask.shape, "none", "<U8")
    planted[brain.mask] = brain.region
    auditory = planted[tuple(found[axis].to_numpy() for axis in "ijk")] == "auditory"
    bold = zscore(detrend(found["bold"].to_numpy()[:, auditory].mean(axis=1)))
    rate, sound = wavfile.read(root / published.stimulus_files(("alice",), "sound")["sound"])
    steps = sound[: len(sound) // (rate // 2) * (rate // 2)].reshape(-1, rate // 2).astype(float)
    loudness = np.sqrt((steps**2).mean(axis=1))
    blocks = np.array([0.5 * np.arange(len(steps)), np.full(len(steps), 0.5), loudness])
    fits = {
        shift: (zscore(_heard(blocks, found["time"].to_numpy() + shift)) * bold).mean()
        for shift in (-2, -1, 0, 1, 2)
    }
    assert max(fits, key=fits.__getitem__) == 0
    assert fits[0] > 0.8


def _heard(blocks: np.ndarray, times: np.ndarray) -> np.ndarray:
    return compute_regressor(blocks, "spm", times, oversampling=16)[0][:, 0]
