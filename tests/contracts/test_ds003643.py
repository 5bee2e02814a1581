"""Tables and lock of ds003643 against each other, and against what the data set says of itself."""

import csv
from pathlib import Path

import pytest

from braid.datasets import ds003643
from braid.sources.tables import load_lock
from braid.twins import ds003643 as twin
from braid.twins.ds003643 import texts

RESOURCES = Path(ds003643.__file__).parents[4] / "resources"

# The table of the README, and the participants of version 2.0.7.
AUDIO = {
    "EN": (554.7, 587.8, 671.4, 598.2, 522.2, 678.1, 642.0, 575.8, 727.1),
    "FR": (613.5, 647.0, 702.2, 624.5, 580.8, 750.4, 658.5, 583.2, 667.9),
    "CN": (564.9, 642.6, 643.7, 612.2, 584.5, 782.9, 726.6, 585.2, 801.1),
}
PREPROC = {
    "EN": (282, 298, 340, 303, 265, 343, 325, 292, 368),
    "FR": (309, 326, 354, 315, 293, 378, 332, 294, 336),
    "CN": (283, 322, 322, 307, 293, 392, 364, 293, 401),
}
RAW = {
    "EN": (286, 302, 344, 307, 269, 347, 329, 296, 372),
    "FR": PREPROC["FR"],
    "CN": (287, 326, 326, 311, 297, 396, 368, 297, 405),
}
PARTICIPANTS = {
    "EN": set(range(57, 116)) - {60, 66, 71, 80, 85, 90, 102, 107, 111, 112},
    "FR": set(range(1, 31)) - {21, 27},
    "CN": set(range(1, 38)) - {12, 35},
}
# Bytes of a second of sound: 44,100 samples of one channel in 16 bits.
SECOND = 88_200


@pytest.fixture(scope="module")
def lock():
    return load_lock(RESOURCES / "locks" / "ds003643.tsv")


def _table(name):
    with (RESOURCES / "ds003643" / f"{name}.tsv").open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("language", AUDIO)
def test_the_table_of_scans_is_that_of_the_readme(language):
    rows = [row for row in _table("public") if row["language"] == language]
    assert [int(row["section"]) for row in rows] == list(range(1, 10))
    assert tuple(float(row["audio"]) for row in rows) == AUDIO[language]
    assert tuple(int(row["preproc"]) for row in rows) == PREPROC[language]
    assert tuple(int(row["raw"]) for row in rows) == RAW[language]


@pytest.mark.parametrize(("language", "total"), [("EN", 2852), ("FR", 2937), ("CN", 3013)])
def test_raw_scans_add_up_to_those_of_the_papers(language, total):
    rows = [row for row in _table("public") if row["language"] == language]
    assert sum(int(row["raw"]) for row in rows) == total


@pytest.mark.parametrize("source", ["public", "twin"])
def test_runs_are_as_much_longer_than_the_sound_as_the_readme_says(source):
    before, after = {"EN": 4, "FR": 0, "CN": 0}, {"EN": (4, 4), "FR": (2, 2), "CN": (4, 0)}
    for row in _table(source):
        language, raw, preproc = row["language"], int(row["raw"]), int(row["preproc"])
        ends = (2 * (raw - before[language]), 2 * preproc)
        silence = [(end - float(row["audio"])) / 2 for end in ends]
        assert silence == pytest.approx(after[language], abs=1), row


@pytest.mark.parametrize(("language", "number"), [("EN", 49), ("FR", 28), ("CN", 35)])
def test_subjects_are_among_the_participants(language, number):
    assert len(PARTICIPANTS[language]) == number
    known = [int(s[2:]) for s in ds003643.subjects("public") if s.startswith(language)]
    assert set(known) <= PARTICIPANTS[language]


@pytest.mark.parametrize(("subject", "first"), [("EN057", 15), ("FR025", 1), ("CN003", 5)])
def test_sections_are_runs_in_order_whatever_their_numbers(subject, first):
    for section, name in enumerate(ds003643.recordings("public", subject)):
        path = ds003643.response_files(subject, name)["bold"]
        assert f"_run-{first + section:02d}_space-MNIColin27_" in path


@pytest.mark.parametrize("subject", ds003643.subjects("public"))
def test_every_file_that_the_readers_name_is_locked(lock, subject):
    sections = ds003643.recordings("public", subject)
    echoes = ds003643.echoes("public", subject)
    assert (len(sections), len(echoes)) == (9, 27)
    named = {
        *ds003643.stimulus_files(sections + echoes, "events").values(),
        *ds003643.stimulus_files(sections + echoes, "sound").values(),
        *(p for r in sections + echoes for p in ds003643.response_files(subject, r).values()),
    }
    assert len(named) == 9 + 27 + 9 + 1 + 1
    assert not named - set(lock)
    assert all(lock[path].digest for path in named)


def test_sounds_last_as_long_as_the_table_says(lock):
    for language, seconds in AUDIO.items():
        names = tuple(f"lpp{language}_section{n}" for n in range(1, 10))
        files = ds003643.stimulus_files(names, "sound")
        for name, expected in zip(names, seconds, strict=True):
            assert lock[files[name]].bytes / SECOND == pytest.approx(expected, abs=0.2), name


def test_sizes_tell_which_textgrids_are_in_utf_16(lock):
    for language, sections in texts.UTF_16.items():
        sizes = {
            n: lock[f"annotation/{language}/lpp{language}_section{n}.TextGrid"].bytes
            for n in range(1, 10)
        }
        assert {n for n, size in sizes.items() if size > 350_000} == set(sections)


def test_there_is_no_french_coreference(lock):
    found = [path for path in lock if "coreference" in path]
    assert found == [f"annotation/{name}/lpp{name}_coreference.csv" for name in ("CN", "EN")]


def test_the_twin_has_the_subjects_and_the_run_numbers_of_the_real_ones():
    for subject, before in twin.SUBJECTS.values():
        first = ds003643.response_files(subject, f"lpp{subject[:2]}_section1")["bold"]
        assert f"_run-{before + 1:02d}_" in first
    assert set(ds003643.subjects("twin")) <= set(ds003643.subjects("public"))
    assert [subject for subject, _ in twin.SUBJECTS.values()] == list(ds003643.subjects("twin"))
