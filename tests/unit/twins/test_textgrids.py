"""TextGrid writers, against praatio's reader."""

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from praatio import textgrid

from braid.twins import textgrids
from braid.twins.textgrids import Interval

WORDS = [Interval(0.5, 0.75, "Alice"), Interval(0.75, 1.0, 'said "oh"'), Interval(1.5, 2, "{BR}")]
FORMS = {
    "long": textgrids.write_long,
    "short": textgrids.write_short,
    "utf-16": partial(textgrids.write_long, encoding="utf-16"),
}


@pytest.mark.parametrize("form", FORMS)
def test_praatio_reads_what_was_written(form: str, tmp_path: Path) -> None:
    path = tmp_path / "story.TextGrid"
    FORMS[form](path, {"phone": WORDS[:1], "word": WORDS}, 2.0)
    read = textgrid.openTextgrid(str(path), includeEmptyIntervals=False)
    assert read.tierNames == ("phone", "word")
    assert [tuple(entry) for entry in read.getTier("word").entries] == [tuple(w) for w in WORDS]
    assert [tuple(entry) for entry in read.getTier("phone").entries] == [tuple(WORDS[0])]


def test_forms_differ_on_disk(tmp_path: Path) -> None:
    for form, write in FORMS.items():
        write(tmp_path / form, {"word": WORDS}, 2.0)
    assert b"xmin" in (tmp_path / "long").read_bytes()
    assert b"xmin" not in (tmp_path / "short").read_bytes()
    assert (tmp_path / "utf-16").read_bytes()[:2] in (b"\xff\xfe", b"\xfe\xff")


def test_fill_covers_the_recording_with_markers_in_turn() -> None:
    words = [Interval(n + 0.25, n + 0.75, f"w{n}") for n in range(4)]
    filled = textgrids.fill(words, 5.0, "begin", "end", ["a", "b"])
    assert (filled[0].start, filled[-1].end) == (0.0, 5.0)
    assert all(left.end == right.start for left, right in pairwise(filled))
    assert [i.label for i in filled] == ["begin", "w0", "a", "w1", "b", "w2", "a", "w3", "end"]


def test_fill_adds_nothing_between_words_that_touch() -> None:
    filled = textgrids.fill(WORDS[:2], 2.0, "begin", "end", ["gap"])
    assert [interval.label for interval in filled] == ["begin", "Alice", 'said "oh"', "end"]
