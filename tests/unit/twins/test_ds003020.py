"""The twin has the layout of ds003020, byte by byte where that is known, and its defects."""

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from praatio import textgrid
from praatio.utilities.errors import PraatioException
from scipy.io import wavfile
from toys import git

from braid import store
from braid.datasets import ds003020 as published
from braid.twins import ds003020

Twin = tuple[Path, Path]
STORIES = ("souls", "avatar", "legacy", "food", "wheretheressmoke")
HEARD = {"UTS01": STORIES, "UTS02": ("souls", "wheretheressmoke"), "UTS09": ("wheretheressmoke",)}


def _responses(folder: Path, story: str, key: str = "data", subject: str = "UTS01") -> np.ndarray:
    path = folder / f"derivative/preprocessed_data/{subject}/{story}.hf5"
    with h5py.File(path) as file:
        return np.asarray(file[key])


def _tier(folder: Path, story: str, name: str) -> list[tuple[float, float, str]]:
    path = folder / f"derivative/TextGrids/{story}.TextGrid"
    read = textgrid.openTextgrid(str(path), includeEmptyIntervals=False, reportingMode="silence")
    return [tuple(entry) for entry in read.getTier(name).entries]


def _words(folder: Path, stories: tuple[str, ...]) -> pd.DataFrame:
    paths = published.stimulus_files(stories, "events")
    files = {role: folder / path for role, path in paths.items()}
    return published.read_stimulus(files, stories, "events").events


def test_every_file_of_the_readers_is_there(twin: Twin) -> None:
    folder, _ = twin
    for subject, stories in HEARD.items():
        files = [published.response_files(subject, story) for story in stories]
        files += [published.stimulus_files(stories, kind) for kind in published.STIMULI]
        files += [published.anatomy_files(subject)]
        missing = {p for group in files for p in group.values() if not (folder / p).is_file()}
        assert missing == set()
    assert not (folder / "derivative/preprocessed_data/UTS02/avatar.hf5").exists()


def test_annexed_files_are_those_of_the_published_data_set(twin: Twin) -> None:
    folder, _ = twin
    tracked = git(folder, "ls-files").splitlines()
    annexed = {name for name in tracked if (folder / name).is_symlink()}
    in_git = {"json", "tsv", "README", "CHANGES", "config", "gitattributes"}
    assert {name.rsplit("/")[-1].rsplit(".")[-1] for name in set(tracked) - annexed} == in_git
    assert {Path(name).suffix for name in annexed} == {
        *(".hf5", ".TextGrid", ".wav", ".gii", ".npz", ".gz", ".xfm", ".svg")
    }
    assert all((folder / name).readlink().name.startswith("MD5E-s") for name in annexed)


def test_nothing_lies_beside_the_files_of_the_published_data_set(twin: Twin) -> None:
    """Every file is named by the readers, or describes the data set."""
    folder, _ = twin
    named = {"derivative/respdict.json", "derivative/subject_xfms.json"}
    for subject, stories in HEARD.items():
        named |= {p for s in stories for p in published.response_files(subject, s).values()}
        named |= {*published.anatomy_files(subject).values()}
        named |= {
            p for k in published.STIMULI for p in published.stimulus_files(stories, k).values()
        }
    inner = {name for name in git(folder, "ls-files").splitlines() if "/" in name}
    assert {name for name in inner if not name.startswith(".datalad")} == named


def test_the_data_set_is_clean_and_whole(twin: Twin) -> None:
    folder, _ = twin
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "annex", "fsck", "--quiet") == ""
    assert git(folder, "rev-list", "--count", "main") == "1"


def test_two_writes_give_the_same_commit_and_truth(
    twin: Twin, write: Callable[..., Twin], tmp_path: Path
) -> None:
    again = write(tmp_path)
    assert git(again[0], "rev-parse", "main") == git(twin[0], "rev-parse", "main")
    for subject in HEARD:
        first, second = (store.load(truth / f"{subject}.nc") for _, truth in (twin, again))
        xr.testing.assert_identical(first, second)


@pytest.mark.parametrize("subject", HEARD)
def test_response_files_have_the_published_bytes(
    twin: Twin, table: pd.DataFrame, subject: str
) -> None:
    folder, _ = twin
    mask = f"derivative/pycortex-db/{subject}/transforms/{subject}_auto/mask_thick.nii.gz"
    voxels = np.count_nonzero(np.asarray(nib.load(folder / mask).dataobj))
    trs = table.set_index("story")["trs"]
    respdict = json.loads((folder / "derivative/respdict.json").read_text())
    assert respdict == trs.to_dict()
    for path in (folder / f"derivative/preprocessed_data/{subject}").iterdir():
        blocks = 1 + ds003020.REPEATS if path.stem == "wheretheressmoke" else 1
        assert path.stat().st_size == 2048 + blocks * 8 * (trs[path.stem] - 20) * voxels


