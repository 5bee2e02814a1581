"""Annotations of a long made-up speech: the published header, line ends and defects."""

import pytest

from braid.twins.ds002322.texts import annotations, write_sidecars
from braid.twins.textgrids import Interval

SAID = ("Alice", "didn't", "that's", "true", "Alice's", "likely", "seemed", "it's", "very", "no")


@pytest.fixture(scope="module")
def text():
    words = [
        Interval(20 + n / 3, 20 + n / 3 + 0.25, SAID[n % len(SAID)] if n % 50 < 10 else "rabbit")
        for n in range(2132)
    ]
    return annotations(words)


@pytest.fixture(scope="module")
def rows(text):
    return [line.split("\t") for line in text.split("\r\n")[1:]]


def test_lines_end_as_published(text):
    assert text.count("\n") == text.count("\r\n")
    assert not text.endswith("\n")
    assert text.startswith("Words\tWord Onset\tWord Offset\tIsLex\tLogFreq\tPOS\tProsBreak\t")


def test_clitics_have_rows_of_their_own_without_times(rows):
    untimed = [n for n, row in enumerate(rows) if row[1] == row[2] == ""]
    assert {(rows[n - 1][0], rows[n][0]) for n in untimed} == {
        ("did", "nt"), ("that", "’s"), ("it", "s")
    }  # fmt: skip
    assert len(rows) == 2132 + len(untimed)
    assert {rows[n][6] for n in untimed} == {""}
    assert ["Alice's" in row for row in rows].count(True) > 10


def test_times_are_spoilt_as_published(rows):
    backwards = [n for n, row in enumerate(rows) if row[1] and float(row[2]) < float(row[1])]
    instant = [n for n, row in enumerate(rows) if row[1] and row[2] == row[1]]
    assert (backwards, instant) == ([102], [1899])


def test_blanks_and_double_values_are_where_they_were_published(rows):
    two = [n for n, row in enumerate(rows) if "," in row[7]]
    assert two == [986, 1166, 1463]
    assert all(row.count("") == sum(not cell for cell in row) for row in rows)
    assert [n for n, row in enumerate(rows) if not row[12]] == [67, 112, 240, 445, 1017, 1846]
    assert [n for n, row in enumerate(rows) if not row[7]] == [445]
    assert sum(not row[5] for row in rows) == 19


def test_truth_went_through_a_spreadsheet(rows):
    labels = {row[0] for row in rows}
    assert "TRUE" in labels
    assert "true" not in labels


@pytest.mark.parametrize(("starts", "size"), [("0.657", 83), ("0.8125", 84)])
def test_events_have_the_published_bytes(tmp_path, starts, size):
    write_sidecars(tmp_path, "39", starts, echoes=True)
    assert (tmp_path / "sub-39_task-alice_events.tsv").stat().st_size == size
    assert '"EchoTime": 0.0275' in (tmp_path / "sub-39_task-alice_bold.json").read_text()
