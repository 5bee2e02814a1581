"""Tables, pictures, texts and folders beside their recorded selves."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from braid.drawing.passport import KEY, Passport, write, write_rows
from braid.provenance.files import described
from braid.provenance.replay.compare import compare
from braid.provenance.replay.pictures import FOOT


@pytest.fixture
def beside(tmp_path):
    """Compare two files of one name, or one whose recorded self is gone or was changed."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()

    def run(name, first, second, change=None):
        for folder, make in ((old, first), (new, second)):
            make(folder / name)
        recorded, made = (described(folder / name, "png") for folder in (old, new))
        if change:
            change(old / name)
        return compare(recorded, old / name, made, new / name)

    return run


def text(content):
    return lambda path: path.write_text(content)


def rows(r, digest="a" * 64):
    signed = Passport(digest, "t", "d", False)
    frame = pd.DataFrame({"subject": ["S1", "S2"], "r": [0.1, r], "voxels": [10, 20]})
    return lambda path: write_rows(frame, path, signed)


def picture(change=0, where=(0, 0), digest="a" * 64, height=200):
    colours = np.random.default_rng(0).integers(0, 200, (height, 100, 3), np.uint8)
    colours[where] += np.uint8(change)

    def write(path):
        info = PngInfo()
        info.add_text(KEY, digest)
        Image.fromarray(colours).save(path, pnginfo=info)

    return write


def test_equal_bytes_are_bit_equal(beside):
    assert beside("a.csv", rows(0.2), rows(0.2)) == ("bit-equal", "", None)


def test_numbers_of_a_table_may_differ_by_a_ten_thousandth(beside):
    near, far = (beside("a.csv", rows(0.2), rows(0.2 + by)) for by in (9e-5, 1e-3))
    assert (near.level, far.level) == ("within tolerance", "beyond")
    assert far.text.startswith("r: 0.2 recorded, 0.201 now, in row 1")


def test_the_passport_of_a_table_is_set_apart(beside):
    found = beside("a.csv", rows(0.2), rows(0.2, "b" * 64))
    assert found[:2] == ("within tolerance", "equal but for the passport")


def test_pixels_are_counted(beside):
    few, many = (slice(0, 4), 0), (slice(0, 100), 0)
    levels = {
        "a few by much": beside("a.png", picture(), picture(50, few)),
        "many by little": beside("b.png", picture(), picture(8, many)),
        "many by much": beside("c.png", picture(), picture(50, many)),
    }
    assert levels["a few by much"].text == "0.02% of the pixels differ, by at most 50 of 255"
    assert [found.level for found in levels.values()] == [
        "within tolerance",
        "within tolerance",
        "beyond",
    ]


def test_the_foot_counts_unless_it_bears_another_passport(beside):
    foot = (slice(-FOOT, None), slice(0, 50))
    same = beside("a.png", picture(), picture(50, foot))
    other = beside("b.png", picture(), picture(50, foot, "b" * 64))
    assert same.level == "beyond"
    assert other[:2] == (
        "within tolerance",
        "0.00% of the pixels differ, by at most 0 of 255; the foot with another passport left out",
    )


def test_the_foot_is_where_figures_are_signed(tmp_path):
    """Two passports change no pixel above the foot."""
    for name in "ab":
        signed = Passport(name * 64, "t", "d", True)
        write(Figure(figsize=(4, 3)), {"png": tmp_path / f"{name}.png"}, signed)
    one, other = (np.asarray(Image.open(tmp_path / f"{name}.png")) for name in "ab")
    changed = np.flatnonzero((one != other).any(axis=(1, 2)))
    assert changed.size > 0
    assert changed.min() >= len(one) - FOOT


def test_another_size_is_beyond(beside):
    found = beside("a.png", picture(), picture(height=201))
    assert found[:2] == ("beyond", "100 x 200 pixels recorded, 100 x 201 now")


def test_texts_differ_from_a_line_on(beside):
    found = beside("a.txt", text("one\ntwo\n"), text("one\nthree\n"))
    assert found[:2] == ("beyond", "bytes differ, first in line 2")
    longer = beside("b.txt", text("one\n"), text("one\ntwo\n"))
    assert longer.text == "bytes differ, first in line 2"


def test_the_passport_of_a_page_is_set_apart(beside):
    pages = [text(f'<meta name="{KEY}" content="{d * 64}">\n<p>{d * 16}</p>') for d in "ab"]
    assert beside("a.html", *pages)[:2] == ("within tolerance", "equal but for the passport")


def folder(**files):
    def make(path):
        for name, content in files.items():
            place = path / name.replace("__", "/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)

    return make


def test_members_of_a_folder_are_named(beside):
    same, other = folder(a="same", b="x"), folder(a="same", b="y")
    assert beside("a", same, same).level == "bit-equal"
    assert beside("b", same, other)[:2] == ("beyond", "1 of 2 files differ, first b")


def test_of_a_file_that_is_gone_the_digest_is_left(beside):
    same = beside("a.txt", text("one"), text("one"), lambda path: path.unlink())
    assert same.level == "bit-equal"
    other = beside("b.txt", text("one"), text("two"), lambda path: path.unlink())
    assert other.level == "digest differs"


def test_a_file_that_was_changed_since_is_said_to_be(beside):
    found = beside("a.csv", rows(0.2), rows(0.2), rows(0.9))
    assert found.level == "beyond"
    assert (
        "was changed after its job, and what it wrote was made again to the bit; r:" in found.text
    )


def test_what_cannot_be_read_any_more_is_beyond(beside):
    cut = beside("a.png", picture(), picture(1), lambda path: path.write_bytes(b"\x89PNG"))
    assert cut.level == "beyond"
    assert cut.text.startswith("the recorded file cannot be read")
