"""One file of a data set, from a clone, a bucket, a mirror or a package."""

import hashlib
import zipfile
from pathlib import Path

import pytest
import s3
import servers

from braid.errors import BadInput
from braid.sources import locks
from braid.sources.datalad import head
from braid.sources.origins import Origin, fetch, origins
from braid.sources.tables import DataSource, LockedFile, Package

RELEASE = {"dataset": "ds1", "version": "1", "note": "toy"}
OPEN = RELEASE | {"access": "open", "licence": "CC0", "terms": "cite"}
LICENSED = RELEASE | {"access": "licence", "licence": "Lab Agreement", "terms": "pass nothing on"}
CONTENT = b"the first volume\n" * 100
LOCKED = LockedFile(
    path="bold.bin",
    bytes=len(CONTENT),
    algorithm="md5",
    digest=hashlib.md5(CONTENT).hexdigest(),
)


@pytest.fixture
def origin(published):
    release = DataSource(**OPEN, commit=head(published), url="https://example.org/ds1")
    return Origin(release=release, place=str(published))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "bold.bin").write_bytes(CONTENT)
    return tmp_path / "copy"


@pytest.fixture
def web(folder):
    with servers.files_of(folder) as server:
        yield server


def bucket(place, accepted_by=None, **changes):
    release = DataSource(**LICENSED, bucket=str(place)).model_copy(update=changes)
    return Origin(release=release, place=str(place), locked=LOCKED, accepted_by=accepted_by)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.rglob("*")}


# ---- repositories


def test_the_target_is_a_link_to_verified_content(origin, tmp_path):
    target = tmp_path / "results" / "bold.bin"
    fetch(origin, "bold.bin", None, tmp_path / "cache", target)
    assert target.is_symlink()
    assert not target.readlink().is_absolute()
    assert target.read_bytes() == CONTENT
    assert "annex/objects" in str(target.resolve())


def test_fetching_again_replaces_the_link(origin, tmp_path):
    target = tmp_path / "bold.bin"
    for _ in range(2):
        fetch(origin, "bold.bin", None, tmp_path / "cache", target)
    assert target.exists()


def test_content_that_the_lock_does_not_know_is_refused(origin, tmp_path):
    locked = LOCKED.model_copy(update={"digest": "0" * 32})
    wrong = origin.model_copy(update={"locked": locked})
    with pytest.raises(BadInput, match="the lock says"):
        fetch(wrong, "bold.bin", None, tmp_path / "cache", tmp_path / "bold.bin")
    assert not (tmp_path / "bold.bin").exists()


def test_a_mirror_of_plain_files_is_read_as_files_and_held_against_the_lock(
    origin, folder, tmp_path
):
    mirror = origin.model_copy(update={"place": str(folder), "locked": LOCKED})
    fetch(mirror, "bold.bin", None, tmp_path / "cache", tmp_path / "bold.bin")
    assert (tmp_path / "bold.bin").read_bytes() == CONTENT
    assert not (tmp_path / "cache" / "clones").exists()
    (folder / "bold.bin").write_bytes(b"t" + CONTENT[1:-1] + b"?")
    with pytest.raises(BadInput, match="the lock says"):
        fetch(mirror, "bold.bin", None, tmp_path / "other", tmp_path / "bold.bin")


def test_a_twin_has_a_commit_and_a_lock_of_its_own(origin, published, tmp_path):
    twin = origin.model_copy(
        update={
            "simulated": True,
            "release": origin.release.model_copy(update={"commit": "0" * 40}),
            "locked": LOCKED.model_copy(update={"digest": "0" * 32}),
        }
    )
    locks.write(tmp_path / "lock.tsv", locks.of_data(published))
    target = tmp_path / "bold.bin"
    fetch(twin, "bold.bin", tmp_path / "lock.tsv", tmp_path / "cache", target)
    assert target.read_bytes() == CONTENT


# ---- buckets


def test_an_open_bucket_is_for_everyone(folder, tmp_path):
    fetch(bucket(folder, access="open"), "bold.bin", None, tmp_path / "c", tmp_path / "bold.bin")
    assert (tmp_path / "bold.bin").read_bytes() == CONTENT
    assert modes(tmp_path / "c") == {"buckets": 0o755, "ds1": 0o755, "bold.bin": 0o644}


def test_licensed_data_are_for_their_holder_alone(folder, tmp_path):
    place = bucket(folder, "Ada, Lab, 2026-01-31")
    fetch(place, "bold.bin", None, tmp_path / "c", tmp_path / "bold.bin")
    assert (tmp_path / "bold.bin").read_bytes() == CONTENT
    assert modes(tmp_path / "c") == {"buckets": 0o755, "ds1": 0o700, "bold.bin": 0o600}


def test_without_acceptance_nothing_is_asked_of_the_network(web, tmp_path):
    with pytest.raises(BadInput) as error:
        fetch(bucket(web.url), "bold.bin", None, tmp_path / "cache", tmp_path / "bold.bin")
    assert not web.asked
    assert not (tmp_path / "cache").exists()
    assert "Lab Agreement: pass nothing on" in str(error.value)
    assert 'licences: {ds1: {accepted_by: "<name, laboratory>"' in str(error.value)


