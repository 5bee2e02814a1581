import numpy as np
import pytest
from scipy.signal import detrend
from sklearn.svm import LinearSVC

from braid.datasets import find, haxby2001
from braid.features.conditions import extract
from braid.sources.archives import read_member
from braid.store import load, save


@pytest.fixture(scope="module")
def files(package):
    return {"archive": package("pymvpa2")}


@pytest.fixture(scope="module")
def responses(files):
    return haxby2001.read_responses(files, "sub001", "slice")


@pytest.fixture(scope="module")
def stimulus(files):
    return haxby2001.read_stimulus(files, ("slice",), "events")


def test_registered_with_one_file_on_both_sources():
    module = find("haxby2001")
    for source in ("public", "twin"):
        assert module.subjects(source) == ("sub001",)
        assert module.recordings(source, "sub001") == ("slice",)
    roles = (
        module.response_files("sub001", "slice"),
        module.stimulus_files(("slice",), "events"),
        module.anatomy_files("sub001"),
    )
    assert roles == ({"archive": "pymvpa2-2.6.5.tar.gz"},) * 3


def test_twelve_runs_of_the_masked_slice(responses):
    assert responses["bold"].dims == ("tr", "voxel")
    assert responses["bold"].shape == (12 * 121, 530)
    assert haxby2001.shape("public", "sub001", "slice") == (12 * 121, 530, 1)
    runs, counts = np.unique(responses["run"], return_counts=True)
    assert list(runs) == [f"run{i:02d}" for i in range(1, 13)]
    assert set(counts) == {121}
    np.testing.assert_allclose(responses["time"][[0, 120, 121]], [1.25, 301.25, 1.25])


def test_voxels_lie_where_the_coordinates_say(files, responses):
    image = haxby2001.read_anatomy(files, "sub001")
    mean = image.get_fdata()[tuple(responses[axis].values for axis in "ijk")]
    np.testing.assert_allclose(mean, responses["bold"].mean("tr"), rtol=1e-5)
    assert list(image.shape) == responses.attrs["shape"]
    np.testing.assert_array_equal(image.affine.ravel(), responses.attrs["affine"])


def test_responses_survive_the_store(responses, tmp_path):
    save(tmp_path / "x.nc", responses)
    load(tmp_path / "x.nc", {"bold": ("tr", "voxel")}, {"subject": "sub001"})


def test_blocks_equal_the_onset_files_of_the_package(files, stimulus):
    folder = "pymvpa2-2.6.5/mvpa2/data/haxby2001"
    key = read_member(files["archive"], f"{folder}/models/model001/condition_key.txt").decode()
    for line in key.splitlines():
        _, condition, label = line.split()
        for run in (1, 7, 12):
            path = f"sub001/model/model001/onsets/task001_run{run:03d}/{condition}.txt"
            onset, duration, _ = map(
                float, read_member(files["archive"], f"{folder}/{path}").split()
            )
            events = stimulus.events
            block = events[(events["run"] == f"run{run:02d}") & (events["label"] == label)]
            assert block[["onset", "offset"]].values.tolist() == [[onset, onset + duration]]


def test_each_category_once_per_run_and_no_rest(stimulus):
    counts = stimulus.events.groupby(["run", "label"]).size()
    assert set(counts.index.get_level_values("label")) == set(haxby2001.CATEGORIES)
    assert len(counts) == 96
    assert set(counts) == {1}


def test_boxcars_are_whole_trs_and_count_the_blocks(stimulus):
    bands = {"category": {label: [label] for label in haxby2001.CATEGORIES}}
    design = extract(stimulus, None, coding="boxcar", bands=bands)["features"].values[:, 0]
    assert set(np.unique(design)) == {0, 1}
    np.testing.assert_array_equal(design.sum(axis=0), 12 * 9)


def test_categories_can_be_decoded(responses, stimulus):
    """Responses and labels belong together: block patterns far above the chance of .125."""
    runs, time = responses["run"].values, responses["time"].values
    bold = responses["bold"].values.copy()
    for run in stimulus.times:
        clean = detrend(bold[runs == run], axis=0)
        bold[runs == run] = clean / clean.std(axis=0)
    events = stimulus.events
    inside = [
        (runs == e.run) & (abs(time - 5 - (e.onset + e.offset) / 2) < 11)
        for e in events.itertuples()
    ]
    patterns = np.stack([bold[rows].mean(axis=0) for rows in inside])
    test = events["run"].isin(["run01", "run05", "run09"]).to_numpy()
    labels = events["label"].to_numpy().astype(str)
    svm = LinearSVC(C=0.01, max_iter=20000, random_state=0).fit(patterns[~test], labels[~test])
    assert svm.score(patterns[test], labels[test]) > 0.5
