"""Words with the published defects, on small files of the published layout."""

import numpy as np
import pytest

from braid.datasets.ds002322.words import COLUMNS, read_annotations, read_words

REST = "1\t8.65\tNN|VB\t1\t4.5\t4.25\t3.5\t3.25\t4\t3\t4\t2\t5"
WORDS = {
    "Alice": ("20.1198012", "20.63677681"),
    "did": ("20.63677681", "21"),
    "nt": ("", ""),
    "suddenly": ("21.5", "20.63677681"),
    "a": ("22.25", "22.5"),
    "you": ("22.5", "22.5"),
    "TRUE": ("22.5", "23"),
    "what": ("23", "23.5"),
    "’s": ("", ""),
}


def lines(words, rest=REST):
    return [f"{label}\t{start}\t{end}\t{rest}" for label, (start, end) in words.items()]


@pytest.fixture
def write(tmp_path):
    """Write annotations as published: CRLF, no last line end."""

    def write(rows):
        path = tmp_path / "annotations.tsv"
        path.write_bytes("\r\n".join(["\t".join(COLUMNS), *rows]).encode("utf-8"))
        return path

    return write


def test_the_published_columns_are_kept(write):
    table = read_annotations(write(lines(WORDS)))
    assert tuple(table.columns) == COLUMNS
    assert table["Words"].tolist() == list(WORDS)
    assert table["POS"].tolist() == ["NN|VB"] * len(WORDS)
    assert table.loc[0, ["Word Onset", "IsLex", "LogFreq"]].tolist() == [20.1198012, 1, 8.65]
    assert table["MG TD nodeCount"].tolist() == [5.0] * len(WORDS)


def test_clitics_are_spoken_with_the_word_before(write):
    words = read_words(write(lines(WORDS))).set_index("label")
    assert words.loc["nt", ["onset", "offset"]].tolist() == [20.63677681, 21]
    assert words.loc["’s", ["onset", "offset"]].tolist() == [23, 23.5]
    assert np.isnan(words.loc["nt", "Word Onset"])


def test_a_word_that_ends_before_it_starts_lasts_until_the_next(write):
    words = read_words(write(lines(WORDS))).set_index("label")
    assert words.loc["suddenly", ["onset", "offset"]].tolist() == [21.5, 22.25]
    assert words.loc["suddenly", "Word Offset"] == 20.63677681


def test_a_word_may_last_no_time(write):
    words = read_words(write(lines(WORDS))).set_index("label")
    assert words.loc["you", ["onset", "offset"]].tolist() == [22.5, 22.5]


def test_the_spreadsheets_truth_is_a_word_again(write):
    words = read_words(write(lines(WORDS)))
    assert "true" in words["label"].tolist()
    assert "TRUE" in words["Words"].tolist()


def test_two_surprisals_of_a_word_add_up(write):
    rest = "1\t8\tNN\t1\t6.5,0.25\t4,3\t1,2\t1,8\t9\t5\t6\t2\t3"
    table = read_annotations(write(lines({"onto": ("353.9", "354")}, rest)))
    surprisals = [name for name in COLUMNS if name.startswith(("2-gram", "3-gram"))]
    assert table.loc[0, surprisals].tolist() == [6.75, 7, 3, 9]


def test_blanks_are_no_numbers(write):
    rest = "0\t13.1\t\t\t\t\t\t\t0\t\t\t\t"
    table = read_annotations(write(lines({"she": ("169", "169.2")}, rest)))
    assert table.loc[0, "POS"] == ""
    blank = table.columns[table.loc[0].isna()].tolist()
    assert blank == ["ProsBreak", *COLUMNS[7:11], *COLUMNS[12:]]


def test_words_that_look_like_nothing_and_quotes_stay_words(write):
    odd = {'"NA': ("1", "2"), "null": ("2", "3"), "None": ("3", "4")}
    assert read_words(write(lines(odd)))["label"].tolist() == list(odd)
