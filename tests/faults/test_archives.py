"""Debian packages that were spoilt, or made to do harm."""

import pytest
from toydebs import write_deb

from braid.errors import BadInput
from braid.sources.archives import extract, names, read_member, read_members


def test_a_truncated_package_is_refused_and_leaves_nothing(package, tmp_path):
    whole = package("wesnoth").read_bytes()
    for end in (len(whole) // 2, 100, 30, 8):
        archive = tmp_path / f"{end}.deb"
        archive.write_bytes(whole[:end])
        with pytest.raises(BadInput, match="damaged"):
            names(archive)
        with pytest.raises(BadInput, match="damaged"):
            extract(archive, {"copyright": "usr/share/doc/nothing"}, tmp_path / "out" / "folder")
        assert not list((tmp_path / "out").iterdir())


def test_a_flipped_byte_is_found(package, tmp_path):
    content = bytearray(package("wesnoth").read_bytes())
    content[len(content) // 2] ^= 1
    archive = tmp_path / "flipped.deb"
    archive.write_bytes(content)
    with pytest.raises(BadInput, match="damaged"):
        names(archive)


def test_a_header_that_is_none_is_damage(tmp_path):
    archive = tmp_path / "a.deb"
    archive.write_bytes(b"!<arch>\n" + b"?" * 60)
    with pytest.raises(BadInput, match="damaged"):
        names(archive)


@pytest.mark.fault(40)
@pytest.mark.parametrize("name", ["usr/../../evil", "../evil"])
def test_a_name_that_leads_out_condemns_the_package(name, tmp_path):
    archive = write_deb(tmp_path / "a.deb", {"usr/good.txt": b"good", name: b"evil"})
    with pytest.raises(BadInput, match="leads out of the archive"):
        extract(archive, {"evil": name}, tmp_path / "out" / "folder")
    assert not list((tmp_path / "out").iterdir())
    with pytest.raises(BadInput, match="leads out of the archive"):
        names(archive)


def test_a_link_in_a_package_is_no_file_of_it(tmp_path):
    archive = write_deb(tmp_path / "a.deb", {"good": b"good"}, {"evil": "/etc/passwd"})
    assert names(archive) == ["good"]
    with pytest.raises(BadInput, match="is a link or a device"):
        list(read_members(archive, {"good", "evil"}.__contains__))


def test_a_member_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("braid.sources.archives._LARGEST_MEMBER", 10**5)
    archive = write_deb(tmp_path / "bomb.deb", {"zeros": bytes(10**5 + 1)})
    with pytest.raises(BadInput, match="unpacks to 100001 bytes"):
        read_member(archive, "zeros")
