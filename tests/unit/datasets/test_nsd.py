"""Readers of NSD on a tiny one, every value of which is known; splits at the real size."""

import fnmatch
import tracemalloc

import nsd_toys as toys
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from braid.datasets import Dataset, Shape, nsd
from braid.datasets.nsd.design import PAPER_COUNTS, full_split, paper_split
from braid.datasets.nsd.volumes import read_betas
from braid.datasets.responses import standardise
from braid.errors import BadInput

BOTH = ("subj01_session01", "subj01_session02")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return toys.write_tiny(tmp_path_factory.mktemp("nsd"))


@pytest.fixture(scope="module")
def read(root):
    def read(recording):
        files = nsd.response_files("subj01", recording)
        paths = {role: root / path for role, path in files.items()}
        return nsd.read_responses(paths, "subj01", recording)

    return read


@pytest.fixture(scope="module")
def stimulus(root):
    def stimulus(kind, recordings=BOTH):
        files = nsd.stimulus_files(recordings, kind)
        paths = {role: root / path for role, path in files.items()}
        return nsd.read_stimulus(paths, recordings, kind)

    return stimulus


def test_it_is_a_dataset():
    assert isinstance(nsd, Dataset)


def test_voxel_ijk_of_the_masks_is_betas_kji(read):
    data = read("subj01_session02")
    assert data["bold"].dtype == np.float32
    for trial in range(toys.TRIALS):
        expected = 20_000 + 1_000 * trial + 100 * data["i"] + 10 * data["j"] + data["k"]
        np.testing.assert_allclose(data["bold"][trial] * 300, expected, rtol=1e-6)


def test_voxels_are_those_of_either_mask_and_never_minus_one(read):
    data = read("subj01_session01")
    places = list(zip(*(data[axis].values.tolist() for axis in "ijk"), strict=True))
    assert set(places) == toys.MASKED
    found = dict(zip(places, data["roi"].values.tolist(), strict=True))
    assert found == {
        (0, 1, 2): "early",
        (2, 3, 4): "ventral",
        (1, 0, 0): "parietal",
        (1, 2, 3): "unknown",
    }
    general = {place for place, inside in zip(places, data["nsdgeneral"], strict=True) if inside}
    assert general == set(toys.GENERAL)
    expected = [(20 * i + 5 * j + k) / 10 for i, j, k in places]
    np.testing.assert_allclose(data["ncsnr"], expected, rtol=1e-6)


def test_voxels_are_in_the_order_of_public_code(read):
    data = read("subj01_session01")
    mask = np.zeros(toys.SHAPE, bool)
    mask[tuple(np.array(sorted(toys.MASKED)).T)] = True
    published = toys.responses(1)[:, mask.transpose(2, 1, 0)]
    np.testing.assert_allclose(data["bold"] * data.attrs["beta_scale"], published, rtol=1e-6)


def test_trials_say_picture_repeat_and_whether_all_saw_it(read):
    first, second = read("subj01_session01"), read("subj01_session02")
    assert first["image"].values.tolist() == [2, 1, 8, 1, 6, 2]
    assert first["repeat"].values.tolist() == [0, 0, 0, 1, 0, 1]
    assert first["shared"].values.tolist() == [False, True, False, True, True, False]
    assert second["image"].values.tolist() == [8, 6, 1, 2, 6, 8]
    assert second["repeat"].values.tolist() == [1, 1, 2, 2, 2, 2]
    assert set(second["run"].values.tolist()) == {"subj01_session02"}
    assert second["time"].values.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_trial_is_a_row_and_each_session_is_z_scored(read):
    data = read("subj01_session01")
    assert data["bold"].dims == ("tr", "voxel")
    clean = standardise(data, nsd.CLEANING)["bold"]
    np.testing.assert_allclose(clean, stats.zscore(data["bold"].values), atol=1e-4)


def test_all_pictures_are_counted_without_a_file():
    assert nsd.pictures("public") == 73_000


def test_attributes_identify_the_session_and_its_grid(read):
    attrs = read("subj01_session01").attrs
    assert attrs["recording"] == "subj01_session01"
    assert (attrs["units"], attrs["beta_scale"]) == ("percent", 300)
    assert attrs["space"] == "subj01_func1pt8mm"
    assert attrs["shape"] == list(toys.SHAPE)
    assert attrs["affine"][:6] == pytest.approx([1.8, 0, 0, 0, 0, 1.8])


def test_events_are_the_trials_of_the_responses(read, stimulus):
    found = stimulus("events")
    for recording in BOTH:
        data, events = read(recording), found.events.query("run == @recording")
        assert events["label"].tolist() == [str(n) for n in data["image"].values]
        middles = (events["onset"] + events["offset"]) / 2
        np.testing.assert_array_equal(middles, data["time"])
        np.testing.assert_array_equal(found.times[recording], data["time"])
    assert found.trim == (0, 0)
    assert found.images is None
    assert found.captions is None


