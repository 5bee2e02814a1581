"""Attacks on figures, intermediates and raw files."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tinyrepo import FIGURE

from braid.drawing import passport
from braid.errors import BadInput
from braid.provenance import ledger
from braid.provenance.audit import audit

pytestmark = pytest.mark.attack


def repaint(path, target, level=6, **kept):
    """Save a picture anew, its words kept, one pixel changed if asked."""
    with Image.open(path) as picture:
        pixels, words = np.array(picture), PngInfo()
        for name, value in picture.info.items():
            if isinstance(value, str):
                words.add_text(name, value)
    if kept.get("spot"):
        pixels[5, 5] = 0
    Image.fromarray(pixels).save(target, pnginfo=words, compress_level=level)


def tamper(path, text=b"tampered"):
    """Append to a file and set its times back, as an attacker would."""
    status = path.stat()
    with path.open("ab") as file:
        file.write(text)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def flip(path):
    """Change one byte in the middle, size and modification time as before."""
    status, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.fault(12)
def test_a_picture_that_was_edited(figure, codes):
    repaint(figure, figure, spot=True)
    assert codes(figure) == {"FIGURE_EDITED"}


def test_a_picture_that_was_compressed_anew_is_still_the_same_picture(figure, codes):
    repaint(figure, figure, level=1)
    assert codes(figure) == {"FIGURE_RECOMPRESSED"}


@pytest.mark.fault(12)
def test_an_edited_copy_elsewhere(figure, codes, tmp_path):
    repaint(figure, tmp_path / "slide.png", spot=True)
    assert codes(tmp_path / "slide.png", figure.parents[3]) == {"FIGURE_EDITED"}


def test_a_conversion_is_traced_by_its_look(figure, codes, tmp_path):
    with Image.open(figure) as picture:
        small = picture.convert("RGB").resize((picture.width * 2 // 3, picture.height * 2 // 3))
    small.save(tmp_path / "slide.jpg", quality=60)
    assert codes(tmp_path / "slide.jpg", figure.parents[3]) == {"FIGURE_CONVERTED"}


def test_a_picture_without_its_passport(figure, codes):
    with Image.open(figure) as picture:
        Image.fromarray(np.array(picture)).save(figure)
    assert codes(figure) == {"FIGURE_CONVERTED"}


@pytest.mark.fault(12)
def test_another_picture_with_a_stolen_passport(figure, codes, tmp_path):
    words = PngInfo()
    words.add_text(passport.KEY, passport.read(figure))
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png", pnginfo=words)
    assert codes(tmp_path / "noise.png", figure.parents[3]) == {"FIGURE_EDITED"}


def test_a_foreign_picture_has_no_record(figure, codes, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    with pytest.raises(BadInput, match="no record of this file"):
        codes(tmp_path / "noise.png", figure.parents[3])


@pytest.mark.fault(12)
@pytest.mark.parametrize(
    ("suffix", "old", "new"), [(".csv", "0,", "0,9"), (".svg", "part", "PART")]
)
def test_numbers_and_words_that_were_edited(figure, codes, suffix, old, new):
    file = figure.with_suffix(suffix)
    file.write_text(file.read_text().replace(old, new, 1))
    assert codes(file) == {"FIGURE_EDITED"}


@pytest.mark.fault(12)
def test_findings_that_were_edited(figure, codes):
    figure.with_suffix(".txt").write_text("Everything is significant.\n")
    assert codes(figure) == {"OUTPUT_CHANGED"}


@pytest.mark.fault(11)
def test_an_intermediate_that_was_changed(figure, codes):
    with (figure.parents[2] / "fit/means/0.nc").open("ab") as file:
        file.write(b"tampered")
    assert codes(figure) == {"OUTPUT_CHANGED"}


@pytest.mark.fault(10)
def test_an_intermediate_whose_times_were_set_back(figure, codes):
    tamper(figure.parents[2] / "fit/means/0.nc")
    assert codes(figure) == {"OUTPUT_CHANGED"}


@pytest.mark.fault(10)
def test_one_bit_of_a_large_file_that_was_hashed_before(figure, codes, tmp_path, monkeypatch):
    monkeypatch.setattr(ledger, "FOLDER", tmp_path / "digests")
    responses = figure.parents[2] / "respond/toy.nc"
    ledger.digest(responses)
    assert ledger.known(responses)
    flip(responses)
    assert codes(figure) == {"OUTPUT_CHANGED"}


@pytest.mark.fault(21)
def test_one_bit_of_the_raw_data(repo, figure, codes):
    flip(repo / ".cache/public/raw.txt")
    assert "OUTPUT_CHANGED" in codes(figure)


def test_raw_data_that_are_gone(repo, figure, codes):
    (repo / ".cache/public/raw.txt").unlink()
    assert codes(figure) == {"FILE_MISSING"}


def test_an_intermediate_that_is_not_kept_is_no_fault(repo, figure):
    (figure.parents[2] / "respond/toy.nc").unlink()
    found = audit(figure, repo / "results")
    assert (found.findings, found.gone) == ([], 1)


def test_an_output_that_is_a_link_to_something_else(repo, figure, codes):
    scores = figure.parents[2] / "fit/means/0.nc"
    scores.unlink()
    scores.symlink_to(figure.parents[2] / "fit/means/1.nc")
    assert codes(figure) == {"CACHE_CHANGED"}


def test_two_files_that_changed_places(figure, codes):
    zero, one = (figure.parents[2] / f"fit/means/{part}.nc" for part in (0, 1))
    aside = zero.with_name("aside")
    zero.rename(aside)
    one.rename(zero)
    aside.rename(one)
    assert codes(figure) == {"OUTPUT_CHANGED"}


def test_a_figure_of_simulated_data_in_the_place_of_the_public_one(repo, figure, codes):
    for end in ("png", "svg", "csv", "txt", "prov.json"):
        twin = (repo / "results/twin" / FIGURE).with_suffix(f".{end}")
        shutil.copy(twin, figure.with_suffix(f".{end}"))
    assert codes(figure) == {"RECORD_MISPLACED"}