def test_responses_are_standardised_but_for_the_defects(twin: Twin) -> None:
    bold = _responses(twin[0], "souls")
    missing = np.isnan(bold).any(axis=0)
    constant = ~missing & (np.ptp(bold, axis=0) == 0)
    assert bold.dtype == np.float64
    assert (missing.sum(), constant.sum()) == (ds003020.NAN_VOXELS, ds003020.CONSTANT_VOXELS)
    good = bold[:, ~missing & ~constant]
    np.testing.assert_allclose(good.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(good.std(axis=0), 1)


def test_repeated_story_holds_its_repeats_and_their_mean(twin: Twin) -> None:
    mean = _responses(twin[0], "wheretheressmoke")
    repeats = _responses(twin[0], "wheretheressmoke", "individual_repeats")
    assert repeats.shape == (5, *mean.shape)
    np.testing.assert_allclose(mean, repeats.mean(axis=0))


def test_one_subject_has_mean_and_repeats_in_one_array_and_no_transform(twin: Twin) -> None:
    folder, _ = twin
    stack = _responses(folder, "wheretheressmoke", subject="UTS09")
    assert stack.shape[:2] == (6, 60)
    np.testing.assert_allclose(stack[0], stack[1:].mean(axis=0))
    transforms = json.loads((folder / "derivative/subject_xfms.json").read_text())
    assert transforms == {"UTS01": "UTS01_auto", "UTS02": "UTS02_auto"}
    files = published.response_files("UTS09", "wheretheressmoke")
    paths = {role: folder / path for role, path in files.items()}
    read = published.read_responses(paths, "UTS09", "wheretheressmoke")
    np.testing.assert_array_equal(read["repeats"], stack[1:])


def test_repeats_agree_as_well_as_the_planted_ceiling_says(twin: Twin) -> None:
    repeats = _responses(twin[0], "wheretheressmoke", "individual_repeats")
    truth = store.load(twin[1] / "UTS01.nc", identity={"subject": "UTS01"})
    pairs = [(a * b).mean(axis=0) for n, a in enumerate(repeats) for b in repeats[n + 1 :]]
    reliability = np.mean(pairs, axis=0)
    for region in ("language", "auditory", "none"):
        here = (truth["region"].to_numpy() == region) & np.isfinite(reliability)
        expected = (truth["ceiling"].to_numpy()[here] ** 2).mean()
        assert reliability[here].mean() == pytest.approx(expected, abs=0.04)


def test_without_signal_repeats_do_not_agree(
    twin: Twin, write: Callable[..., Twin], tmp_path: Path
) -> None:
    folder, truth_path = write(tmp_path, signal=False)
    repeats = _responses(folder, "wheretheressmoke", "individual_repeats")
    truth, with_signal = (store.load(path / "UTS01.nc") for path in (truth_path, twin[1]))
    planted = truth["region"].to_numpy() == "language"
    assert truth["ceiling"].max() == truth["ceiling_extra"].max() == 0
    assert abs((repeats[0] * repeats[1]).mean(axis=0)[planted].mean()) < 0.04
    xr.testing.assert_equal(truth["region"], with_signal["region"])


def test_truth_has_the_voxels_of_the_mask_in_order(twin: Twin) -> None:
    truth = store.load(twin[1] / "UTS01.nc", {"region": ("voxel",), "ceiling": ("voxel",)})
    files = {k: twin[0] / p for k, p in published.response_files("UTS01", "souls").items()}
    read = published.read_responses(files, "UTS01", "souls")
    for axis in "ijk":
        np.testing.assert_array_equal(truth[axis], read[axis])
    assert read.sizes == {"tr": 14, "voxel": truth.sizes["voxel"]}


def test_forms_of_the_textgrids(twin: Twin) -> None:
    grids = twin[0] / "derivative/TextGrids"
    raw = {story: (grids / f"{story}.TextGrid").read_bytes() for story in STORIES}
    assert [story for story, text in raw.items() if b"xmin" not in text] == ["avatar", "legacy"]
    assert [story for story, text in raw.items() if text[:2] == b"\xff\xfe"] == ["legacy"]


@pytest.mark.parametrize("story", STORIES[:-1])
def test_textgrids_parse_strictly(twin: Twin, story: str) -> None:
    path = twin[0] / f"derivative/TextGrids/{story}.TextGrid"
    read = textgrid.openTextgrid(str(path), includeEmptyIntervals=False, reportingMode="error")
    assert read.tierNames == ("phone", "word")
    assert all(read.getTier(name).validate("error") for name in read.tierNames)


def test_phones_of_the_repeated_story_overlap(twin: Twin) -> None:
    with pytest.raises(PraatioException):
        _tier(twin[0], "wheretheressmoke", "word")
    assert len(_words(twin[0], ("wheretheressmoke",))) > 250


@pytest.mark.parametrize("story", STORIES[:-1])
def test_words_lie_in_the_sound(twin: Twin, table: pd.DataFrame, story: str) -> None:
    rate, sound = wavfile.read(twin[0] / f"stimuli/{story}.wav")
    words = _tier(twin[0], story, "word")
    trs = table.set_index("story").loc[story, "trs"]
    assert 18.0 <= 2 * trs - len(sound) / rate <= 20.3
    assert sound.ndim == (1 if story == "food" else 2)
    assert words[-1][1] == pytest.approx(len(sound) / rate, abs=1e-3)
    assert words[0][2] == "sentence_start"
    assert words[-1][2] == "{SENTENCE_END}"


def test_readers_find_the_words_of_the_book_and_no_markers(twin: Twin) -> None:
    stories = STORIES[:-1]
    words = _words(twin[0], stories)
    assert " ".join(words["label"][:6]) == "alice was beginning to get very"
    assert {"sp", "br", "{br}", "ns", "lg", "ls", "sentence_start"}.isdisjoint(words["label"])
    labels = {label for story in stories for *_, label in _tier(twin[0], story, "word")}
    assert {"sp", "{BR}", "{ls}", "NS"} <= labels
