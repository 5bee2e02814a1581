"""The tracked locks: counts, totals, and sizes that follow from the layout of the data sets."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from braid.datasets import lockable
from braid.sources.tables import load_datasets, load_lock

ROOT = Path(__file__).parents[2]
LOCKS = {path.stem: path for path in (ROOT / "resources" / "locks").glob("*.tsv")}
HEADER = 2048  # what HDF5 writes before one contiguous data set
RIFF = 44  # header of a wav file

# ds003020: voxels, stories and GB of the responses of each subject.
RESPONSES = {
    "UTS01": (81126, 84, 20.12),
    "UTS02": (94251, 84, 23.37),
    "UTS03": (95556, 84, 23.70),
    "UTS04": (109469, 26, 9.44),
    "UTS05": (99322, 27, 8.90),
    "UTS06": (92198, 27, 8.27),
    "UTS07": (94395, 27, 8.46),
    "UTS08": (97023, 27, 8.70),
    "UTS09": (98336, 54, 15.85),
}
# ds003643: seconds of sound of each section.
SECONDS = {
    "EN": [554.7, 587.8, 671.4, 598.2, 522.2, 678.1, 642.0, 575.8, 727.1],
    "FR": [613.5, 647.0, 702.2, 624.5, 580.8, 750.4, 658.5, 583.2, 667.9],
    "CN": [564.9, 642.6, 643.7, 612.2, 584.5, 782.9, 726.6, 585.2, 801.1],
}
SESSIONS = [40, 40, 32, 30, 40, 32, 40, 30]


@pytest.fixture(scope="module")
def sizes():
    """Bytes by path of each lock."""
    return {
        name: {file.path: file.bytes for file in load_lock(path).values()}
        for name, path in LOCKS.items()
    }


def _select(sizes, *patterns):
    return {p: n for p, n in sizes.items() if any(fnmatchcase(p, each) for each in patterns)}


def _gigabytes(sizes):
    return round(sum(sizes.values()) / 1e9, 2)


def test_what_comes_from_repositories_and_buckets_is_locked():
    releases = load_datasets(ROOT / "config" / "datasets.tsv")
    assert set(LOCKS) == {name for name, row in releases.items() if row.package is None}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_what_its_patterns_choose(name, sizes):
    patterns = lockable(name)
    assert _select(sizes[name], *patterns) == sizes[name]
    assert [each for each in patterns if not _select(sizes[name], each)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_sorted_plain_text(name):
    text = LOCKS[name].read_bytes().decode()
    rows = text.split("\n")[1:-1]
    assert rows == sorted(rows)
    assert text.endswith("\n")
    assert not set('\r" ') & set(text)


@pytest.mark.parametrize("name", LOCKS)
def test_digests_are_of_their_algorithm(name):
    lengths = {"md5": 32, "sha256": 64, None: None}
    for file in load_lock(LOCKS[name]).values():
        assert (file.digest and len(file.digest)) == lengths[file.algorithm], file.path


@pytest.mark.parametrize("name", ["ds003020", "ds003643", "ds002322"])
def test_files_of_a_repository_have_sizes_and_annexed_ones_md5(name):
    for file in load_lock(LOCKS[name]).values():
        assert file.bytes, file.path
        in_git = file.path.endswith((".json", ".tsv", "README"))
        assert (file.algorithm != "md5") == in_git, file.path


def test_three_subjects_of_ds003020_are_431_files(sizes):
    others = [f"*/UTS0{number}/*" for number in range(4, 10)]
    wanted = sizes["ds003020"].keys() - _select(sizes["ds003020"], "stimuli/*", *others).keys()
    three = {path: sizes["ds003020"][path] for path in wanted}
    assert (len(three), sum(three.values())) == (431, 68_093_212_940)
    one = {path: n for path, n in three.items() if "UTS02" not in path and "UTS03" not in path}
    assert (len(one), _gigabytes(one)) == (197, 20.50)


@pytest.mark.parametrize("subject", RESPONSES)
def test_responses_of_ds003020_are_float64_of_whole_trs(sizes, subject):
    voxels, stories, gigabytes = RESPONSES[subject]
    found = _select(sizes["ds003020"], f"derivative/preprocessed_data/{subject}/*.hf5")
    assert (len(found), _gigabytes(found)) == (stories, gigabytes)
    rows = _rows(found, voxels)
    assert len(rows) == stories - 1
    trimmed = _rows(_select(sizes["ds003020"], "*/UTS01/*.hf5"), RESPONSES["UTS01"][0])
    assert rows.items() <= trimmed.items()


def _rows(found, voxels):
    """TRs of each story but the repeated one, whose header is longer."""
    rows = {Path(path).stem: divmod(n - HEADER, 8 * voxels) for path, n in found.items()}
    rows.pop("wheretheressmoke")
    assert all(rest == 0 for _, rest in rows.values())
    return {story: count for story, (count, _) in rows.items()}


@pytest.mark.parametrize("subject", RESPONSES)
def test_the_repeated_story_of_ds003020_holds_mean_and_repeats(sizes, subject):
    blocks = 11 if subject in ("UTS01", "UTS02", "UTS03") else 6
    path = f"derivative/preprocessed_data/{subject}/wheretheressmoke.hf5"
    header = sizes["ds003020"][path] - 8 * blocks * 291 * RESPONSES[subject][0]
    assert header == (2048 if subject == "UTS09" else 2168)


def test_stories_of_ds003020_sum_to_their_trs_and_have_sound_and_words(sizes):
    responses = _select(sizes["ds003020"], "derivative/preprocessed_data/UTS01/*.hf5")
    rows = _rows(responses, RESPONSES["UTS01"][0])
    assert sum(rows.values()) + 291 + 20 * 84 == 29_768
    stories = {Path(path).stem for path in responses}
    for pattern in ("derivative/TextGrids/*.TextGrid", "stimuli/*.wav"):
        found = {Path(path).stem for path in _select(sizes["ds003020"], pattern)}
        assert found - {"auditory_localizer"} == stories
    assert _gigabytes(_select(sizes["ds003020"], "stimuli/*.wav")) == 9.69


def test_ds003643_is_three_subjects_with_nine_runs_of_three_echoes(sizes):
    files = sizes["ds003643"]
    preprocessed = _select(files, "derivatives/*_desc-preproc_bold.nii.gz")
    raw = _select(files, "sub-*")
    assert (len(preprocessed), _gigabytes(preprocessed)) == (27, 2.09)
    assert (len(raw), _gigabytes(raw)) == (166, 4.17)
    for subject in ("EN057", "FR025", "CN003"):
        assert len(_select(preprocessed, f"derivatives/sub-{subject}/*")) == 9
        assert len(_select(raw, f"sub-{subject}/func/*_echo-[123]_bold.nii.gz")) == 27


def test_annotation_of_ds003643_has_no_french_coreference(sizes):
    files = _select(sizes["ds003643"], "annotation/*")
    assert [len(_select(files, f"annotation/{each}/*")) for each in SECONDS] == [16, 15, 16]
    assert not _select(files, "*/lppFR_coreference.csv")
    told = _select(sizes["ds003643"], "annotation/*", "stimuli/*", "quiz/*")
    assert (len(told), _gigabytes(told)) == (80, 2.34)


@pytest.mark.parametrize(("language", "mark"), [("EN", "-"), ("FR", "_"), ("CN", "_")])
def test_sounds_of_ds003643_last_as_long_as_its_readme_says(sizes, language, mark):
    for section, seconds in enumerate(SECONDS[language], start=1):
        path = f"stimuli/task-lpp{language}_section{mark}{section}.wav"
        found = (sizes["ds003643"][path] - RIFF) / (2 * 44_100)
        assert found == pytest.approx(seconds, abs=0.2)
        assert language != "EN" or found == pytest.approx(seconds, abs=1e-6)


def test_ds002322_has_26_subjects_half_of_them_by_their_second_echo(sizes):
    files = sizes["ds002322"]
    counts = {
        "sub-*/func/*_task-alice_bold.nii.gz": 12,
        "sub-*/func/*_task-alice_echo-2_bold.nii.gz": 14,
        "sub-*/anat/*_T1w.nii.gz": 26,
        "sub-??/sub-??_task-alice_bold.json": 26,
        "sub-??/sub-??_task-alice_events.tsv": 26,
        "derivatives/sub-??/*_bold_preprocessed.nii.gz": 23,
    }
    assert {pattern: len(_select(files, pattern)) for pattern in counts} == counts
    assert not _select(files, "derivatives/sub-38/*")
    assert files["code/annotations.tsv"] == 242_056
    assert _gigabytes(files) == 8.92


def test_nsd_has_a_file_for_each_session(sizes):
    betas = "nsddata_betas/ppdata/subj{:02d}/func1pt8mm/betas_fithrf_GLMdenoise_RR/{}"
    for subject, sessions in enumerate(SESSIONS, start=1):
        found = _select(sizes["nsd"], betas.format(subject, "betas_session[0-9][0-9].hdf5"))
        assert max(found) == betas.format(subject, f"betas_session{sessions:02d}.hdf5")
        assert len(found) == sessions


def test_what_nobody_could_ask_the_buckets_is_left_open(sizes):
    known = {path: n for name in ("nsd", "xnli") for path, n in sizes[name].items() if n}
    folder = "nsddata_stimuli/stimuli/nsd/annotations"
    assert known == {
        f"{folder}/captions_train2017.json": 91_865_115,
        f"{folder}/captions_val2017.json": 3_872_473,
    }