def test_labels_lead_to_the_pictures(stimulus):
    found = stimulus("images")
    rows = found.events["label"].to_numpy(int)
    assert found.images.read(rows)[:, 0, 0, 0].tolist() == rows.tolist()


def test_every_caption_of_the_pictures_shown_and_no_other(stimulus):
    captions = stimulus("captions").captions.query("language == 'en'")
    assert captions.groupby("image").size().to_dict() == {1: 5, 2: 6, 6: 5, 8: 5}
    expected = [f"picture {n}, caption {c}." for n in (1, 2, 6, 8) for c in range(5 + (n == 2))]
    assert captions["caption"].tolist() == expected


def test_captions_say_their_language_and_are_english_where_they_do_not(stimulus):
    captions = stimulus("captions").captions
    assert captions.columns.tolist() == ["image", "caption", "language"]
    assert captions["language"].value_counts().to_dict() == {"en": 21, "fr": 1}
    french = captions.loc[captions["language"] == "fr", :]
    assert french[["image", "caption"]].to_numpy().tolist() == [[6, "une image"]]


def test_anatomy_is_on_the_grid_of_the_responses(root):
    files = {role: root / path for role, path in nsd.anatomy_files("subj01").items()}
    image = nsd.read_anatomy(files, "subj01")
    assert image.shape == toys.SHAPE
    assert image.get_fdata()[1, 2, 3] == 8


def test_reading_some_voxels_takes_no_more_memory_than_they(tmp_path):
    betas = np.zeros((50, 20, 20, 20), np.int16)
    toys.put(tmp_path / "betas.hdf5", betas=betas)
    voxels = pd.DataFrame({"i": range(20), "j": 3, "k": 4})
    tracemalloc.start()
    read_betas(tmp_path / "betas.hdf5", voxels, betas.shape)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < betas.nbytes / 4


def test_sessions_of_two_subjects_never_share_a_name():
    names = [name for s in nsd.subjects("public") for name in nsd.recordings("public", s)]
    assert len(names) == len(set(names)) == 284
    assert names[-1] == "subj08_session30"
    assert nsd.shape("public", "subj01", "subj01_session01") == Shape(750, 2 * 15_724)


def test_stimulus_files_ask_for_each_subject_once():
    files = nsd.stimulus_files((*BOTH, "subj07_session01"), "events")
    assert set(files) == {"design", "subj01", "subj07"}
    assert files["subj07"] == "nsddata/ppdata/subj07/behav/responses.tsv"


def test_locked_patterns_cover_every_file_that_is_named():
    for subject in nsd.subjects("public"):
        sessions = nsd.recordings("public", subject)
        named = set(nsd.anatomy_files(subject).values())
        for session in sessions:
            named |= set(nsd.response_files(subject, session).values())
        for kind in nsd.STIMULI:
            named |= set(nsd.stimulus_files(sessions, kind).values())
        missed = [p for p in named if not any(fnmatch.fnmatch(p, g) for g in nsd.LOCKED)]
        assert not missed


def seen(rng, shown_early):
    """Trials of a subject, of whose pictures so many were seen so often in sessions 1-37."""
    image = np.repeat(np.arange(10_000), 3)
    early = np.concatenate([np.arange(3) < n for n in shown_early])
    order = np.concatenate([rng.permutation(image[early]), rng.permutation(image[~early])])
    runs = [f"subj01_session{n:02d}" for n in np.repeat(np.arange(1, 41), 750)]
    names = rng.permutation(10_000)
    return pd.DataFrame({"run": runs, "image": names[order], "shared": order < 1000})


@pytest.fixture(scope="module")
def published():
    """The paper's counts: 982 of 1,000 pictures in 2,770 trials, 8,859 of 9,000 in 24,980."""
    shared = [3] * 806 + [2] * 176 + [0] * 18
    own = [3] * 7262 + [2] * 1597 + [0] * 141
    return seen(np.random.default_rng(0), [*shared, *own])


def test_the_paper_tests_on_every_trial_of_a_shared_picture(published):
    split = paper_split(published)
    assert dict(split.counts) == dict(PAPER_COUNTS)
    assert (split.train.sum(), split.test.sum()) == (24_980, 2_770)
    assert not (split.train & split.test).any()
    assert not (split.train | split.test)[27_750:].any()
    assert published["shared"][split.test].all()


def test_all_sessions_test_on_all_shared_pictures(published):
    split = full_split(published, 40)
    assert split.counts["test_images"] == 1_000
    assert split.counts["test_trials"] == 3_000
    assert split.counts["train_images"] == 9_000
    assert (split.train | split.test).all()


def test_shared_pictures_counted_from_the_wrong_number_are_noticed(published):
    shared = np.unique(published["image"][published["shared"]])
    shifted = published.assign(shared=np.isin(published["image"], shared + 1))
    with pytest.raises(BadInput, match="the paper reports"):
        paper_split(shifted)


def test_a_subject_with_fewer_sessions_is_split_without_the_papers_counts(published):
    split = paper_split(published[: 30 * 750])
    assert split.counts["trials"] == 22_500
    assert split.counts["test_images"] < 1_000
