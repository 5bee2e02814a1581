import io
import tarfile
import zipfile

import pytest

from braid.sources.archives import extract, read_member

FILES = {"pkg/data/a.txt": b"first", "pkg/data/deep/b.txt": b"second", "pkg/other.txt": b"third"}


@pytest.fixture(params=["tar.gz", "whl"])
def archive(request, tmp_path):
    path = tmp_path / f"package.{request.param}"
    if request.param == "whl":
        with zipfile.ZipFile(path, "w") as file:
            file.mkdir("pkg")
            for name, content in FILES.items():
                file.writestr(name, content)
        return path
    with tarfile.open(path, "w:gz") as tar:
        for name, content in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_one_member(archive):
    assert read_member(archive, "pkg/data/deep/b.txt") == b"second"


def test_extract_writes_exactly_the_members_asked_for(archive, tmp_path):
    folder = tmp_path / "out"
    members = {"a.txt": "pkg/data/a.txt", "deep/b.txt": "pkg/data/deep/b.txt"}
    extract(archive, members | {"c.txt": "pkg/other.txt"}, folder)
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert found == {"a.txt": b"first", "deep/b.txt": b"second", "c.txt": b"third"}


def test_extract_replaces_what_was_there(archive, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    extract(archive, {"a.txt": "pkg/data/a.txt"}, folder)
    assert [p.name for p in folder.iterdir()] == ["a.txt"]


def test_the_text_of_alice_is_in_its_package(package):
    text = read_member(package("brotli"), "brotli-1.2.1/tests/testdata/alice29.txt")
    assert b"ALICE'S ADVENTURES IN WONDERLAND" in text and len(text) == 152089
