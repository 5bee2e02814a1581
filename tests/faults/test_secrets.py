"""Canaries: what only the environment may know is in no log, message, record or file."""

import hashlib
import logging
import traceback
from pathlib import Path

import pytest
import s3
from toys import Named

from braid.errors import BadInput
from braid.provenance import recorded
from braid.sources import buckets, origins
from braid.sources.datalad import head
from braid.sources.tables import DataSource, LockedFile, Package
from braid.study import load_config

SECRETS = (
    "NSD_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "HF_TOKEN",
)
LOGIN = "user:CANARY-of-the-mirror@127.0.0.1:9"
CONTENT = b"the first volume\n" * 100
RELEASE = {"dataset": "ds1", "version": "1", "note": "toy", "licence": "Lab", "terms": "none"}
LOCKED = LockedFile(
    path="bold.bin",
    bytes=len(CONTENT),
    algorithm="md5",
    digest=hashlib.md5(CONTENT).hexdigest(),
)


@pytest.fixture(scope="module")
def address():
    with s3.server() as url:
        yield url


@pytest.fixture
def canaries(address, monkeypatch):
    """Secrets wherever programs look for them, and no pauses."""
    for name in SECRETS:
        monkeypatch.setenv(name, f"CANARY-of-{name}")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://{LOGIN}/simple/")
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(buckets._persistently, "sleep", lambda seconds: None)
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


def bucket(place):
    release = DataSource(**RELEASE, access="licence", bucket="s3://lab")
    return origins.Origin(release=release, place=place, locked=LOCKED, accepted_by="Ada")


def repository(place, commit):
    release = DataSource(**RELEASE, access="open", commit=commit, url="https://example.org/ds1")
    return origins.Origin(release=release, place=place)


def package():
    release = DataSource(**RELEASE, access="open", package="p")
    row = {"name": "p", "index": "python", "project": "p", "version": "1", "filename": "bold.bin"}
    rest = {"bytes": 9, "sha256": "0" * 64, "licence": "MIT", "terms": "-", "citation": "-"}
    return origins.Origin(release=release, package=Package(**row, **rest))


def job(origin, folder: Path):
    """Give a job as rule fetch hands it to its script."""
    output = {"file": str(folder / "bold.bin"), "prov": str(folder / "bold.bin.prov.json")}
    return Named(
        rule="fetch",
        threads=1,
        input=Named(),
        output=Named(output),
        params=Named(code="abc", origin=origin.model_dump(mode="json")),
        wildcards=Named(dataset="ds1", path="bold.bin"),
        resources=Named(),
        log=[str(folder / "bold.bin.log")],
        config={"source": "public", "mirrors": {"ds1": f"http://{LOGIN}/ds1"}},
    )


def run(origin, folder: Path) -> str:
    """Fetch under record, as the rule does, with every log line; give what a failure shows."""
    target = folder / "bold.bin"
    try:
        with recorded(job(origin, folder)):
            logging.getLogger().setLevel("DEBUG")
            origins.fetch(origin, "bold.bin", None, folder / "cache", target)
    except SystemExit as error:
        return "".join(traceback.format_exception(error))
    return ""


def no_canary(folder: Path, *texts: str) -> bool:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert folder / "bold.bin.log" in files
    return not any(b"CANARY" in file.read_bytes() for file in files) and not any(
        "CANARY" in text for text in texts
    )


@pytest.mark.fault(44)
def test_what_is_fetched_carries_no_secret(address, canaries, published, tmp_path):
    s3.Service(address).put("bold.bin", CONTENT)
    for origin in (bucket("s3://lab"), repository(str(published), head(published))):
        folder = tmp_path / str(origin.release.access)
        said = run(origin, folder)
        assert (folder / "bold.bin").read_bytes() == CONTENT, said
        assert (folder / "bold.bin.prov.json").exists()
        assert " DEBUG " in (folder / "bold.bin.log").read_text()
        assert no_canary(folder, said)


@pytest.mark.fault(44)
@pytest.mark.parametrize(
    "origin",
    [
        bucket("s3://nowhere"),
        bucket(f"http://{LOGIN}/lab"),
        repository(f"http://{LOGIN}/ds1", "0" * 40),
        package(),
    ],
    ids=["bucket", "web", "repository", "package"],
)
def test_what_fails_tells_no_secret(origin, canaries, empty_home, tmp_path, capsys):
    said = run(origin, tmp_path / "job")
    assert "BadInput" in said
    assert no_canary(tmp_path / "job", said, *capsys.readouterr())


@pytest.mark.fault(44)
def test_a_mirror_with_a_password_comes_as_far_as_the_configuration(canaries):
    with pytest.raises(BadInput) as error:
        load_config({"mirrors": {"ds1": f"http://{LOGIN}/ds1"}})
    assert "CANARY" not in "".join(traceback.format_exception(error.value))
