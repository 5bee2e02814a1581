"""Broken files of ds002322, one fault each: refused with file, field and cure."""

import gzip

import nibabel as nib
import numpy as np
import pytest

from braid.datasets import ds002322
from braid.datasets.ds002322.words import COLUMNS
from braid.errors import BadInput

REST = "1\t8.65\tNN\t1\t4.5\t4.25\t3.5\t3.25\t4\t3\t4\t2\t5"
HEADER = "\t".join(COLUMNS)


@pytest.fixture
def files(tmp_path):
    """A good preprocessed run; each test breaks it."""
    volumes(tmp_path / "bold.nii.gz", (3, 3, 3, 362))
    events(tmp_path / "events.tsv", "0.657")
    return {"bold": tmp_path / "bold.nii.gz", "events": tmp_path / "events.tsv"}


def volumes(path, shape):
    data = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    nib.save(nib.Nifti1Image(data, np.diag([60, 80, 60, 1])), path)


def events(path, onset):
    path.write_text(f"onset\tduration\tstim_file\n{onset}\t748\tpad.wav\n")


def refusal(files) -> BadInput:
    with pytest.raises(BadInput) as caught:
        ds002322.read_responses(files, "18", "alice")
    assert caught.value.cure
    return caught.value


@pytest.mark.fault(31)
@pytest.mark.parametrize("found", [361, 372])
def test_31_a_count_of_volumes_names_both_counts_and_the_discarded(files, found):
    volumes(files["bold"], (3, 3, 3, found))
    error = refusal(files)
    assert error.file == str(files["bold"])
    assert f"holds {found} TRs, but its stimulus has 362" in error.problem
    assert "(372 less 10 at the start and 0 at the end)" in error.problem


@pytest.mark.fault(31)
def test_31_a_single_volume_is_no_run(files):
    volumes(files["bold"], (3, 3, 362))
    assert "(3, 3, 362), expected (x, y, z, tr)" in refusal(files).problem


@pytest.mark.fault(26)
@pytest.mark.parametrize("kept", [0, 100, 20_000])
def test_26_a_truncated_run_is_not_readable(files, kept):
    files["bold"].write_bytes(files["bold"].read_bytes()[:kept])
    error = refusal(files)
    assert error.file == str(files["bold"])
    assert "not readable as NIfTI" in error.problem


@pytest.mark.fault(28)
@pytest.mark.parametrize("content", [b"hello", gzip.compress(b"junk" * 1000, mtime=0)])
def test_28_what_is_no_volume_is_not_readable(files, content):
    files["bold"].write_bytes(content)
    assert "not readable as NIfTI" in refusal(files).problem


@pytest.mark.fault(24)
@pytest.mark.parametrize("role", ["bold", "events"])
def test_24_a_pointer_is_not_responses(files, role):
    files[role].write_text(
        "/annex/objects/MD5E-s287017264--616d013c935871baad653cd84e9302cb.nii.gz"
    )
    error = refusal(files)
    assert error.file == str(files[role])
    assert "not fetched" in error.problem


@pytest.mark.parametrize("onset", ["10.657", "1.7", "-0.4", "nan"])
def test_a_sound_that_started_at_another_time_is_refused(files, onset):
    events(files["events"], onset)
    error = refusal(files)
    assert error.field == "onset"
    assert "the words are timed for 0.657 s" in error.problem


@pytest.mark.parametrize("onset", ["soon", "0.657\t748\tpad.wav\n1"])
def test_events_without_one_onset_are_refused(files, onset):
    events(files["events"], onset)
    assert "not one row with an onset" in refusal(files).problem


def wrong_words(tmp_path, *rows, header=HEADER, encoding="utf-8") -> BadInput:
    path = tmp_path / "annotations.tsv"
    path.write_bytes("\r\n".join([header, *rows]).encode(encoding))
    with pytest.raises(BadInput) as caught:
        ds002322.read_stimulus({"annotations": path}, ("alice",), "events")
    assert caught.value.file == str(path)
    assert caught.value.cure
    return caught.value


@pytest.mark.parametrize(
    ("times", "line", "problem"),
    [
        ((("", ""), ("20", "21")), 2, "'w0' has no times"),
        ((("20", "21"), ("22", "")), 3, "'w1' ends before it starts"),
        ((("20", "21"), ("19.5", "22")), 3, "'w1' starts before the one before it"),
        ((("-1", "21"), ("22", "23")), 2, "'w0' starts before 0 s"),
        ((("20", "21"), ("23", "22")), 3, "'w1' ends before it starts"),
        ((("20", "21"), ("inf", "inf")), 3, "'w1' has no times"),
    ],
)
def test_words_out_of_order_are_refused(tmp_path, times, line, problem):
    rows = [f"w{n}\t{start}\t{end}\t{REST}" for n, (start, end) in enumerate(times)]
    error = wrong_words(tmp_path, *rows)
    assert error.field == f"line {line}"
    assert problem in error.problem


@pytest.mark.fault(31)
def test_31_a_word_after_the_scan_is_refused(tmp_path):
    error = wrong_words(tmp_path, f"late\t743.5\t743.6\t{REST}")
    assert "744.157 s into a scan of 372 TRs of 2 s" in error.problem


@pytest.mark.parametrize("text", ["1,5", "20.1.2", "x"])
def test_a_field_that_is_no_number_is_named(tmp_path, text):
    error = wrong_words(tmp_path, f"a\t20\t21\t{REST}", f"b\t{text}\t22\t{REST}")
    assert error.field == "line 3, column Word Onset"
    assert repr(text) in error.problem


def test_another_table_is_refused(tmp_path):
    assert "expected the columns" in wrong_words(
        tmp_path, f"a\t20\t21\t{REST}", header=HEADER.replace("POS", "Tag")
    ).problem  # fmt: skip


def test_a_row_cut_short_is_refused(tmp_path):
    error = wrong_words(tmp_path, f"a\t20\t21\t{REST}", "b\t21\t22")
    assert (error.field, error.problem) == ("line 3", "has 3 fields, expected 16")


@pytest.mark.fault(36)
def test_36_latin_1_is_refused(tmp_path):
    assert "not UTF-8" in wrong_words(
        tmp_path, f"é\t20\t21\t{REST}", encoding="latin-1"
    ).problem  # fmt: skip


@pytest.mark.fault(24)
def test_24_a_pointer_is_no_sound(tmp_path):
    path = tmp_path / "pad.wav"
    path.write_text("/annex/objects/MD5E-s65590796--36b310929b34ae47f93afa78a714a612.wav")
    with pytest.raises(BadInput, match="not fetched"):
        ds002322.read_stimulus({"sound": path}, ("alice",), "sound")
