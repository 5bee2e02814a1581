"""Parallel sentences from an archive of the published layout, and archives that are not."""

import zipfile

import pytest

from braid.datasets import xnli
from braid.errors import BadInput

LANGUAGES = [
    *("ar", "bg", "de", "el", "en", "es", "fr", "hi"),
    *("ru", "sw", "th", "tr", "ur", "vi", "zh"),
]
ORIG, TOK = "XNLI-15way/xnli.15way.orig.tsv", "XNLI-15way/xnli.15way.tok.tsv"


def table(cells, languages=LANGUAGES):
    return "\n".join("\t".join(row) for row in [languages, *cells, ""] if row).encode() + b"\n"


def sentences(number, change=lambda text: text):
    return [[change(f"{language} {n}") for language in LANGUAGES] for n in range(number)]


@pytest.fixture
def write(tmp_path):
    def write(**members):
        path = tmp_path / "XNLI-15way.zip"
        content = {"orig": table(sentences(3)), "tok": table(sentences(3, str.upper))} | members
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in content.items():
                archive.writestr(f"XNLI-15way/xnli.15way.{name}.tsv", text)
        return path

    return write


def refusal(path) -> BadInput:
    with pytest.raises(BadInput) as caught:
        xnli.read_sentences(path, ["en", "fr"])
    assert caught.value.file == str(path)
    assert caught.value.cure
    return caught.value


def test_languages_come_in_the_order_asked(write):
    found = xnli.read_sentences(write(), ["zh", "en"])
    assert list(found.columns) == ["zh", "en"]
    assert found.to_numpy().tolist() == [["zh 0", "en 0"], ["zh 1", "en 1"], ["zh 2", "en 2"]]
    assert list(found.index) == [0, 1, 2]


def test_tokens_are_another_table(write):
    found = xnli.read_sentences(write(), ["fr"], tokenised=True)
    assert found["fr"].tolist() == ["FR 0", "FR 1", "FR 2"]


def test_quotes_and_words_that_look_like_nothing_are_text(write):
    odd = ['"an open quote', "NA", "null", 'two "" of them']
    cells = [[text] * 15 for text in odd]
    found = xnli.read_sentences(write(orig=table(cells)), LANGUAGES)
    assert found["en"].tolist() == odd
    assert found["zh"].tolist() == odd


def test_a_sentence_may_be_in_any_script(write):
    cells = [["这是一句话", "ولم أكن", "อีกประโยค"] * 5]
    found = xnli.read_sentences(write(orig=table(cells)), LANGUAGES)
    assert found.loc[0].tolist() == cells[0]


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_cell_without_a_sentence_is_named(write, blank):
    cells = sentences(3)
    cells[1][6] = blank
    error = refusal(write(orig=table(cells)))
    assert error.field == f"{ORIG}, line 3, column fr"


def test_a_row_cut_short_is_refused(write):
    cells = [*sentences(2), ["ar 2", "bg 2"]]
    assert refusal(write(orig=table(cells))).field == f"{ORIG}, line 4, column de"


def test_a_row_too_long_is_refused(write):
    cells = [*sentences(2), ["too long"] * 16]
    assert "not a UTF-8 table" in refusal(write(orig=table(cells))).problem


def test_other_columns_are_refused(write):
    error = refusal(write(orig=table(sentences(2), [*LANGUAGES[:-1], "ja"])))
    assert error.field == ORIG
    assert "'ja'" in error.problem


def test_36_another_encoding_is_refused(write):
    assert "not a UTF-8 table" in refusal(write(orig=table(sentences(1)) + b"\xe9\t")).problem


def test_a_table_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "XNLI-15way.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(TOK, table(sentences(1)))
    assert refusal(path).field == ORIG


def test_27_a_flipped_bit_is_noticed(write):
    path = write()
    content = bytearray(path.read_bytes())
    content[content.index(b"en 1")] ^= 1
    path.write_bytes(content)
    assert "damaged" in refusal(path).problem


def test_24_a_pointer_is_no_archive(tmp_path):
    path = tmp_path / "XNLI-15way.zip"
    path.write_text("/annex/objects/MD5E-s12000000--36b310929b34ae47f93afa78a714a612.zip")
    assert "not fetched" in refusal(path).problem
