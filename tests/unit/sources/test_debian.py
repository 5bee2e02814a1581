import hashlib

import pytest
from toydebs import write_archive, write_deb

from braid.errors import BadInput
from braid.sources.archives import read_member
from braid.sources.index import fetch_package
from braid.sources.tables import Package


@pytest.fixture
def deb(tmp_path, monkeypatch):
    """Make an archive with one package all that apt knows; nothing of it was listed yet."""
    folder = tmp_path / "debian"
    folder.mkdir()
    deb = write_deb(folder / "tiny_2.0-1_all.deb", {"usr/share/tiny/a.txt": b"first"})
    monkeypatch.setenv("APT_CONFIG", str(write_archive(folder, deb)))
    return deb


@pytest.fixture
def row(deb):
    return Package(
        name="toy",
        index="debian",
        project="tiny",
        version="1:2.0-1",
        filename=deb.name,
        bytes=deb.stat().st_size,
        sha256=hashlib.sha256(deb.read_bytes()).hexdigest(),
        licence="MIT",
        terms="none",
        citation="none",
    )


def test_fetched_with_apt_although_nothing_was_listed_before(row, deb, tmp_path):
    target = fetch_package(row, tmp_path / "my cache" / row.filename)
    assert read_member(target, "usr/share/tiny/a.txt") == b"first"
    assert [p.name for p in target.parent.iterdir()] == [row.filename]
    assert list((deb.parent / "empty").iterdir()) == []


def test_fetched_into_a_folder_named_from_here(row, deb, tmp_path, monkeypatch):
    monkeypatch.chdir(deb.parent.parent)
    assert (
        fetch_package(row, type(tmp_path)("cache") / row.filename).read_bytes() == deb.read_bytes()
    )


def test_a_version_that_the_archives_lack_is_refused_with_what_apt_says(row, tmp_path):
    with pytest.raises(BadInput, match=r"Version '9\.0' for 'tiny' was not found") as error:
        fetch_package(row.model_copy(update={"version": "9.0"}), tmp_path / "new" / row.filename)
    assert error.value.cure.startswith(
        "on a Debian machine that has it, run `apt-get download tiny=9.0`"
    )
    assert str(tmp_path / "new") in error.value.cure
    assert not list((tmp_path / "new").iterdir())


def test_another_file_under_the_same_version_is_refused(row, tmp_path):
    other = row.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(BadInput, match=f"sha256: is {row.sha256}"):
        fetch_package(other, tmp_path / "new" / row.filename)
    assert not list((tmp_path / "new").iterdir())


def test_a_machine_without_apt_is_told_where_to_put_the_file(row, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match="this machine has no apt-get") as error:
        fetch_package(row, tmp_path / row.filename)
    assert error.value.cure.endswith(f"into {tmp_path} as {row.filename}")
