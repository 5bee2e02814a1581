"""Spoilt, hostile, absent and secret input of the rooms where bytes come from."""

import io
import signal
import socket
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from braid.errors import BadInput
from braid.sources import commands, datalad, index
from braid.sources.archives import extract, read_member
from braid.sources.tables import Package

CONTENT = b"the first volume\n" * 100


# ---- data sets under git-annex


@pytest.fixture
def dataset(published, git, tmp_path):
    return clone(published, git, tmp_path)


def clone(published, git, tmp_path):
    """Commit whatever changed in the published data set, and clone that."""
    git(published, "add", "--all")
    git(published, "commit", "--quiet", "--allow-empty", "-m", "next version")
    commit = git(published, "rev-parse", "HEAD")
    return datalad.clone(str(published), commit, tmp_path / "ds1")


def spoil(file: Path) -> None:
    """Flip one bit, as a bad disk would."""
    content = bytearray(file.read_bytes())
    content[7] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)


def test_a_flipped_bit_is_found_and_the_content_fetched_again(dataset):
    spoil(datalad.get(dataset, "bold.bin"))
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT


def test_a_flipped_bit_without_another_copy_is_refused(dataset, published):
    spoil(datalad.get(dataset, "bold.bin"))
    published.rename(published.with_name("away"))
    with pytest.raises(BadInput, match="can be had"):
        datalad.get(dataset, "bold.bin")
    assert not (dataset / "bold.bin").exists()


def test_content_spoilt_at_its_source_is_refused(dataset, published):
    spoil((published / "bold.bin").resolve())
    with pytest.raises(BadInput, match=r"ds1/bold\.bin"):
        datalad.get(dataset, "bold.bin")
    assert not (dataset / "bold.bin").exists()


def test_content_that_cannot_be_had_is_one_clear_message_whose_cure_works(
    dataset, published, caplog
):
    caplog.set_level("INFO")
    elsewhere = published.rename(published.with_name("elsewhere"))
    with pytest.raises(BadInput) as error:
        datalad.get(dataset, "bold.bin")
    assert str(error.value) == (
        "ds1/bold.bin: content: none of its known copies can be had (0.0 MB)\n"
        "  cure: check the network, or name a copy of the data set in the configuration, "
        "mirrors: {ds1: <path or url>}"
    )
    assert [r.message for r in caplog.records] == ["fetching ds1/bold.bin (0.0 MB)"]
    datalad.clone(str(elsewhere), datalad.head(dataset), dataset)
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("backend", ["WORM", "URL"])
def test_a_key_without_a_hash_is_refused(backend, published, git, tmp_path):
    if backend == "WORM":
        (published / "loose.bin").write_bytes(CONTENT)
        git(published, "-c", "annex.backend=WORM", "annex", "add", "--quiet", "loose.bin")
    else:
        url = "http://localhost/loose.bin"
        git(published, "annex", "addurl", "--relaxed", "--quiet", "--file=loose.bin", url)
    dataset = clone(published, git, tmp_path)
    with pytest.raises(BadInput, match="hold no hash"):
        datalad.get(dataset, "loose.bin")


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_addresses_of_this_machine_in_a_data_set_are_not_followed(
    scheme, published, git, serve, tmp_path
):
    (tmp_path / "bait").mkdir()
    (tmp_path / "bait" / "bold.bin").write_bytes(CONTENT)
    place = f"file://{tmp_path}/bait" if scheme == "file" else serve(tmp_path / "bait")
    key = git(published, "annex", "lookupkey", "bold.bin")
    git(published, "annex", "registerurl", key, f"{place}/bold.bin")
    git(published, "annex", "drop", "--force", "--quiet", "bold.bin")
    dataset = clone(published, git, tmp_path)
    with pytest.raises(BadInput, match="can be had"):
        datalad.get(dataset, "bold.bin")


def test_a_link_that_leads_out_of_the_data_set_is_refused(published, git, tmp_path):
    (tmp_path / "private").write_text("private")
    (published / "bold.wav").symlink_to(tmp_path / "private")
    dataset = clone(published, git, tmp_path)
    with pytest.raises(BadInput, match="leads out"):
        datalad.get(dataset, "bold.wav")


def test_a_file_edited_in_the_clone_is_refused(dataset):
    (dataset / "README").write_text("edited\n")
    with pytest.raises(BadInput, match="changed in the clone"):
        datalad.get(dataset, "README")


@pytest.mark.parametrize("source", ["absent", "published"])
def test_a_clone_that_fails_leaves_nothing(source, published, tmp_path):
    place = published if source == "published" else tmp_path / source
    with pytest.raises(BadInput, match=r"does not exist|has no commit"):
        datalad.clone(str(place), "0" * 40, tmp_path / "new" / "ds1")
    assert [p.name for p in (tmp_path / "new").iterdir()] == [".ds1.lock"]


def test_a_server_that_says_nothing_is_given_up(empty_home, tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "_STALL", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/ds1"
        with pytest.raises(BadInput, match="nothing arrived for 2 s"):
            datalad.clone(address, "0" * 40, tmp_path / "ds1")


def test_a_password_in_an_address_stays_out_of_messages_and_logs(empty_home, tmp_path, caplog):
    caplog.set_level("DEBUG")
    with pytest.raises(BadInput) as error:
        datalad.clone("http://user:CANARY@127.0.0.1:9/ds1", "0" * 40, tmp_path / "ds1")
    assert "CANARY" not in str(error.value) + caplog.text
    assert "cloning http://***@127.0.0.1:9/ds1" in caplog.text


# ---- packages


@pytest.fixture
def row():
    return Package(
        name="tiny",
        project="tiny",
        version="1.0",
        filename="tiny-1.0.tar.gz",
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


def test_an_index_out_of_reach_is_tried_three_times_and_keeps_its_password(
    row, tmp_path, monkeypatch, caplog
):
    pauses: list[float] = []
    monkeypatch.setattr(index.time, "sleep", pauses.append)
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:CANARY@127.0.0.1:9/simple/")
    with pytest.raises(BadInput, match="3 attempts failed") as error:
        index.fetch_package(row, tmp_path / "new" / row.filename)
    assert pauses == [1.0, 4.0]
    assert "CANARY" not in str(error.value) + caplog.text
    assert error.value.__suppress_context__
    assert not list((tmp_path / "new").iterdir())


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