def test_with_acceptance_the_log_says_who_and_when(web, tmp_path, caplog):
    caplog.set_level("INFO")
    place = bucket(web.url, "Ada, Lab, 2026-01-31")
    fetch(place, "bold.bin", None, tmp_path / "cache", tmp_path / "bold.bin")
    assert (tmp_path / "bold.bin").read_bytes() == CONTENT
    assert "ds1: terms accepted by Ada, Lab, 2026-01-31" in caplog.messages
    assert "ds1: Lab Agreement; pass nothing on" in caplog.messages


def test_a_twin_of_a_bucket_does_not_take_the_place_of_the_real_files(folder, tmp_path):
    real, twin = tmp_path / "real.bin", tmp_path / "twin.bin"
    fetch(bucket(folder, "Ada"), "bold.bin", None, tmp_path / "cache", real)
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin" / "bold.bin").write_bytes(b"simulated")
    locks.write(tmp_path / "lock.tsv", locks.of_data(tmp_path / "twin"))
    simulated = bucket(tmp_path / "twin").model_copy(update={"simulated": True})
    fetch(simulated, "bold.bin", tmp_path / "lock.tsv", tmp_path / "cache", twin)
    assert (real.read_bytes(), twin.read_bytes()) == (CONTENT, b"simulated")


# ---- which place


def test_a_mirror_takes_the_place_of_the_published_address():
    release = DataSource(**OPEN, commit="0" * 40, url="https://example.org/ds1")
    assert origins({"ds1": release}, {}, {}, {})["ds1"].place == "https://example.org/ds1"
    assert origins({"ds1": release}, {}, {"ds1": "/mirror"}, {})["ds1"].place == "/mirror"
    found = origins({"ds1": DataSource(**LICENSED, bucket="s3://lab")}, {}, {}, {"ds1": "Ada"})
    assert (found["ds1"].place, found["ds1"].accepted_by) == ("s3://lab", "Ada")


def test_a_package_is_found_by_name():
    release = DataSource(**OPEN, package="p")
    package = Package(
        name="p", index="python", project="p", version="1", filename="p-1.tar.gz",
        bytes=9, sha256="0" * 64, licence="MIT", terms="none", citation="none",
    )  # fmt: skip
    found = origins({"ds1": release}, {"p": package}, {}, {})["ds1"]
    assert found.package == package
    assert found.place == ""


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_a_place_that_lacks_files_is_one_error_that_names_them_all(
    kind, folder, tmp_path, monkeypatch
):
    others = [LockedFile(path=f"more/{n}[a].bin", bytes=10**n) for n in (1, 2)]
    there = LOCKED.model_copy(update={"path": "there.bin"})
    locks.write(tmp_path / "lock.tsv", [LOCKED, there, *others])
    (folder / "bold.bin").rename(folder / "there.bin")
    with s3.server() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        s3.Service(url).put("copy/there.bin", CONTENT)
        place = "s3://lab/copy" if kind == "s3" else str(folder)
        asked = bucket(place, "Jane Doe").model_copy(update={"lock": tmp_path / "lock.tsv"})
        kept = asked.model_copy(update={"locked": there})
        fetch(kept, "there.bin", None, tmp_path / "cache", tmp_path / "there.bin")
        with pytest.raises(BadInput) as error:
            fetch(asked, "bold.bin", None, tmp_path / "cache", tmp_path / "bold.bin")
    assert error.value.problem == (
        "is not there (expected 0.0 MB)\n"
        "  missing with it there: 2 other files of 110 bytes\n"
        "    more/1[a].bin (10 bytes)\n"
        "    more/2[a].bin (100 bytes)\n"
        "  what is here already stays"
    )
    assert (tmp_path / "there.bin").read_bytes() == CONTENT


# ---- files that lie elsewhere


def test_a_file_in_an_archive_elsewhere_is_taken_from_there(web, folder, tmp_path):
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside/bold.bin", CONTENT)
    (folder / "bold.bin").unlink()
    locked = LOCKED.model_copy(update={"place": f"zip://inside::{web.url}/all.zip"})
    asked = bucket(folder, "Jane Doe").model_copy(update={"locked": locked})
    fetch(asked, "bold.bin", None, tmp_path / "cache", tmp_path / "bold.bin")
    assert (tmp_path / "bold.bin").read_bytes() == CONTENT
    assert any(path == "/all.zip" for _, path, _ in web.asked)


def test_a_mirror_has_what_lies_elsewhere_beside_the_rest(folder, tmp_path):
    locked = LOCKED.model_copy(update={"place": "zip://inside::https://nowhere.invalid/all.zip"})
    asked = bucket("s3://far", "Jane Doe").model_copy(
        update={"locked": locked, "place": str(folder)}
    )
    fetch(asked, "bold.bin", None, tmp_path / "cache", tmp_path / "bold.bin")
    assert (tmp_path / "bold.bin").read_bytes() == CONTENT
