"""Readers of ds003643 on small files written here, and what they know from tables."""

import random
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from nilearn.datasets import fetch_surf_fsaverage
from nilearn.masking import compute_epi_mask
from nilearn.surface import load_surf_mesh

from braid.datasets import Dataset, ds003643, find
from braid.datasets.ds003643.tables import parse
from braid.datasets.ds003643.words import read_words
from braid.errors import BadInput

REPAIRS = Path(ds003643.__file__).parents[4] / "resources/ds003643/repairs.tsv"
README = """\
|  Task  |              | 1     | 2     |
|:------:|--------------|-------|-------|
|        | audio (s)    | 19.9  | 21.0  |
| **EN** | scan_raw     | 18    | 19    |
|        | scan_preproc | 14    | 15    |
|--------|--------------|-------|-------|
|        | audio (s)    | 19.5  | 20.5  |
| **FR** | scan_raw     | 12    | 13    |
|        | scan_preproc | 12    | 13    |
"""
WORDS = """\
word,onset,offset,section
once,0.1,0.5,1
,0.5,0.7,1
null,0.7,1.5,1
TRUE,1.5,1.9,1
again,0.2,0.9,2
"""


@pytest.fixture
def readme(tmp_path):
    path = tmp_path / "README"
    path.write_text(README)
    return path


