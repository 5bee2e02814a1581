"""One file of a data set, from a clone, a mirror or a package."""

import pytest

from braid.errors import BadInput
from braid.sources.datalad import head
from braid.sources.origins import Origin, fetch, origins
from braid.sources.tables import DataSource, LockedFile, Package

RELEASE = {"dataset": "ds1", "version": "1", "licence": "CC0", "note": "toy"}


@pytest.fixture
def origin(published):
    release = DataSource(**RELEASE, commit=head(published), url="https://example.org/ds1")
    return Origin(release=release, place=str(published))


def test_the_target_is_a_link_to_verified_content(origin, published, tmp_path):
    target = tmp_path / "results" / "bold.bin"
    fetch(origin, "bold.bin", str(origin.release.commit), tmp_path / "cache", target)
    assert target.is_symlink()
    assert not target.readlink().is_absolute()
    assert target.read_bytes() == b"the first volume\n" * 100
    assert "annex/objects" in str(target.resolve())


def test_fetching_again_replaces_the_link(origin, tmp_path):
    target = tmp_path / "bold.bin"
    for _ in range(2):
        fetch(origin, "bold.bin", str(origin.release.commit), tmp_path / "cache", target)
    assert target.exists()


def test_content_that_the_lock_does_not_know_is_refused(origin, tmp_path):
    locked = LockedFile(path="bold.bin", bytes=1700, algorithm="md5", digest="0" * 32)
    wrong = origin.model_copy(update={"locked": locked})
    target = tmp_path / "bold.bin"
    with pytest.raises(BadInput, match="the lock says"):
        fetch(wrong, "bold.bin", str(origin.release.commit), tmp_path / "cache", target)
    assert not target.exists()


def test_a_mirror_takes_the_place_of_the_published_url():
    release = DataSource(**RELEASE, commit="0" * 40, url="https://example.org/ds1")
    assert origins({"ds1": release}, {}, {})["ds1"].place == "https://example.org/ds1"
    assert origins({"ds1": release}, {}, {"ds1": "/mirror"})["ds1"].place == "/mirror"


def test_a_package_is_found_by_name():
    release = DataSource(**RELEASE, package="p")
    package = Package(
        name="p", project="p", version="1", filename="p-1.tar.gz", sha256="0" * 64,
        licence="MIT", terms="none", citation="none",
    )  # fmt: skip
    found = origins({"ds1": release}, {"p": package}, {})["ds1"]
    assert found.package == package
    assert found.place is None
