"""Broken files of ds003643 are refused by name, with what is wrong and what to do."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from braid.datasets import ds003643
from braid.datasets.ds003643.words import read_scans, read_words
from braid.errors import BadInput

POINTER = "/annex/objects/MD5E-s1041287--e157ef21efb92a887656eeba8004e569.csv\n"
ROWS = ["| | audio (s) | 19.9 |", "| **EN** | scan_raw | 18 |", "| | scan_preproc | 14 |"]
HEADER = "word,onset,offset,section\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "README").write_text("\n".join(ROWS))
    (tmp_path / "words.csv").write_text(HEADER + "once,0,1,1\n")
    return {"scans": tmp_path / "README", "EN": tmp_path / "words.csv"}


def _bold(path: Path, shape: tuple[int, ...]) -> Path:
    nib.save(nib.Nifti1Image(np.ones(shape, np.float32), np.eye(4)), path)
    return path


@pytest.mark.fault(31)
@pytest.mark.parametrize(
    ("recording", "expected"), [("lppEN_section1", 14), ("lppEN_section1_echo-2", 18)]
)
def test_a_run_with_other_scans_than_the_readme_says(files, tmp_path, recording, expected):
    bold = _bold(tmp_path / "bold.nii.gz", (4, 4, 4, 15))
    found = {"bold": bold, "brightest": bold, "scans": files["scans"]}
    with pytest.raises(BadInput, match=f"{recording}.*holds 15 TRs.* has {expected} "):
        ds003643.read_responses(found, "EN057", recording)


@pytest.mark.fault(26)
def test_a_truncated_run(files, tmp_path):
    bold = _bold(tmp_path / "bold.nii.gz", (20, 20, 20, 14))
    content = bytearray(bold.read_bytes())
    bold.write_bytes(content[: len(content) // 2])
    with pytest.raises(BadInput, match=r"bold\.nii\.gz.*not readable as NIfTI"):
        ds003643.read_responses(files | {"bold": bold}, "EN057", "lppEN_section1")


def test_one_volume_is_no_run(files, tmp_path):
    bold = _bold(tmp_path / "bold.nii.gz", (4, 4, 4))
    with pytest.raises(BadInput, match=r"\(4, 4, 4\), expected \(x, y, z, tr\)"):
        ds003643.read_responses(files | {"bold": bold}, "EN057", "lppEN_section1")


@pytest.mark.fault(24)
def test_a_run_that_was_not_fetched(files, tmp_path):
    bold = tmp_path / "bold.nii.gz"
    bold.symlink_to(".git/annex/objects/absent")
    with pytest.raises(BadInput, match="not fetched"):
        ds003643.read_responses(files | {"bold": bold}, "EN057", "lppEN_section1")


@pytest.mark.fault(24)
@pytest.mark.parametrize("role", ["EN", "scans"])
def test_text_that_was_not_fetched(files, role):
    files[role].write_text(POINTER)
    with pytest.raises(BadInput, match="not fetched"):
        ds003643.read_stimulus(files, ("lppEN_section1",), "events")


@pytest.mark.fault(24)
def test_a_sound_that_was_not_fetched(files, tmp_path):
    sound = tmp_path / "sound.wav"
    sound.write_text(POINTER)
    with pytest.raises(BadInput, match="not fetched"):
        ds003643.read_stimulus(files | {"lppEN_section1": sound}, ("lppEN_section1",), "sound")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("once,,1,1", "row 0.*once.*onset nan"),
        ("once,1,0.5,1", "onset 1, offset 0.5"),
        ("once,1,inf,1", "offset inf"),
        ("once,1,2,", "section nan"),
    ],
)
def test_a_word_without_an_interval(files, row, problem):
    files["EN"].write_text(HEADER + row + "\n")
    with pytest.raises(BadInput, match=problem):
        read_words(files["EN"], "EN")


@pytest.mark.parametrize("content", ["word,onset,offset\na,0,1\n", "", "a,b\n1,2,3,4\n5\n"])
def test_a_table_without_the_columns(files, content):
    files["EN"].write_text(content)
    with pytest.raises(BadInput, match=r"words\.csv: columns"):
        read_words(files["EN"], "EN")


def test_words_in_another_encoding(files):
    files["EN"].write_text(HEADER + "é,0,1,1\n", "latin-1")
    with pytest.raises(BadInput, match="can't decode"):
        read_words(files["EN"], "EN")


@pytest.mark.fault(31)
def test_words_after_the_scan(files):
    files["EN"].write_text(HEADER + "once,0,1,1\nmore,27,28.5,1\n")
    with pytest.raises(BadInput, match=r"section 1: has 2 words, the last of them until 28\.5 s"):
        ds003643.read_stimulus(files, ("lppEN_section1",), "events")


def test_a_section_without_words(files):
    files["EN"].write_text(HEADER + "once,0,1,2\n")
    with pytest.raises(BadInput, match="section 1: has 0 words"):
        ds003643.read_stimulus(files, ("lppEN_section1",), "events")


@pytest.mark.parametrize("lines", [[], ROWS[:2], [ROWS[1], ROWS[0], ROWS[2]]])
def test_a_readme_without_the_table(files, lines):
    files["scans"].write_text("\n".join(["no table", *lines]))
    with pytest.raises(BadInput, match="table of scans"):
        read_scans(files["scans"])


def test_a_section_that_the_readme_does_not_have(files):
    with pytest.raises(BadInput, match="nothing of section 2 in EN"):
        ds003643.read_stimulus(files, ("lppEN_section2",), "events")


def test_there_is_no_anatomy_to_draw_on():
    with pytest.raises(BadInput, match="draw surfaces"):
        ds003643.read_anatomy({}, "EN057")
