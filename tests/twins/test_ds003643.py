"""What was planted can be found in three languages by a plain ridge on the English sentences."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from nibabel.affines import apply_affine
from nilearn.datasets import fetch_surf_fsaverage
from nilearn.surface import load_surf_mesh
from scipy.stats import zscore
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

from braid import store
from braid.features.static_vectors import embed
from braid.twins import ds003643

SUBJECTS = {"EN": "EN057", "FR": "FR025", "CN": "CN003"}
# Scans of the preprocessed runs beyond the sound, and of the raw ones beyond those.
AFTER, MORE = {"EN": 4, "FR": 2, "CN": 0}, {"EN": 4, "FR": 0, "CN": 4}
SECTIONS, SECONDS, SEED = 4, 120.0, 3

Scores = tuple[np.ndarray, np.ndarray, np.ndarray]


def _table(path: Path) -> Path:
    rows = [
        (
            language,
            section,
            SECONDS,
            60 + AFTER[language] + MORE[language],
            60 + AFTER[language],
            "yes" if section == 1 else "no",
        )
        for language in SUBJECTS
        for section in range(1, SECTIONS + 1)
    ]
    columns = ["language", "section", "audio", "raw", "preproc", "echoes"]
    pd.DataFrame(rows, columns=columns).to_csv(path, sep="\t", index=False)
    return path


@pytest.fixture(scope="module")
def write(
    package: Callable[[str], Path], vectors: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bool], Path]:
    """Folder of a twin and its truth, with or without signal."""

    @cache
    def write(signal: bool) -> Path:
        parent = tmp_path_factory.mktemp("twin")
        given = {"wesnoth": package("wesnoth"), "wordllama": vectors}
        given["table"] = _table(parent / "twin.tsv")
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(ds003643, "VOXEL", 12.0)
            ds003643.write(parent / "ds003643", parent / "truth", given, SEED, signal=signal)
        return parent

    return write


@pytest.fixture(scope="module")
def score(
    package: Callable[[str], Path], vectors: Path, write: Callable[[bool], Path]
) -> Callable[[str, bool], Scores]:
    """Region, ceiling and cross-validated correlation per vertex."""
    scripts = ds003643.script(package("wesnoth"), SECTIONS, SEED)

    @cache
    def score(language: str, signal: bool) -> Scores:
        parent = write(signal)
        truth = store.load(parent / f"truth/{SUBJECTS[language]}.nc")
        r = _ridge(parent / "ds003643", language, scripts, vectors)
        return truth["region"].to_numpy(), truth["ceiling"].to_numpy(), r

    return score


def _ridge(folder: Path, language: str, scripts: list[pd.DataFrame], vectors: Path) -> np.ndarray:
    """Mean correlation on each left-out section of a ridge on delayed vectors of sentences."""
    runs = sorted((folder / f"derivatives/sub-{SUBJECTS[language]}/func").iterdir())
    bold = [_vertices(path) for path in runs]
    words = _words(folder, language)
    means = [
        _mean_vectors(words[words["section"] == n + 1], scripts[n], language, len(rows), vectors)
        for n, rows in enumerate(bold)
    ]
    reduce = PCA(20).fit(np.concatenate(means))
    designs = [_delayed(reduce.transform(mean)) for mean in means]
    scores = []
    for test in range(SECTIONS):
        train = [n for n in range(SECTIONS) if n != test]
        model = Ridge(300)
        model.fit(np.vstack([designs[n] for n in train]), np.vstack([bold[n] for n in train]))
        scores.append((zscore(model.predict(designs[test]), axis=0) * bold[test]).mean(axis=0))
    return np.mean(scores, axis=0)


def _vertices(path: Path) -> np.ndarray:
    """Responses in the voxel that the middle of cortex at each vertex lies in, z-scored."""
    meshes, image = fetch_surf_fsaverage("fsaverage5"), nib.load(path)
    white, pial = (
        np.vstack(
            [load_surf_mesh(meshes[f"{kind}_{side}"]).coordinates for side in ("left", "right")]
        )
        for kind in ("white", "pial")
    )
    places = apply_affine(np.linalg.inv(image.affine), (white + pial) / 2)
    rows = np.asarray(image.dataobj, float)[tuple(np.rint(places.T).astype(int))].T
    outside = np.ptp(rows, axis=0) == 0  # a few lie just outside the brain
    rows[:, outside] = np.random.default_rng(0).standard_normal((len(rows), outside.sum()))
    return zscore(rows, axis=0)


def _words(folder: Path, language: str) -> pd.DataFrame:
    path = folder / f"annotation/{language}/lpp{language}_word_information.csv"
    table = pd.read_csv(path, keep_default_na=False)
    # a row that the published French has too much, at that place
    return table.drop(table.index[338]) if language == "FR" else table


def _letters(text: str) -> int:
    return sum(letter.isalpha() for letter in text)


def _mean_vectors(
    words: pd.DataFrame, script: pd.DataFrame, language: str, trs: int, vectors: Path
) -> np.ndarray:
    """Mean, in each TR, of the vectors of the English for what is being said."""
    ends = script[language].map(_letters).cumsum()
    sentence = np.searchsorted(ends, words["word"].map(_letters).cumsum())
    embedded = embed(script["EN"].tolist(), vectors)[sentence]
    row = ((words["onset"] + words["offset"]) / 2 // 2).astype(int).to_numpy()
    means = np.zeros((trs, embedded.shape[1]))
    np.add.at(means, row, embedded)
    return means / np.maximum(np.bincount(row, minlength=trs), 1)[:, None]


def _delayed(design: np.ndarray) -> np.ndarray:
    design = zscore(design, axis=0)
    blank = np.zeros_like(design)
    return np.hstack([np.vstack([blank[:d], design[:-d]]) for d in (1, 2, 3, 4)])


@pytest.mark.parametrize("language", SUBJECTS)
def test_the_meaning_of_the_english_is_found_where_it_was_planted(
    score: Callable[[str, bool], Scores], language: str
) -> None:
    region, ceiling, r = score(language, True)
    inside = r[region == "language"]
    assert 0.25 < inside.mean() < ceiling[region == "language"].mean()
    assert np.mean(inside > 0) > 0.95
    assert np.corrcoef(r, ceiling)[0, 1] > 0.5


@pytest.mark.parametrize("language", SUBJECTS)
def test_it_is_not_found_elsewhere(score: Callable[[str, bool], Scores], language: str) -> None:
    region, _, r = score(language, True)
    assert r[region == "auditory"].mean() < 0.5 * r[region == "language"].mean()
    assert abs(r[region == "none"].mean()) < 0.03


@pytest.mark.parametrize("language", SUBJECTS)
def test_nothing_is_found_without_signal(
    score: Callable[[str, bool], Scores], language: str
) -> None:
    region, ceiling, r = score(language, False)
    assert ceiling.max() == 0
    assert abs(r[region == "language"].mean()) < 0.08
    assert np.mean(np.abs(r) > 0.5) < 0.005


def _auditory(path: Path) -> np.ndarray:
    """Mean of the voxels near Heschl's gyri."""
    image = nib.load(path)
    places = apply_affine(image.affine, np.indices(image.shape[:3]).reshape(3, -1).T)
    distance = np.linalg.norm(np.abs(places) - [50, 18, 7], axis=1)
    near = (distance < 14) & (places[:, 1] < 0) & (places[:, 2] > 0)
    return zscore(np.asarray(image.dataobj, float).reshape(len(places), -1)[near].mean(axis=0))


@pytest.mark.parametrize(("language", "lead"), [("EN", 4), ("FR", 0), ("CN", 0)])
def test_raw_runs_start_before_the_sound_in_english_alone(
    write: Callable[[bool], Path], language: str, lead: int
) -> None:
    folder, subject = write(True) / "ds003643", SUBJECTS[language]
    (preprocessed, *_) = sorted((folder / f"derivatives/sub-{subject}/func").iterdir())
    (raw,) = (folder / f"sub-{subject}/func").glob("*_echo-3_bold.nii.gz")
    heard, scanned = _auditory(preprocessed), _auditory(raw)
    lags = [np.corrcoef(heard[:50], scanned[lag : lag + 50])[0, 1] for lag in range(10)]
    assert np.argmax(lags) == lead
    assert max(lags) > 0.3
