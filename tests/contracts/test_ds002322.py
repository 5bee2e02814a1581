"""Tables, twin, lock and published facts of ds002322 against each other."""

import csv
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest

from braid.datasets import ds002322
from braid.datasets.ds002322.words import COLUMNS
from braid.twins import ds002322 as twin
from braid.twins import mni
from braid.twins.ds002322.texts import HEADER

RESOURCES = Path(ds002322.__file__).parents[4] / "resources"
SUBJECTS = ds002322.subjects("public")
# The data set at commit 5642f45d9c1997f9fe825f698b6f20fa94e6df29.
FACTS = {"tr": 2.0, "subjects": 26, "onset": 0.657, "discarded": 10}
FIRST_ONSET, LAST_ONSET, LAST_OFFSET = 20.1198012, 742.9707614, 743.3927516
SOUND = "stimuli/DownTheRabbitHoleFinal_mono_exp120_NR16_pad.wav"


@pytest.fixture(scope="module")
def size():
    with (RESOURCES / "locks/ds002322.tsv").open(newline="") as file:
        return {row["path"]: int(row["bytes"]) for row in csv.DictReader(file, delimiter="\t")}


@pytest.fixture(scope="module")
def seconds(size):
    """Length of the sound: mono, 16 bits, 44.1 kHz, after a header of 44 bytes."""
    return (size[SOUND] - 44) / 2 / 44_100


def rows(source):
    with (RESOURCES / f"ds002322/{source}.tsv").open(newline="") as file:
        return {row["subject"]: row for row in csv.DictReader(file, delimiter="\t")}


def named():
    runs = [(s, run) for s in SUBJECTS for run in ds002322.recordings("public", s)]
    responses = [ds002322.response_files(*run) for run in runs]
    stimuli = [ds002322.stimulus_files(("alice",), kind) for kind in ds002322.STIMULI]
    return {path for files in [*responses, *stimuli] for path in files.values()}


def test_readers_state_the_published_facts():
    found = (ds002322.TR, len(SUBJECTS), ds002322.SOUND_STARTS, ds002322.DISCARDED)
    assert found == tuple(FACTS.values())
    assert (twin.TR, twin.TRS, twin.DISCARDED) == (2.0, ds002322.VOLUMES, ds002322.DISCARDED)


def test_every_file_that_the_readers_name_is_locked(size):
    assert not named() - set(size)


def test_every_locked_response_is_named(size):
    volumes = {path for path in size if "bold" in path and path.endswith(".nii.gz")}
    assert len(volumes) == 26 + 23
    assert volumes <= named()


def test_the_lock_is_what_the_patterns_say(size):
    assert all(any(fnmatch(path, pattern) for pattern in ds002322.LOCKED) for path in size)
    assert all(any(fnmatch(path, pattern) for path in size) for pattern in ds002322.LOCKED)
    unread = "derivatives/sub-18/sub-18_preprocess.mat"
    assert not any(fnmatch(unread, pattern) for pattern in ds002322.LOCKED)


def test_sequences_are_those_of_the_readme():
    suffixes = [row["raw"] for row in rows("public").values()]
    assert (suffixes.count("bold"), suffixes.count("echo-2_bold")) == (12, 14)
    preprocessed = [s for s in SUBJECTS if "alice" in ds002322.recordings("public", s)]
    assert len(preprocessed) == 23  # the number of Luo & Kobayashi


def test_the_scan_is_as_long_as_the_sound(seconds):
    assert seconds == pytest.approx(twin.SECONDS, abs=0.01)
    assert (ds002322.SOUND_STARTS + seconds) // ds002322.TR == ds002322.VOLUMES


def test_words_are_on_the_clock_of_the_sound_file(seconds):
    """The sound was padded by 20 s, and the last word ends where the file does."""
    assert 20 < FIRST_ONSET < 20.5
    assert 0 < seconds - LAST_OFFSET < 0.5
    assert twin.PADDING == 20


def test_luos_volume_of_a_word_is_the_one_scanned_then_or_the_one_before():
    """int((onset - 20) / 2) takes the times for the scan's; the last is volume 361 of 362."""
    onset = np.linspace(FIRST_ONSET, LAST_ONSET, 2132)
    luo = ((onset - 20) / 2).astype(int)
    assert (luo.min(), luo.max()) == (0, 361)
    times = ds002322.read_stimulus({"sound": Path(__file__)}, ("alice",), "sound").times["alice"]
    scanned = np.abs(onset[:, None] - times).argmin(axis=1)
    assert set(scanned - luo) == {0, 1}
    assert np.mean(scanned - luo) == pytest.approx(FACTS["onset"] / 2, abs=0.01)


def test_luos_split_is_the_362_volumes_in_order():
    split = ds002322.LUO_SPLIT
    assert [len(split[part]) for part in ("train", "validation", "test")] == [282, 40, 40]
    assert [tr for part in split.values() for tr in part] == list(range(362))
    assert ds002322.shape("public", "18", "alice").rows == 362


def test_the_twins_subjects_are_real_ones():
    real = rows("public")
    for subject, row in rows("twin").items():
        assert {k: real[subject][k] for k in ("raw", "preprocessed")} == {
            k: row[k] for k in ("raw", "preprocessed")
        }
        assert int(row["grid"]) == mni.make_brain(twin.VOXEL).mask.size
    assert {(r["raw"], r["preprocessed"]) for r in rows("twin").values()} == {
        ("bold", "yes"), ("bold", "no"), ("echo-2_bold", "yes")
    }  # fmt: skip


def test_the_twins_events_are_as_long_as_the_published(size):
    for subject in rows("twin"):
        starts = twin.STARTS_LATER if subject in twin.LATER else twin.STARTS
        line = f"{starts}\t748\t{Path(SOUND).name}\n"
        header = "onset\tduration\tstim_file\n"
        assert len(header + line) == size[f"sub-{subject}/sub-{subject}_task-alice_events.tsv"]


def test_the_twins_annotations_have_the_columns_that_are_read():
    assert tuple(HEADER.split("\t")) == COLUMNS
    assert len(COLUMNS) == 16
