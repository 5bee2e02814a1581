import hashlib
from types import SimpleNamespace

import pytest

from braid.sources import index
from braid.sources.tables import Package


@pytest.fixture
def row():
    return Package(
        name="tiny",
        index="python",
        project="tiny",
        version="1.0",
        filename="tiny-1.0.tar.gz",
        bytes=7,
        sha256=hashlib.sha256(b"archive").hexdigest(),
        licence="MIT",
        terms="none",
        citation="none",
    )


@pytest.fixture
def simple(tmp_path, serve):
    """Give the address of a package index that holds one small file."""
    page = tmp_path / "index" / "simple" / "tiny"
    page.mkdir(parents=True)
    (page / "index.html").write_text('<a href="tiny-1.0.tar.gz">tiny-1.0.tar.gz</a>')
    (page / "tiny-1.0.tar.gz").write_bytes(b"archive")
    return serve(tmp_path / "index") + "/simple/"


def test_fetched_from_the_index_that_pip_is_told_in_the_environment(
    simple, row, tmp_path, monkeypatch
):
    monkeypatch.setenv("PIP_INDEX_URL", simple)
    target = index.fetch_package(row, tmp_path / "cache" / row.filename)
    assert target.read_bytes() == b"archive"
    assert [p.name for p in target.parent.iterdir()] == [row.filename]


def test_fetched_from_the_index_that_pip_is_configured_with(simple, row, tmp_path, monkeypatch):
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    config = tmp_path / "pip.conf"
    config.write_text(f"[global]\nindex-url = {simple}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    assert index.fetch_package(row, tmp_path / row.filename).read_bytes() == b"archive"


def test_a_right_file_is_kept_without_asking_the_index(row, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    target = tmp_path / row.filename
    target.write_bytes(b"archive")
    assert index.fetch_package(row, target) == target


def test_a_wrong_file_that_is_there_is_replaced(simple, row, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", simple)
    target = tmp_path / row.filename
    target.write_bytes(b"half of the arch")
    assert index.fetch_package(row, target).read_bytes() == b"archive"


def test_a_passing_failure_is_tried_again(simple, row, tmp_path, monkeypatch):
    attempts = []
    monkeypatch.setattr(index, "time", SimpleNamespace(sleep=attempts.append))
    settings = lambda: {"index-url": simple if attempts else "http://127.0.0.1:9/"}  # noqa: E731
    monkeypatch.setattr(index, "_pip_settings", settings)
    assert index.fetch_package(row, tmp_path / row.filename).read_bytes() == b"archive"
    assert attempts == [1.0]


def test_the_certificates_of_pip_are_trusted(monkeypatch, tmp_path):
    bundle = tmp_path / "institution.pem"
    bundle.write_text("no certificate")
    monkeypatch.setenv("PIP_CERT", str(bundle))
    assert index._session(index._pip_settings()).verify == str(bundle)
    assert index._session({}).verify is True
