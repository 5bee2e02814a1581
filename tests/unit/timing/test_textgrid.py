"""The TextGrid reader against praatio, in every form that Praat writes."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from praatio import textgrid
from praatio.data_classes.interval_tier import IntervalTier

from braid.errors import BadInput
from braid.timing import read_tier

WORDS = [(0.0, 0.5, "sp"), (0.5, 1.25, "Alice"), (1.25, 2.0, 'said "oh"')]
CHRONOLOGICAL = '''"Praat chronological TextGrid text file"
0 2.5   ! Time domain.
2   ! Number of tiers.
"TextTier" "bell" 0 2.5
"IntervalTier" "word" 0 2.5
! of tier 2 come "words" 3 2
2 0 0.5
"sp"
1 0.25
"ding"
2 0.5 1.25
"Alice"
2 1.25 2.0
"said ""oh"""
'''


def write(path: Path, words: list, form: str, end: float = 2.5) -> Path:
    grid = textgrid.Textgrid(0, end)
    grid.addTier(IntervalTier("phone", [(0, end, "AH0")], 0, end))
    grid.addTier(IntervalTier("word", words, 0, end))
    grid.save(str(path), format=form, includeBlankSpaces=False)
    return path


def rows(path: Path) -> list[tuple]:
    return list(read_tier(path).itertuples(index=False, name=None))


@pytest.mark.parametrize("form", ["long_textgrid", "short_textgrid"])
def test_reads_what_praatio_writes(tmp_path, form):
    assert rows(write(tmp_path / "story.TextGrid", WORDS, form)) == WORDS


def test_reads_the_chronological_form(tmp_path):
    path = tmp_path / "story.TextGrid"
    path.write_text(CHRONOLOGICAL)
    assert rows(path) == WORDS


labels = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1, max_size=8
).filter(lambda label: label == label.strip() and label != "TextTier")  # praatio stumbles on it


@settings(
    max_examples=60,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(st.integers(1, 4000), min_size=1, max_size=20),
    words=st.lists(labels, min_size=20, max_size=20),
    form=st.sampled_from(["long_textgrid", "short_textgrid"]),
)
def test_agrees_with_praatio_on_any_labels(tmp_path, steps, words, form):
    edges = [0.0, *(np.cumsum(steps) / 1000).tolist()]
    spans = [(a, b, label) for (a, b), label in zip(pairwise(edges), words, strict=False)]
    path = write(tmp_path / "any.TextGrid", spans, form, end=edges[-1])
    seen = textgrid.openTextgrid(str(path), includeEmptyIntervals=True).getTier("word").entries
    assert rows(path) == [tuple(entry) for entry in seen] == spans


@pytest.mark.parametrize("form", ["long_textgrid", "short_textgrid"])
@pytest.mark.parametrize("place", [0, 2])
def test_a_word_may_look_like_a_header(tmp_path, form, place):
    words = [(a, b, "TextTier" if i == place else label) for i, (a, b, label) in enumerate(WORDS)]
    path = write(tmp_path / "story.TextGrid", words, form)
    path.write_text(path.read_text().replace("AH0", "TextTier"))
    assert rows(path) == words
    assert read_tier(path, names=("phone",))["label"].tolist() == ["TextTier"]


def test_reads_the_first_of_the_names_that_is_there(tmp_path):
    path = write(tmp_path / "story.TextGrid", WORDS, "long_textgrid")
    path.write_text(path.read_text().replace('"word"', '"words"'))
    assert rows(path) == WORDS
    assert read_tier(path, names=("phone",))["label"].tolist() == ["AH0"]


def test_two_tiers_of_the_name_are_refused(tmp_path):
    path = write(tmp_path / "story.TextGrid", WORDS, "long_textgrid")
    path.write_text(path.read_text().replace('"phone"', '"words"'))
    with pytest.raises(BadInput, match="expected it once, found 2; tiers in the file: 'words', 'w"):
        read_tier(path)


def test_gaps_and_rounding_are_accepted(tmp_path):
    words = [(0.0, 0.5, "a"), (0.4995, 1.0, "b"), (1.5, 2.5004, "c")]
    path = tmp_path / "story.TextGrid"
    body = "\n".join(f'{a}\n{b}\n"{label}"' for a, b, label in words)
    path.write_text(
        'File type = "ooTextFile"\n"TextGrid"\n\n0\n2.5\n<exists>\n1\n'
        f'"IntervalTier"\n"word"\n0\n2.5\n3\n{body}\n'
    )
    assert rows(path) == words
