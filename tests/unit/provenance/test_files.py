"""What is said of a file: its maker, and what of a picture survives a conversion."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from braid.drawing.style import canvas
from braid.errors import BadInput
from braid.provenance import recorded
from braid.provenance.files import given, look, members, pixels
from braid.provenance.shelf import read
from braid.store import sha256


@pytest.fixture
def made(tmp_path, monkeypatch, make_job):
    """Give the weights of a job, which has other outputs, too."""
    monkeypatch.chdir(tmp_path)
    folder = Path("results/encode")
    folder.mkdir(parents=True)
    outputs = {role: str(folder / f"bert.{role}.txt") for role in ("scores", "weights")}
    with recorded(make_job("encode", outputs=outputs | {"prov": str(folder / "bert.prov.json")})):
        for path in outputs.values():
            Path(path).write_text(path)
    return Path(outputs["weights"])


@pytest.fixture
def picture(tmp_path):
    def draw(seed):
        figure = canvas(4, 3)
        rng = np.random.default_rng(seed)
        figure.subplots().scatter(*rng.standard_normal((2, 40)))
        figure.savefig(tmp_path / f"{seed}.png", dpi=160)
        return tmp_path / f"{seed}.png"

    return draw


def test_an_input_names_the_job_that_made_it_and_that_jobs_record(made):
    file = given(made, "weights")
    record = Path("results/encode/bert.prov.json")
    assert file.made_by.record == str(record) == read(record).path
    assert file.made_by.sha256 == sha256(record)
    assert file.sha256 == sha256(made)


def test_a_tracked_input_was_made_by_no_job(made):
    Path("resources").mkdir()
    Path("resources/bert.tsv").write_text("x")
    assert given(Path("resources/bert.tsv"), "table").made_by is None


def test_an_input_that_changed_after_its_job_is_refused(made):
    made.write_text("changed")
    with pytest.raises(BadInput, match=r"bert\.prov\.json says.*\n.*snakemake --force") as error:
        given(made, "weights")
    assert error.value.file == str(made)


def test_a_file_where_only_jobs_write_must_have_a_record(made):
    assert given(made, "weights", is_made=True).made_by
    made.with_name("bert.prov.json").unlink()
    assert given(made, "weights").made_by is None
    with pytest.raises(BadInput, match=r"record: there is none.*\n.*snakemake --force") as error:
        given(made, "weights", is_made=True)
    assert error.value.file == str(made)


@pytest.mark.fault(17)
def test_a_spoilt_entry_of_a_cache_is_refused_with_what_to_remove(made):
    record = made.with_name("bert.prov.json")
    entries = [path.rename(Path(f"entry_{path.name}").absolute()) for path in (made, record)]
    for link, entry in zip((made, record), entries, strict=True):
        link.symlink_to(entry)
    assert given(made, "weights").made_by
    entries[0].write_text("tampered")
    with pytest.raises(BadInput) as error:
        given(made, "weights")
    assert error.value.cure == f"take them out of the cache: rm {entries[0]} {entries[1]}"


def test_what_snakemake_and_git_put_into_folders_does_not_count(tmp_path):
    (tmp_path / ".git").mkdir()
    for name in ("b", "a", ".snakemake_timestamp", ".git/index"):
        (tmp_path / name).write_text(name)
    assert [path.name for path in members(tmp_path)] == ["a", "b"]


def test_compression_keeps_pixels_and_an_edit_does_not(picture):
    path = picture(0)
    before = pixels(path)
    with Image.open(path) as opened:
        colours = np.array(opened)
    Image.fromarray(colours).save(path, compress_level=1)
    assert pixels(path) == before
    colours[3, 3] = 0
    Image.fromarray(colours).save(path)
    assert pixels(path) != before


def distance(one, other):
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_a_copy_in_another_format_and_size_looks_alike_and_another_figure_does_not(
    picture, tmp_path
):
    first, second = picture(0), picture(1)
    with Image.open(first) as opened:
        copy = opened.convert("RGB").resize((opened.width // 2, opened.height // 2))
    copy.save(tmp_path / "copy.jpg", quality=50)
    assert distance(look(first), look(tmp_path / "copy.jpg")) <= 16
    assert distance(look(first), look(second)) > 32
