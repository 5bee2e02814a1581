"""The lock of ds003020, the readers' tables and the twin have one layout: sizes are arithmetic."""

import csv
from fnmatch import fnmatchcase
from pathlib import Path

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from toys import git

from braid.datasets import ds003020
from braid.datasets.ds003020.tables import REPEATED
from braid.twins import ds003020 as twin
from braid.twins.ds003020 import surfaces

ROOT = Path(ds003020.__file__).parents[4]
# Facts of the data set at f74eb2bc95b827d359de338f9086743824d2d906 (3.1.0)
VOXELS = {
    "UTS01": 81126,
    "UTS02": 94251,
    "UTS03": 95556,
    "UTS04": 109469,
    "UTS05": 99322,
    "UTS06": 92198,
    "UTS07": 94395,
    "UTS08": 97023,
    "UTS09": 98336,
}
STORIES = dict(zip(VOXELS, (84, 84, 84, 26, 27, 27, 27, 27, 54), strict=True))
REPEATS = dict(zip(VOXELS, (10, 10, 10, 5, 5, 5, 5, 5, 5), strict=True))
HEADER = 2048  # what HDF5 writes before one contiguous array
HEADER_OF_REPEATS = dict.fromkeys(VOXELS, 2168) | {"UTS09": HEADER}
FRAME = 2 * 2 * 44_100  # bytes of a second of stereo


@pytest.fixture(scope="module")
def lock():
    with (ROOT / "resources/locks/ds003020.tsv").open(newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file, delimiter="\t")}


@pytest.fixture(scope="module")
def size(lock):
    return {path: int(row["bytes"]) for path, row in lock.items()}


@pytest.fixture(scope="module")
def trs():
    table = pd.read_csv(ROOT / "resources/ds003020/public.tsv", sep="\t", index_col="story")
    return table["trs"].to_dict()


def named(*subjects, kinds=("events", "sound")):
    """Every file that a study of these subjects can ask for."""
    files = set()
    for subject in subjects:
        stories = ds003020.recordings("public", subject)
        files |= {p for s in stories for p in ds003020.response_files(subject, s).values()}
        files |= {*ds003020.anatomy_files(subject).values()}
        files |= {p for kind in kinds for p in ds003020.stimulus_files(stories, kind).values()}
    return files


@pytest.mark.parametrize(
    ("subjects", "count", "gigabytes"),
    [(("UTS01", "UTS02", "UTS03"), 431, 68.09), (("UTS01",), 197, 20.50)],
)
def test_studies_of_words_ask_for_exactly_their_files(size, subjects, count, gigabytes):
    files = named(*subjects, kinds=("events",))
    assert len(files) == count
    assert round(sum(size[path] for path in files) / 1e9, 2) == gigabytes


def test_every_locked_file_can_be_asked_for_and_the_other_way_round(size):
    assert set(size) == named(*VOXELS) | {"stimuli/auditory_localizer.wav"}


def test_patterns_of_the_lock_match_what_is_in_it(size):
    def wanted(path):
        return any(fnmatchcase(path, pattern) for pattern in ds003020.LOCKED)

    assert all(map(wanted, size))
    assert not wanted("sub-UTS01/ses-1/anat/sub-UTS01_ses-1_run-1_T1w.nii.gz")


def test_every_file_has_a_digest(lock):
    for path, row in lock.items():
        algorithm = "sha256" if path.endswith(".json") else "md5"  # in git, not annexed
        assert row["algorithm"] == algorithm, path
        assert len(row["digest"]) == {"md5": 32, "sha256": 64}[algorithm], path


def test_84_stories_of_29768_trs(trs):
    assert (len(trs), sum(trs.values())) == (84, 29_768)


def test_who_heard_what():
    heard = {s: set(ds003020.recordings("public", s)) for s in ds003020.subjects("public")}
    assert {subject: len(stories) for subject, stories in heard.items()} == STORIES
    assert heard["UTS05"] - heard["UTS04"] == {"life"}
    assert heard["UTS01"] > heard["UTS09"] > heard["UTS05"] - {"fromboyhoodtofatherhood"}
    assert "fromboyhoodtofatherhood" not in heard["UTS09"]


@pytest.mark.parametrize("subject", VOXELS)
def test_responses_are_float64_of_the_trimmed_story_by_the_voxels(size, trs, subject):
    for story in set(ds003020.recordings("public", subject)) - {REPEATED}:
        assert ds003020.shape("public", subject, story) == (trs[story] - 20, VOXELS[subject], 1)
        path = ds003020.response_files(subject, story)["bold"]
        assert size[path] == HEADER + 8 * (trs[story] - 20) * VOXELS[subject], path


