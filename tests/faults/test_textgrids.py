"""Malformed TextGrids, one fault each: the error names file, place and cure."""

from pathlib import Path

import pytest

from braid.errors import BadInput
from braid.timing import read_tier

PHONES = [("0", "0.5", "AH0"), ("0.5", "2", "L")]
WORDS = [("0", "0.5", "sp"), ("0.5", "1.25", "alice"), ("1.25", "2", "said")]


def long(words=WORDS, phones=PHONES, name="word", end="2.5", count=None) -> str:
    tiers = (("phone", phones, None), (name, words, count))
    head = f'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = {end}\n'
    return (
        head
        + "tiers? <exists>\nsize = 2\nitem []:\n"
        + "".join(
            f'    item [{n}]:\n        class = "IntervalTier"\n        name = "{tier}"\n'
            f"        xmin = 0\n        xmax = {end}\n"
            f"        intervals: size = {declared or len(spans)}\n"
            + "".join(
                f"        intervals [{i}]:\n            xmin = {a}\n            xmax = {b}\n"
                f'            text = "{label}"\n'
                for i, (a, b, label) in enumerate(spans, 1)
            )
            for n, (tier, spans, declared) in enumerate(tiers, 1)
        )
    )


def short(words=WORDS, phones=PHONES, name="word", end="2.5", count=None) -> str:
    tiers = (("phone", phones, None), (name, words, count))
    head = f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n{end}\n<exists>\n2\n'
    return head + "".join(
        f'"IntervalTier"\n"{tier}"\n0\n{end}\n{declared or len(spans)}\n'
        + "".join(f'{a}\n{b}\n"{label}"\n' for a, b, label in spans)
        for tier, spans, declared in tiers
    )


FORMS = pytest.mark.parametrize("form", [long, short])


def put(folder: Path, content: str | bytes) -> Path:
    path = folder / "souls.TextGrid"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(folder: Path, content: str | bytes) -> BadInput:
    path = put(folder, content)
    with pytest.raises(BadInput) as caught:
        read_tier(path)
    assert caught.value.file == str(path)
    assert caught.value.cure
    return caught.value


def expected(words) -> list[tuple]:
    return [(float(a), float(b), label) for a, b, label in words]


@pytest.mark.fault(35, recovers=True)
@FORMS
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_35_encodings_of_praat_are_read(tmp_path, form, encoding):
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    words = [*WORDS[:2], ("1.25", "2", "café")]
    path = put(tmp_path, (mark + form(words)).encode(encoding))
    assert list(read_tier(path).itertuples(index=False, name=None)) == expected(words)


@pytest.mark.fault(36)
def test_36_latin1_names_the_byte(tmp_path):
    content = long([*WORDS[:2], ("1.25", "2", "café")]).encode("latin-1")
    error = refusal(tmp_path, content)
    assert error.field == f"byte {content.index(b'caf') + 3}"
    assert "iconv -f latin1 -t utf-8" in error.cure


@pytest.mark.fault(37, recovers=True)
@FORMS
@pytest.mark.parametrize(
    ("written", "read"),
    [('say ""oh""', 'say "oh"'), ("one\ntwo", "one\ntwo"), ("! 1 xmin = 3", "! 1 xmin = 3")],
)
def test_37_labels_with_quotes_newlines_and_decoys_are_read(tmp_path, form, written, read):
    path = put(tmp_path, form([*WORDS[:2], ("1.25", "2", written)]))
    assert read_tier(path)["label"].tolist() == ["sp", "alice", read]


@pytest.mark.fault(37, recovers=True)
@FORMS
def test_37_windows_line_ends_are_read(tmp_path, form):
    path = put(tmp_path, form().replace("\n", "\r\n"))
    assert list(read_tier(path).itertuples(index=False, name=None)) == expected(WORDS)


@pytest.mark.fault(38)
@FORMS
@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (("0.4", "1.25", "alice"), "starts before the one before it ends"),
        (("1.3", "1.25", "alice"), "ends before it starts"),
        (("nan", "1.25", "alice"), "expected two times and a label"),
        (("0.5", "1,25", "alice"), "expected two times and a label"),
        (("0.5", "1e999", "alice"), "not finite"),
        (("-0.5", "1.25", "alice"), "before 0 s"),
        (("0.5", "7.5", "alice"), "ends after its tier, at 2.5 s"),
    ],
)
def test_38_bad_times_name_tier_and_interval(tmp_path, form, second, problem):
    error = refusal(tmp_path, form([WORDS[0], second, WORDS[2]]))
    assert error.field == "tier 'word', interval 2"
    assert problem in error.problem


@pytest.mark.fault(38)
@FORMS
@pytest.mark.parametrize("count", [2, 4])
def test_38_a_wrong_count_is_refused(tmp_path, form, count):
    error = refusal(tmp_path, form(count=count))
    assert error.problem == f"declares {count} intervals, holds 3"


@pytest.mark.fault(38)
@FORMS
def test_38_a_file_cut_anywhere_in_the_words_is_refused(tmp_path, form):
    whole = form()
    start, stop = whole.index('"word"'), whole.rindex('"')
    for end in range(start, stop):
        refusal(tmp_path, whole[:end])


@pytest.mark.fault(38, recovers=True)
def test_38_overlapping_phones_leave_the_words_alone(tmp_path):
    path = put(tmp_path, long(phones=[("0", "1.5", "AH0"), ("0.5", "2", "L")]))
    assert list(read_tier(path).itertuples(index=False, name=None)) == expected(WORDS)


@pytest.mark.fault(39)
@FORMS
def test_39_a_missing_tier_lists_those_there(tmp_path, form):
    error = refusal(tmp_path, form(name="mots"))
    assert error.field == "tier word or words"
    assert error.problem.endswith("tiers in the file: 'phone', 'mots'")


@pytest.mark.fault(39)
def test_39_a_tier_of_points_holds_no_words(tmp_path):
    error = refusal(
        tmp_path,
        short()
        .replace('"IntervalTier"\n"word"', '"TextTier"\n"word"')
        .replace('0\n0.5\n"sp"', '0.5\n"sp"'),
    )
    assert error.field == "tier 'word', interval 1"


@pytest.mark.fault(39)
@pytest.mark.parametrize("content", ["", "not a TextGrid", '{"start": 0, "tiers": {}}'])
def test_39_what_is_no_textgrid_has_no_tiers(tmp_path, content):
    assert refusal(tmp_path, content).problem.endswith("tiers in the file: none")


KEY = "MD5E-s872355--24e95f7dd974af6644c139b55a0d8f35"


@pytest.mark.fault(24)
@pytest.mark.parametrize(
    "content",
    [f"/annex/objects/{KEY}\n", f"../../.git/annex/objects/X1/Y2/{KEY}/{KEY}"],
)
def test_24_a_pointer_is_not_words(tmp_path, content):
    error = refusal(tmp_path, content)
    assert "not fetched" in error.problem
    assert error.cure == f"datalad get {error.file}"


@pytest.mark.fault(24)
def test_24_a_dangling_link_into_the_annex_is_not_fetched(tmp_path):
    path = tmp_path / "souls.TextGrid"
    path.symlink_to(f"../../.git/annex/objects/X1/Y2/{KEY}/{KEY}")
    with pytest.raises(BadInput, match="not fetched") as caught:
        read_tier(path)
    assert "datalad get" in caught.value.cure
