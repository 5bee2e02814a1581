import gettext
import io
import tarfile
import zipfile

import pytest
from toydebs import write_deb

from braid.sources.archives import extract, names, read_member, read_members

FILES = {"pkg/data/a.txt": b"first", "pkg/data/deep/b.txt": b"second", "pkg/other.txt": b"third"}


@pytest.fixture(params=["tar.gz", "whl", "xz.deb", "gz.deb"])
def archive(request, tmp_path):
    path = tmp_path / f"package.{request.param}"
    if path.suffix == ".deb":
        return write_deb(path, FILES, packing=request.param.removesuffix(".deb"))
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


def test_names_are_those_of_the_files_in_order(archive):
    assert names(archive) == list(FILES)


def test_many_members_in_one_pass(archive):
    found = dict(read_members(archive, lambda name: name.startswith("pkg/data/")))
    assert found == {"pkg/data/a.txt": b"first", "pkg/data/deep/b.txt": b"second"}
    assert list(read_members(archive, {"absent"}.__contains__)) == []


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


def test_the_dialogue_of_wesnoth_is_in_its_package(package):
    messages = "usr/share/games/wesnoth/1.16/locale/{}/LC_MESSAGES/wesnoth-httt.mo".format
    wanted = {messages(language) for language in ("fr", "ja", "zh_CN")}
    found = dict(read_members(package("wesnoth"), wanted.__contains__))
    assert set(found) == wanted
    french = gettext.GNUTranslations(io.BytesIO(found[messages("fr")]))
    assert french.gettext("Heir to the Throne") == "L'Héritier du trône"


@pytest.mark.parametrize("packing", ["gz", "xz"])
@pytest.mark.parametrize("size", range(4))
def test_a_package_is_read_whatever_the_length_of_its_parts(size, packing, tmp_path):
    content = {"a.bin": b"", "b.bin": bytes(range(37 * size))}
    archive = write_deb(tmp_path / "a.deb", content, packing=packing)
    assert dict(read_members(archive, lambda name: True)) == content
