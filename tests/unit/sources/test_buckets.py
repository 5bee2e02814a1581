"""Files of buckets, listed, copied and kept, from every kind of place."""

import hashlib
import os
from pathlib import Path

import pytest
import s3
import servers

from braid.errors import BadInput
from braid.sources import buckets, places
from braid.sources.tables import LockedFile

CONTENT = bytes(range(256)) * 40
PATH = "betas/subj01/session01.hdf5"
NOWHERE = "http://127.0.0.1:9/lab"


def locked(content=CONTENT, algorithm="md5", path=PATH):
    digest = hashlib.new(algorithm, content).hexdigest()
    return LockedFile(path=path, bytes=len(content), algorithm=algorithm, digest=digest)


@pytest.fixture
def folder(tmp_path):
    """A folder of plain files, as somebody's copy of a bucket."""
    for path, content in ((PATH, CONTENT), ("betas/subj01/session02.hdf5", b""), ("terms", b"t")):
        (tmp_path / "copy" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / path).write_bytes(content)
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
    """Give an S3 service that is named in the environment, as an institution's is."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    return s3.Service(address)


@pytest.fixture(params=["folder", "https", "s3", "s3 prefix"])
def place(request, folder):
    """Give the address of the same files in each kind of place."""
    if request.param == "folder":
        return str(folder)
    if request.param == "https":
        return request.getfixturevalue("web").url
    prefix = "data/nsd/" if request.param == "s3 prefix" else ""
    service = request.getfixturevalue("service")
    for file in folder.rglob("*.hdf5"):
        service.put(f"{prefix}{file.relative_to(folder)}", file.read_bytes())
    return f"s3://lab/{prefix}"


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


# ---- fetch


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_a_file_arrives_whole_from_every_kind_of_place(place, algorithm, tmp_path):
    target = tmp_path / "new" / "file.hdf5"
    assert buckets.fetch(place, PATH, locked(algorithm=algorithm), target) == target
    assert target.read_bytes() == CONTENT
    assert target.stat().st_mode & 0o777 == 0o644
    assert names(target.parent) == ["file.hdf5"]


def test_an_empty_file_arrives(place, tmp_path):
    path = "betas/subj01/session02.hdf5"
    empty = locked(b"", path=path)
    assert buckets.fetch(place, path, empty, tmp_path / "file").read_bytes() == b""


@pytest.mark.parametrize("mebibytes", [5, 8])
def test_an_object_uploaded_in_parts_is_verified_by_its_tag(service, mebibytes, tmp_path):
    content = os.urandom(20 * s3.MIB + 3)
    tag = service.put_parts(PATH, content, mebibytes)
    [file] = buckets.listing("s3://lab", [PATH])
    assert (file.algorithm, file.digest) == ("etag", tag)
    assert buckets.fetch("s3://lab", PATH, file, tmp_path / "file").read_bytes() == content


def test_licensed_files_are_for_their_holder_alone(web, tmp_path):
    target = buckets.fetch(web.url, PATH, locked(), tmp_path / "file", mode=0o600)
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_right_file_is_kept_without_asking_anyone(tmp_path):
    (tmp_path / "file").write_bytes(CONTENT)
    assert buckets.fetch(NOWHERE, PATH, locked(), tmp_path / "file").read_bytes() == CONTENT


def test_a_wrong_file_that_is_there_is_replaced(web, tmp_path):
    (tmp_path / "file").write_bytes(CONTENT[:-1] + b"x")
    assert buckets.fetch(web.url, PATH, locked(), tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("expected", [None, LockedFile(path=PATH), LockedFile(path=PATH, bytes=9)])
def test_what_is_not_locked_is_not_fetched(expected, web, tmp_path):
    with pytest.raises(BadInput, match="braid lock <dataset>"):
        buckets.fetch(web.url, PATH, expected, tmp_path / "file")
    assert not web.asked
    assert not (tmp_path / "file").exists()


# ---- what a killed fetch left


def test_only_the_rest_is_asked_for(web, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT[:4000])
    buckets.fetch(web.url, PATH, locked(), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert web.asked[-1] == ("GET", f"/{PATH}", "bytes=4000-")


def test_what_was_copied_is_kept_wherever_it_came_from(place, tmp_path):
    (tmp_path / "file.part").write_bytes(b"x" + CONTENT[1:4000])
    with pytest.raises(BadInput, match="the lock says"):
        buckets.fetch(place, PATH, locked(), tmp_path / "file")
    assert buckets.fetch(place, PATH, locked(), tmp_path / "file").read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_starts_again(web, tmp_path):
    web.ranges = False
    (tmp_path / "file.part").write_bytes(b"y" * 4000)
    assert buckets.fetch(web.url, PATH, locked(), tmp_path / "file").read_bytes() == CONTENT


def test_a_copy_that_only_lacked_its_name_is_not_made_again(web, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT)
    buckets.fetch(web.url, PATH, locked(), tmp_path / "file")
    assert {method for method, _, _ in web.asked} == {"HEAD"}


def test_more_than_the_file_has_is_left_from_another_one(web, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT + b"more")
    assert buckets.fetch(web.url, PATH, locked(), tmp_path / "file").read_bytes() == CONTENT


# ---- listing


def test_a_bucket_is_listed_with_sizes_and_digests(place):
    if place.startswith("http"):
        patterns = ["betas/subj01/session02.hdf5", PATH]
    else:
        patterns = ["betas/*02.hdf5", "betas/subj0?/session*.hdf5"]
    expected = [locked(), locked(b"", path="betas/subj01/session02.hdf5")]
    if place.startswith("/"):
        expected = [LockedFile(path=file.path, bytes=file.bytes) for file in expected]
    assert buckets.listing(place, patterns) == expected


def test_only_what_the_patterns_begin_with_is_listed(service, caplog):
    for path in (PATH, "betas/subj02/session01.hdf5", "images/all.hdf5"):
        service.put(path, CONTENT)
    caplog.set_level("INFO", "werkzeug")
    caplog.clear()
    patterns = ["betas/subj01/sess*.hdf5", "betas/subj01/sess*1.hdf5", "images/all.hdf5"]
    found = buckets.listing("s3://lab", patterns)
    assert [file.path for file in found] == [PATH, "images/all.hdf5"]
    # Other tests may have made other loggers talk.
    said = (record.getMessage().partition("prefix=")[2] for record in caplog.records)
    asked = sorted(line.partition("&")[0] for line in said if line)
    assert asked == ["betas/subj01/sess", "images/all.hdf5"]


def test_a_web_folder_is_asked_for_each_file_without_fetching_it(web):
    buckets.listing(web.url, [PATH, "terms"])
    assert web.asked == [("HEAD", f"/{PATH}", ""), ("HEAD", "/terms", "")]


# ---- kinds of places


def test_buckets_and_folders_of_plain_files_are_told_from_repositories(
    folder, published, git, tmp_path
):
    git(tmp_path, "clone", "--quiet", "--bare", str(published), "bare")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "ria-layout-version").write_text("1\n")
    assert places.holds_files("s3://lab/nsd")
    assert places.holds_files(str(folder))
    for place in (published, tmp_path / "bare", tmp_path / "store", tmp_path / "absent"):
        assert not places.holds_files(str(place))
    assert not places.holds_files("https://example.org/ds1")


@pytest.mark.parametrize("place", ["ftp://host/lab", "github://lab/nsd", "memory://lab"])
def test_only_known_kinds_of_places_are_read(place):
    with pytest.raises(BadInput, match="no folder of files"):
        places.connect(place)