@pytest.fixture
def words(tmp_path):
    def write(text, name="words.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding)
        return path

    return write


def _volumes(path, values, edge):
    """Volumes around the origin, in voxels of this edge."""
    middle = [-edge * (size - 1) / 2 for size in values.shape[:3]]
    affine = nib.affines.from_matvec(np.diag([edge] * 3), middle)
    nib.save(nib.Nifti1Image(values.astype(np.float32), affine), path)
    return path


def test_the_module_is_a_data_set():
    assert isinstance(find("ds003643"), Dataset)


def test_preprocessed_runs_lie_on_the_vertices_of_fsaverage5(tmp_path, readme):
    right = 10.0 * (np.arange(24) - 11.5)  # mm, which the values tell
    values = right[:, None, None, None] + np.zeros((24, 30, 28, 14)) + 100 * np.arange(14)
    files = {"bold": _volumes(tmp_path / "bold.nii.gz", values, 10.0), "scans": readme}
    read = ds003643.read_responses(files, "EN057", "lppEN_section1")
    meshes = fetch_surf_fsaverage("fsaverage5")
    places = [
        load_surf_mesh(meshes[f"{kind}_{side}"]).coordinates[:, 0]
        for kind in ("white", "pial")
        for side in ("left", "right")
    ]
    middle = np.concatenate([(places[0] + places[2]) / 2, (places[1] + places[3]) / 2])
    assert read["bold"].dims == ("tr", "voxel")
    assert read["bold"].dtype == np.float32
    np.testing.assert_allclose(read["bold"][3], middle + 300, atol=1.5)
    assert read.attrs["space"] == "fsaverage5"
    assert list(read["hemi"].to_numpy()[[0, -1]]) == ["lh", "rh"]
    assert set(read["run"].to_numpy()) == {"lppEN_section1"}
    np.testing.assert_array_equal(read["time"], 1 + 2 * np.arange(14))


def _scan(path, level, trs):
    """A bright block in the middle of a dark grid, with a value of its own in each voxel and TR."""
    values = np.random.default_rng(level).uniform(0, 5, (12, 12, 12, trs))
    values[3:9, 3:9, 3:9] += level
    return _volumes(path, values, 15.0), values


def test_raw_echoes_have_the_voxels_of_the_first_runs_first_echo(tmp_path, readme):
    brightest, _ = _scan(tmp_path / "first.nii.gz", 900, 18)
    bold, values = _scan(tmp_path / "echo.nii.gz", 8, 19)  # too dark for a mask of its own
    files = {"bold": bold, "brightest": brightest, "scans": readme}
    read = ds003643.read_responses(files, "EN057", "lppEN_section2_echo-3")
    i, j, k = (read[axis].to_numpy() for axis in "ijk")
    mask = np.asarray(compute_epi_mask(nib.load(brightest)).dataobj)
    np.testing.assert_array_equal(np.stack([i, j, k]), np.nonzero(mask))
    assert 6**3 <= read.sizes["voxel"] < 10**3
    heard = values[i, j, k].T[4:19]  # the scans before the sound are left out
    np.testing.assert_allclose(read["bold"], heard, rtol=1e-6)
    assert read.attrs["space"] == "ds003643_sub-EN057"
    assert read.attrs["shape"] == [12, 12, 12]


@pytest.mark.parametrize(
    ("recording", "trs"),
    [
        ("lppEN_section1", 14),
        ("lppEN_section1_echo-1", 14),
        ("lppFR_section2", 13),
        ("lppFR_section2_echo-3", 13),
    ],
)
def test_times_count_from_the_start_of_the_sound(tmp_path, readme, recording, trs):
    sound = tmp_path / "sound.wav"
    sound.touch()
    role = recording.partition("_echo")[0]
    stimulus = ds003643.read_stimulus({role: sound, "scans": readme}, (recording,), "sound")
    np.testing.assert_array_equal(stimulus.times[recording], 1 + 2 * np.arange(trs))
    assert stimulus.trim == (0, 0)
    assert stimulus.sound == {recording: sound}


def test_words_of_a_section_are_those_with_a_word_on_its_own_clock(words, readme):
    files = {"EN": words(WORDS), "scans": readme}
    both = ("lppEN_section1", "lppEN_section2_echo-2")
    events = ds003643.read_stimulus(files, both, "events").events
    assert events.to_dict("list") == {
        "run": [both[0]] * 3 + [both[1]],
        "onset": [0.1, 0.7, 1.5, 0.2],
        "offset": [0.5, 1.5, 1.9, 0.9],
        "label": ["once", "null", "true", "again"],
    }


def test_languages_are_read_beside_each_other(words, readme):
    french = words("word,onset,offset,section\né,0,1,1\n", "fr.csv", "utf-8-sig")
    files = {"EN": words(WORDS), "FR": french, "scans": readme}
    runs = ("lppFR_section1", "lppEN_section2")
    events = ds003643.read_stimulus(files, runs, "events").events
    assert list(zip(events["run"], events["label"], strict=True)) == [
        ("lppFR_section1", "é"),
        ("lppEN_section2", "again"),
    ]


def _as_published(language):
    """Words as they are wrong in the published file, and as they should be."""
    repairs = pd.read_csv(REPAIRS, sep="\t", dtype=str, keep_default_na=False)
    own = repairs[(repairs["language"] == language) & (repairs["row"] != "n/a")]
    wrong, right = ["word"] * 12_300, ["word"] * 12_300
    for row, found, label in zip(own["row"].astype(int), own["found"], own["right"], strict=True):
        wrong[row], right[row] = found, label
    return wrong, right


@pytest.mark.parametrize(("language", "dropped"), [("EN", 3), ("FR", 1)])
def test_repairs_are_made_where_the_published_rows_are_wrong(words, language, dropped):
    wrong, right = _as_published(language)
    text = "\n".join(["word,onset,offset,section", *(f"{w},1,2,1" for w in wrong)])
    read = read_words(words(text), language)["label"].tolist()
    assert read == [word for word in right if word != "n/a"]
    assert len(read) == len(wrong) - dropped
    assert read != wrong


def test_the_french_repairs_are_those_that_a_reader_of_the_file_lists(words):
    wrong, _ = _as_published("FR")
    text = "\n".join(["word,onset,offset,section", *(f"{w},1,2,1" for w in wrong)])
    read = read_words(words(text), "FR")["label"]
    places = {3332: "de", 3379: "trois", 5326: "première", 11257: "À", 12249: "il"}
    assert {place: read[place - 1] for place in places} == places  # one row before them is dropped


@pytest.mark.parametrize(("language", "word"), [("EN", "and"), ("FR", "quatre")])
def test_the_same_word_elsewhere_stays_as_it_is(words, language, word):
    text = "\n".join(["word,onset,offset,section", *[f"{word},1,2,1"] * 100])
    assert read_words(words(text), language)["label"].tolist() == [word] * 100


def test_a_corrected_file_stays_as_it_is(words):
    text = "\n".join(["word,onset,offset,section", *["ligne,1,2,1"] * 12_300])
    assert read_words(words(text), "FR")["label"].tolist() == ["ligne"] * 12_300


def test_a_broken_escape_is_mended_wherever_it_is(words):
    text = "word,onset,offset,section\nna\\ive,1,2,1\n"
    assert read_words(words(text), "EN")["label"].tolist() == ["naive"]


def test_participants_start_with_a_byte_order_mark_and_the_french_took_no_quiz(tmp_path):
    path = tmp_path / "participants.tsv"
    header = "participant_id\tage\tsex\tcorrect_quiz_questions\ttotal_quiz_questions"
    rows = ["sub-EN057\t20\tF\t34\t36", "sub-FR001\t40\tM\tn/a\tn/a"]
    path.write_text("\n".join([header, *rows]), "utf-8-sig")
    table = ds003643.read_participants(path).set_index("participant_id")
    assert table.loc["sub-EN057", "correct_quiz_questions"] == 34
    assert pd.isna(table.loc["sub-FR001", "total_quiz_questions"])


def test_pictures_are_those_of_the_readme():
    english, chinese = (ds003643.picture_events(name) for name in ("EN", "CN"))
    assert english["run"].unique().tolist() == ["lppEN_section1"]
    assert english[["onset", "offset"]].to_numpy().tolist() == [[10, 25], [35, 55], [60, 75]]
    assert chinese[["onset", "offset"]].to_numpy().tolist() == [[10, 25], [30, 50], [55, 70]]
    assert ds003643.picture_events("FR").empty


def test_the_section_is_the_rank_among_the_preprocessed_runs():
    name = "sub-EN099/func/sub-EN099_task-lppEN_run-{:02d}_{}bold.nii.gz".format
    end = "space-MNIColin27_desc-preproc_"
    derived = ["derivatives/" + name(run, end) for run in (7, 8, 9, 10, 11, 12, 13, 14, 17)]
    raw = [name(run, "echo-1_") for run in range(7, 18)]
    paths = [*derived, *raw, "README"]
    random.Random(0).shuffle(paths)
    table = ds003643.runs_of(paths)
    assert table["section"].tolist() == list(range(1, 10))
    assert table["run"].tolist() == [7, 8, 9, 10, 11, 12, 13, 14, 17]
    assert ds003643.runs_of(raw).empty


def test_a_raw_echo_comes_with_what_its_mask_is_made_of():
    start = "sub-CN003/func/sub-CN003_task-lppCN_run-"
    assert ds003643.response_files("CN003", "lppCN_section4_echo-2") == {
        "bold": f"{start}08_echo-2_bold.nii.gz",
        "brightest": f"{start}05_echo-1_bold.nii.gz",
        "scans": "README",
    }


def test_sizes_are_those_of_the_kind_of_run():
    assert ds003643.shape("public", "EN057", "lppEN_section2") == (298, 20_484, 1)
    assert ds003643.shape("public", "FR025", "lppFR_section2_echo-1") == (326, 64 * 64 * 34, 1)
    assert ds003643.shape("twin", "EN057", "lppEN_section1_echo-1").rows == 100


@pytest.mark.parametrize("name", ["lppDE_section1", "lppEN_section0", "lppEN_section1_echo-4"])
def test_other_names_are_no_recordings(name):
    with pytest.raises(BadInput, match=name):
        parse(name)