@pytest.mark.parametrize("subject", VOXELS)
def test_the_repeated_story_holds_its_mean_and_its_repeats(size, subject):
    shape = ds003020.shape("public", subject, REPEATED)
    assert shape == (291, VOXELS[subject], REPEATS[subject])
    array = (1 + shape.repeats) * 8 * shape.rows * shape.voxels
    path = ds003020.response_files(subject, REPEATED)["bold"]
    assert size[path] == HEADER_OF_REPEATS[subject] + array


def test_sounds_last_as_long_as_their_scans_less_18_to_20_s(size, trs):
    for story, path in ds003020.stimulus_files(tuple(trs), "sound").items():
        if story != "respdict":
            channels = 1 if story in twin.MONO else 2
            seconds = (size[path] - 44) / FRAME * 2 / channels
            assert 18.0 < 2 * trs[story] - seconds < 20.3, story
    assert len(set(twin.MONO) & set(trs)) == 11


@pytest.mark.parametrize(
    ("subject", "files"),
    list(zip(VOXELS, (27, 41, 25, 22, 26, 26, 25, 22, 22), strict=True)),
)
def test_pycortex_subjects_differ_in_their_files(subject, files):
    anatomy = ds003020.anatomy_files(subject)
    assert len(anatomy) == files
    surfaces_of = {role for role in anatomy if role.startswith(("wm_", "pia_", "inflated_"))}
    assert len(surfaces_of) == 6
    assert {"flat_lh", "flat_rh", "curvature", "xfm", "reference", "mask", "overlays"} < set(
        anatomy
    )


# --- the twin ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(package, vectors, tmp_path_factory):
    """A twin of a few stories of subjects that differ, in large voxels."""
    parent = tmp_path_factory.mktemp("twin")
    lengths = pd.DataFrame({"story": ["food", REPEATED], "trs": [34, 36]})
    heard = lengths.assign(UTS02="yes", UTS09=["no", "yes"])
    heard.to_csv(parent / "twin.tsv", sep="\t", index=False)
    given = {"table": parent / "twin.tsv", "brotli": package("brotli"), "wordllama": vectors}
    twin.write(parent / "ds003020", parent / "truth", given, seed=1, voxel=12.0)
    return parent / "ds003020"


def test_the_twin_has_no_file_of_its_own_name(made, size):
    names = set(git(made, "ls-files", "derivative", "stimuli").splitlines())
    assert names <= set(size)
    for subject in ("UTS02", "UTS09"):
        assert {*ds003020.anatomy_files(subject).values()} <= names


def test_the_twin_has_the_keys_of_the_lock(made, lock):
    for path in git(made, "ls-files", "derivative", "stimuli").splitlines():
        assert (made / path).is_symlink() == (not path.endswith(".json")), path
        if (made / path).is_symlink():
            key = (made / path).readlink().name
            assert key.startswith(f"{lock[path]['algorithm'].upper()}E-s"), path
            assert key.partition(".")[2] == ("" if "TextGrid" in path else suffix(path)), path


def suffix(path):
    name = Path(path).name
    return "nii.gz" if name.endswith(".nii.gz") else name.rpartition(".")[2]


def test_the_twins_responses_are_laid_out_as_the_published(made):
    voxels, path = response(made, "UTS02", "food")
    assert layout(path) == {"data": ("float64", (14, voxels))}
    assert path.stat().st_size == HEADER + 8 * 14 * voxels
    voxels, path = response(made, "UTS02", REPEATED)
    repeats = ("float64", (twin.REPEATS, 16, voxels))
    assert layout(path) == {"data": ("float64", (16, voxels)), "individual_repeats": repeats}
    voxels, path = response(made, "UTS09", REPEATED)
    assert layout(path) == {"data": ("float64", (1 + twin.REPEATS, 16, voxels))}


def response(folder, subject, story):
    files = ds003020.response_files(subject, story)
    mask = nib.load(folder / files["mask"])
    return np.count_nonzero(np.asarray(mask.dataobj)), folder / files["bold"]


def layout(path):
    with h5py.File(path) as file:
        return {key: (str(array.dtype), array.shape) for key, array in file.items()}


@pytest.mark.parametrize(("number", "subject"), [(1, "UTS01"), (2, "UTS02"), (4, "UTS09")])
def test_the_twins_table_says_how_many_voxels_are_simulated(number, subject):
    shape = ds003020.shape("twin", subject, REPEATED)
    voxels = surfaces.make_subject(number, twin.VOXEL).mask.sum()
    assert shape == (90, voxels, twin.REPEATS)


def test_the_twins_stories_are_real_ones_and_short(trs):
    assert set(ds003020.subjects("twin")) <= set(VOXELS)
    for subject in ds003020.subjects("twin"):
        heard = ds003020.recordings("twin", subject)
        assert set(heard) <= set(ds003020.recordings("public", subject))
        assert all(60 < ds003020.shape("twin", subject, story).rows < 200 for story in heard)
    assert len(ds003020.recordings("twin", "UTS01")) == 16
    assert set(twin.MONO) & set(ds003020.recordings("twin", "UTS01")) == {"food", "listo"}
