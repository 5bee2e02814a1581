"""Spoilt, absent, hidden and unreachable files of buckets; fetches that die."""

import hashlib
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import s3
import servers

from braid.errors import BadInput
from braid.sources import buckets, places
from braid.sources.tables import LockedFile

CONTENT = bytes(range(256)) * 400
PATH = "betas/session01.hdf5"
LOCKED = LockedFile(
    path=PATH, bytes=len(CONTENT), algorithm="md5", digest=hashlib.md5(CONTENT).hexdigest()
)

JOB = """
import sys
from pathlib import Path
from braid.sources import buckets
from braid.sources.tables import LockedFile
buckets._BLOCK = 4096
file = LockedFile.model_validate_json(sys.argv[2])
buckets.fetch(sys.argv[1], file.path, file, Path(sys.argv[3]))
"""


@pytest.fixture
def folder(tmp_path):
    file = tmp_path / "copy" / PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    return tmp_path / "copy"


@pytest.fixture
def web(folder):
    with servers.files_of(folder) as server:
        yield server


@pytest.fixture(scope="module")
def address():
    with s3.server() as url:
        yield url


@pytest.fixture
def service(address, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    service = s3.Service(address)
    service.put(PATH, CONTENT)
    return service


@pytest.fixture
def pauses(monkeypatch):
    """Seconds that would have passed between attempts."""
    found: list[float] = []
    monkeypatch.setattr(buckets._persistently, "sleep", found.append)
    return found


@pytest.fixture
def target(tmp_path):
    return tmp_path / "cache" / "file"


@pytest.mark.fault(23)
@pytest.mark.parametrize("algorithm", ["md5", "sha256", "etag"])
def test_another_content_is_refused_with_both_digests_and_deleted(algorithm, folder, target):
    digest = {"md5": "0" * 32, "sha256": "0" * 64, "etag": f"{'0' * 32}-1"}[algorithm]
    wrong = LOCKED.model_copy(update={"algorithm": algorithm, "digest": digest})
    once = hashlib.md5(hashlib.md5(CONTENT).digest()).hexdigest()
    found = f"{once}-1" if algorithm == "etag" else hashlib.new(algorithm, CONTENT).hexdigest()
    with pytest.raises(BadInput) as error:
        buckets.fetch(str(folder), PATH, wrong, target)
    assert str(error.value).startswith(
        f"{folder}/{PATH}: content: is 102400 bytes with {algorithm} {found}, "
        f"the lock says 102400 bytes with {digest}\n  cure: "
    )
    assert not list(target.parent.iterdir())


@pytest.mark.fault(21, recovers=True)
def test_a_flipped_bit_in_the_copy_is_found_and_the_file_fetched_again(folder, target):
    buckets.fetch(str(folder), PATH, LOCKED, target)
    target.write_bytes(b"\1" + CONTENT[1:])
    assert buckets.fetch(str(folder), PATH, LOCKED, target).read_bytes() == CONTENT


@pytest.mark.fault(23)
def test_a_file_of_another_size_is_refused_before_any_of_it_is_fetched(web, target):
    (web.folder / PATH).write_bytes(CONTENT[:-1])
    with pytest.raises(BadInput, match="is 102399 bytes, the lock says 102400"):
        buckets.fetch(web.url, PATH, LOCKED, target)
    assert [method for method, _, _ in web.asked] == ["HEAD"]
    assert not list(target.parent.iterdir())


# ---- absent, hidden


@pytest.mark.parametrize("kind", ["folder", "web", "service", "absent bucket"])
def test_an_absent_file_is_named_with_its_size_at_once(kind, request, pauses, target):
    found = request.getfixturevalue(kind if kind in ("folder", "web") else "service")
    place = {
        "folder": str(found),
        "web": getattr(found, "url", ""),
        "service": "s3://lab/betas",
        "absent bucket": "s3://nowhere",
    }[kind]
    with pytest.raises(BadInput) as error:
        buckets.fetch(place, "terms.pdf", LOCKED, target)
    assert str(error.value) == (
        f"{place}/terms.pdf: file: is not there (expected 0.1 MB)\n  cure: name a complete copy "
        "of the data set in the configuration, under mirrors"
    )
    assert not pauses
    assert not list(target.parent.iterdir())


def test_a_web_folder_that_lacks_a_file_is_not_locked(web, pauses):
    with pytest.raises(BadInput, match=r"terms\.pdf: file: is not there"):
        buckets.listing(web.url, [PATH, "terms.pdf"])
    assert not pauses


def test_nobody_logs_in_although_there_are_credentials(service, monkeypatch, pauses, target):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "owner")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "owner")
    buckets.fetch("s3://lab", PATH, LOCKED, target)
    service.acl = "private"
    service.put("hidden", CONTENT)
    with pytest.raises(BadInput, match="may not be read without a login"):
        buckets.fetch("s3://lab", "hidden", LOCKED, target.with_name("hidden"))
    assert not pauses


