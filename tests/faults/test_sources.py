"""Spoilt, hostile, absent and secret packages."""

import io
import signal
import socket
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from braid.errors import BadInput
from braid.sources import index
from braid.sources.archives import extract, read_member
from braid.sources.tables import Package

CONTENT = b"the first volume\n" * 100


# ---- packages


@pytest.fixture
def row():
    return Package(
        name="tiny",
        index="python",
        project="tiny",
        version="1.0",
        filename="tiny-1.0.tar.gz",
        bytes=7,
        sha256="0" * 64,
        licence="MIT",
        terms="none",
        citation="none",
    )


@pytest.fixture
def simple(tmp_path, serve, monkeypatch):
    """Make pip's index one that has a single file, and not the one expected."""
    page = tmp_path / "index" / "tiny"
    page.mkdir(parents=True)
    (page / "index.html").write_text('<a href="tiny-1.0.tar.gz">tiny-1.0.tar.gz</a>')
    (page / "tiny-1.0.tar.gz").write_bytes(b"archive")
    monkeypatch.setenv("PIP_INDEX_URL", serve(tmp_path / "index"))


@pytest.mark.fault(23)
def test_a_wrong_sha256_is_refused_and_nothing_stays(simple, row, tmp_path):
    with pytest.raises(BadInput, match=f"sha256: is .*expected {row.sha256}"):
        index.fetch_package(row, tmp_path / "new" / row.filename)
    assert not list((tmp_path / "new").iterdir())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"filename": "tiny-2.0.tar.gz"}, "lists no such file under tiny"),
        ({"project": "huge"}, "has no project huge"),
    ],
)
def test_a_file_that_the_index_lacks_is_refused(change, problem, simple, row, tmp_path):
    with pytest.raises(BadInput, match=problem):
        index.fetch_package(row.model_copy(update=change), tmp_path / "file")


@pytest.mark.fault(44)
def test_an_index_out_of_reach_is_tried_three_times_and_keeps_its_password(
    row, tmp_path, monkeypatch, caplog
):
    pauses: list[float] = []
    monkeypatch.setattr(index, "time", SimpleNamespace(sleep=pauses.append))
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:CANARY@127.0.0.1:9/simple/")
    with pytest.raises(BadInput, match="3 attempts failed") as error:
        index.fetch_package(row, tmp_path / "new" / row.filename)
    assert pauses == [1.0, 4.0]
    assert "CANARY" not in str(error.value) + caplog.text
    assert error.value.__suppress_context__
    assert not list((tmp_path / "new").iterdir())


@pytest.mark.fault(2)
def test_a_fetch_that_is_killed_leaves_nothing_under_its_name(row, tmp_path, monkeypatch):
    job = (
        "import sys; from pathlib import Path; from braid.sources.index import fetch_package;"
        "from braid.sources.tables import Package;"
        "fetch_package(Package.model_validate_json(sys.argv[1]), Path(sys.argv[2]))"
    )
    target = tmp_path / "new" / row.filename
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.getsockname()[1]}/")
        process = subprocess.Popen([sys.executable, "-c", job, row.model_dump_json(), str(target)])
        page = b'<a href="tiny-1.0.tar.gz">tiny-1.0.tar.gz</a>'
        with _answer(server, b"text/html", len(page), page):
            pass
        with _answer(server, b"application/gzip", 10**6, b"half" * 10**5):
            _until(lambda: any(p.stat().st_size for p in target.parent.glob(".partial-*")))
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert not target.exists()


def _answer(server: socket.socket, kind: bytes, size: int, body: bytes) -> socket.socket:
    """Answer one request with the first bytes of a body of `size` bytes."""
    connection, _ = server.accept()
    connection.recv(10**4)
    header = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d"
    connection.sendall(header % (kind, size) + b"\r\n\r\n" + body)
    return connection


def _until(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# ---- archives


def tar_with(path: Path, name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> Path:
    """Write an archive with one good member and one that is as hostile as asked for."""
    with tarfile.open(path, "w:gz") as tar:
        good = tarfile.TarInfo("pkg/good.txt")
        good.size = len(CONTENT)
        tar.addfile(good, io.BytesIO(CONTENT))
        evil = tarfile.TarInfo(name)
        evil.type, evil.linkname = kind, target
        tar.addfile(evil)
    return path


@pytest.mark.fault(40)
@pytest.mark.parametrize("name", ["pkg/../../evil", "../evil", "/tmp/evil"])
def test_a_name_that_leads_out_condemns_the_archive(name, tmp_path):
    archive = tar_with(tmp_path / "a.tar.gz", name)
    with pytest.raises(BadInput, match="leads out of the archive"):
        extract(archive, {"good.txt": "pkg/good.txt"}, tmp_path / "out" / "folder")
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_refused(kind, tmp_path):
    archive = tar_with(tmp_path / "a.tar.gz", "pkg/evil", kind, "/etc/passwd")
    with pytest.raises(BadInput, match="is a link or a device"):
        extract(archive, {"evil": "pkg/evil"}, tmp_path / "out" / "folder")
    assert not list((tmp_path / "out").iterdir())
    assert read_member(archive, "pkg/good.txt") == CONTENT


def test_zip_names_and_links_are_refused(tmp_path):
    link = zipfile.ZipInfo("pkg/evil")
    link.external_attr = 0o120777 << 16
    for name, info in (("link.whl", link), ("out.whl", zipfile.ZipInfo("../evil"))):
        with zipfile.ZipFile(tmp_path / name, "w") as file:
            file.writestr(info, "/etc/passwd")
    with pytest.raises(BadInput, match="is a link"):
        read_member(tmp_path / "link.whl", "pkg/evil")
    with pytest.raises(BadInput, match="leads out"):
        read_member(tmp_path / "out.whl", "../evil")


def test_a_decompression_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("braid.sources.archives._LARGEST_MEMBER", 10**5)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(10**5 + 1))
    with pytest.raises(BadInput, match="unpacks to 100001 bytes"):
        read_member(tmp_path / "bomb.zip", "zeros")


def test_a_truncated_archive_leaves_nothing(package, tmp_path):
    whole = package("brotli").read_bytes()
    archive = tmp_path / "brotli.tar.gz"
    archive.write_bytes(whole[: len(whole) // 2])
    member = "brotli-1.2.1/tests/testdata/zerosukkanooa"
    with pytest.raises(BadInput, match="damaged"):
        extract(archive, {"text": member}, tmp_path / "out" / "folder")
    assert not list((tmp_path / "out").iterdir())


def test_an_absent_member_is_named(package):
    with pytest.raises(BadInput, match="alice30"):
        read_member(package("brotli"), "brotli-1.2.1/tests/testdata/alice30.txt")
