"""Parallel sentences are what the catalogues of the package say, aligned and plain."""

import gettext
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from braid.sources.archives import read_member
from braid.twins import parallel

LANGUAGES = ("en", "fr", "zh_CN")
CATALOGUE = "usr/share/games/wesnoth/1.16/locale/{}/LC_MESSAGES/wesnoth-httt.mo"


@pytest.fixture(scope="module")
def archive(package: Callable[[str], Path]) -> Path:
    return package("wesnoth")


@pytest.fixture(scope="module")
def table(archive: Path) -> pd.DataFrame:
    return parallel.sentences(archive, LANGUAGES)


def test_each_language_has_a_column_of_distinct_english_sentences(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == LANGUAGES
    assert len(table) > 1000
    assert table["en"].is_unique
    assert table.index.tolist() == list(range(len(table)))


@pytest.mark.parametrize("language", ["fr", "zh_CN"])
def test_whole_passages_are_translated_as_gettext_says(
    archive: Path, table: pd.DataFrame, language: str
) -> None:
    raw = read_member(archive, CATALOGUE.format(language))
    translate = gettext.GNUTranslations(BytesIO(raw)).gettext
    straight = str.maketrans("’“”", '\'""')
    said = {text: " ".join(translate(text).translate(straight).split()) for text in table["en"]}
    whole = {text: one for text, one in said.items() if one != text}
    assert len(whole) > 200
    found = table.set_index("en")[language]
    assert all(found[text] == one for text, one in whole.items())


def test_passages_are_cut_into_the_same_sentences(table: pd.DataFrame) -> None:
    row = table.set_index("en").loc["My mother told me."]
    assert row.tolist() == ["Ma mère me l'a dit.", "我的母后是这样告诉我的。"]


def test_sentences_are_plain_prose_of_some_length(table: pd.DataFrame) -> None:
    assert table["en"].str.split().str.len().between(4, 20).all()
    for language in LANGUAGES:
        texts = table[language]
        assert not texts.str.contains(r"[<>$|{}()\[\]\d\n]").any()
        assert texts.map(lambda text: text == " ".join(text.split())).all()
    assert not table["en"].str.contains(re.escape("’")).any()
    assert table["zh_CN"].str.contains(r"[\u4e00-\u9fff]").all()


def test_languages_may_come_in_any_order(archive: Path, table: pd.DataFrame) -> None:
    turned = parallel.sentences(archive, LANGUAGES[::-1])
    pd.testing.assert_frame_equal(turned, table[list(LANGUAGES[::-1])])


def test_a_language_that_the_package_does_not_have(archive: Path) -> None:
    with pytest.raises(KeyError):
        parallel.sentences(archive, ("en", "sw"))
