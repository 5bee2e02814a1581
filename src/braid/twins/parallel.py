"""Sentences of one story in many languages: a campaign of The Battle for Wesnoth, translated."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from braid.sources.archives import read_members

SOURCE = "en"  # the language that the catalogues translate from

_CATALOGUE = "usr/share/games/wesnoth/1.16/locale/{}/LC_MESSAGES/wesnoth-httt.mo"
_SHORTEST, _LONGEST = 4, 20  # words
# Markup, variables, plural forms, notes for translators; stage directions; numbers.
_NO_PROSE = re.compile(r"[<>$|{}^\0\4()（）\[\]*=\d]")
_END = re.compile(r"(?<=[.!?…。！？])(?![.!?…。！？])[\s\"»]*")
_SPACES = re.compile(r"\s+")


def sentences(archive: Path, languages: Sequence[str]) -> pd.DataFrame:
    """Sentences that all of these languages have, in the order of the English alphabet.

    A passage of several sentences is taken apart where every language has as many of them.

    Parameters
    ----------
    archive
        The Debian package wesnoth-1.16-httt.
    languages
        Among them English ("en"), and locales of the package such as "fr" or "zh_CN".

    Returns
    -------
    pandas.DataFrame
        A column per language: plain sentences of 4 to 20 English words, without line breaks.

    Raises
    ------
    BadInput
        When the archive is damaged.
    KeyError
        When it has no translation into one of the languages.
    """
    others = [language for language in languages if language != SOURCE]
    names = [_CATALOGUE.format(language) for language in others]
    found = dict(read_members(archive, names.__contains__))
    catalogues = [_catalogue(found[name]) for name in names]
    shared = sorted(set.intersection(*(set(catalogue) for catalogue in catalogues)))
    passages = ([text, *(catalogue[text] for catalogue in catalogues)] for text in shared)
    rows = [row for passage in passages for row in _aligned(passage)]
    table = pd.DataFrame(rows, columns=pd.Index([SOURCE, *others])).drop_duplicates(SOURCE)
    return table.loc[:, list(languages)].reset_index(drop=True)


def _aligned(passage: Sequence[str]) -> list[tuple[str, ...]]:
    """Sentences of a passage, first in English, unless the translators cut it otherwise."""
    if any(_NO_PROSE.search(text) for text in passage):
        return []
    cut = [[part for part in _END.split(_plain(text)) if part] for text in passage]
    if len({len(parts) for parts in cut}) > 1:
        return []
    return [row for row in zip(*cut, strict=True) if _SHORTEST <= len(row[0].split()) <= _LONGEST]


def _catalogue(content: bytes) -> dict[str, str]:
    """Translations by original (GNU gettext manual, "The Format of GNU MO Files")."""
    # Not by the standard library's gettext: it gives translations only of texts already known.
    _, _, count, originals, translations = np.frombuffer(content, "<u4", 5)
    tables = [
        np.frombuffer(content, "<u4", 2 * count, offset).reshape(-1, 2)
        for offset in (originals, translations)
    ]
    keys, values = (
        [content[start : start + length].decode("utf-8") for length, start in table]
        for table in tables
    )
    return dict(zip(keys, values, strict=True))


def _plain(text: str) -> str:
    """One line, with straight quotes as in a transcript."""
    straight = text.replace("’", "'").replace("“", '"').replace("”", '"')
    return _SPACES.sub(" ", straight).strip()