# ---- the network


@pytest.mark.parametrize("place", ["http://127.0.0.1:9/nsd", "s3://lab/nsd"])
@pytest.mark.parametrize("ask", ["fetch", "listing"])
def test_a_place_out_of_reach_is_tried_three_times(place, ask, pauses, monkeypatch, target):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(
        BadInput, match=r"network: 3 attempts failed \(\w+: .*127\.0\.0\.1"
    ) as error:
        if ask == "fetch":
            buckets.fetch(place, PATH, LOCKED, target)
        else:
            buckets.listing(place, [PATH])
    assert pauses == [1, 4]
    assert all(hint in error.value.cure for hint in ("network", "mirrors", "AWS_ENDPOINT_URL"))


@pytest.mark.fault(22, recovers=True)
def test_a_passing_failure_is_tried_again(web, pauses, target, caplog):
    web.failures = 4  # each attempt asks twice
    assert buckets.fetch(web.url, PATH, LOCKED, target).read_bytes() == CONTENT
    assert pauses == [1, 4]
    assert "503" in caplog.text


@pytest.mark.fault(22, recovers=True)
def test_a_broken_connection_goes_on_where_it_broke(web, pauses, target):
    web.cut = 2
    assert buckets.fetch(web.url, PATH, LOCKED, target).read_bytes() == CONTENT
    starts = [int(asked[6:-1]) for method, _, asked in web.asked if method == "GET"]
    assert len(starts) == 3
    assert 0 == starts[0] < starts[1] < starts[2]


@pytest.mark.fault(22)
@pytest.mark.parametrize("place", ["http://{}/nsd", "s3://lab/nsd"])
def test_a_server_that_says_nothing_is_given_up(place, pauses, monkeypatch, target):
    monkeypatch.setattr(places, "_STALL", 0.1)
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = "{}:{}".format(*server.getsockname())
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}")
        with pytest.raises(BadInput, match="Timeout"):
            buckets.fetch(place.format(host), PATH, LOCKED, target)
    assert pauses == [1, 4]


@pytest.mark.fault(44)
def test_a_password_in_an_address_is_refused_and_not_repeated(pauses, target, caplog):
    caplog.set_level("DEBUG")
    with pytest.raises(BadInput, match=r"http://\*\*\*@127\.0\.0\.1:9/nsd: address") as error:
        buckets.fetch("http://lab:CANARY@127.0.0.1:9/nsd", PATH, LOCKED, target)
    assert "CANARY" not in str(error.value) + caplog.text
    assert not pauses


@pytest.mark.fault(44)
def test_a_password_of_the_s3_service_stays_out_of_messages(pauses, monkeypatch, target, caplog):
    caplog.set_level("INFO")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://lab:CANARY@127.0.0.1:9")
    with pytest.raises(BadInput, match=r"http://\*\*\*@127") as error:
        buckets.fetch("s3://lab", PATH, LOCKED, target)
    assert "CANARY" not in str(error.value) + caplog.text
    assert error.value.__suppress_context__


# ---- fetches that die


def start(place: str, target: Path, before: str = "") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", before + JOB, place, LOCKED.model_dump_json(), str(target)]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


@pytest.mark.fault(22, recovers=True)
def test_a_killed_fetch_leaves_no_file_and_the_next_one_goes_on(web, target):
    part = target.with_name("file.part")
    web.pause = 0.05
    with start(web.url, target) as process:
        deadline = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert not target.exists()
    assert part.stat().st_mode & 0o777 == 0o600
    size, web.pause = part.stat().st_size, 0.0
    assert 0 < size < len(CONTENT)
    assert buckets.fetch(web.url, PATH, LOCKED, target).read_bytes() == CONTENT
    assert web.asked[-1] == ("GET", f"/{PATH}", f"bytes={size}-")


@pytest.mark.fault(8)
def test_a_full_disk_is_no_failure_of_the_network(folder, target):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
    with start(str(folder), target, limit) as process:
        _, said = process.communicate()
    assert process.returncode
    assert b"File too large" in said and b"attempts" not in said
    assert not target.exists()
