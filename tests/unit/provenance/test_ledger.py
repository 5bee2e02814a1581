"""Digests that are kept hold as long as their files stay."""

import os

import pytest

from braid.provenance import ledger
from braid.store import sha256


@pytest.fixture
def large(tmp_path, monkeypatch):
    monkeypatch.setattr(ledger, "FOLDER", tmp_path / "digests")
    path = tmp_path / "large.nc"
    path.write_bytes(bytes(ledger.LARGE))
    return path


def test_a_large_file_is_looked_up_instead_of_hashed(large):
    assert ledger.known(large) is None
    assert ledger.digest(large) == sha256(large) == ledger.known(large)
    [entry] = ledger.FOLDER.iterdir()
    entry.write_text(entry.read_text().rpartition(" ")[0] + " looked up")
    assert ledger.digest(large) == "looked up"


def test_a_small_file_is_not_entered(large):
    large.write_bytes(b"small")
    assert ledger.digest(large) == sha256(large)
    assert not ledger.FOLDER.exists()


def test_a_change_behind_the_modification_time_is_seen(large):
    before, status = ledger.digest(large), large.stat()
    content = bytearray(large.read_bytes())
    content[7] = 1
    large.write_bytes(content)
    os.utime(large, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert ledger.known(large) is None
    assert ledger.digest(large) != before


def test_a_link_is_the_file_that_it_leads_to(large, tmp_path):
    ledger.digest(large)
    link = tmp_path / "link.nc"
    link.symlink_to(large)
    assert ledger.known(link) == sha256(large)
