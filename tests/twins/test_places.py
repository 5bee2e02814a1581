"""Every twin, fetched, verified and read from every kind of place that a data set may lie in."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import s3
import toys
import xarray as xr

from braid import datasets, twins
from braid.datasets import xnli
from braid.errors import BadInput
from braid.sources import locks
from braid.sources.datalad import head
from braid.sources.origins import Origin, fetch
from braid.sources.tables import DataSource, LockedFile, load_datasets

ROOT = Path(__file__).parents[2]
# A small part of each table: its header, and the rows that these words begin.
ROWS = {
    "ds002322": ("18\t",),
    "ds003020": ("buck\t", "wheretheressmoke\t"),
    "ds003643": ("EN\t1\t", "FR\t1\t", "CN\t1\t"),
    "nsd": ("subj01\t",),
    "xnli": ("",),
}
ONE = {
    "ds002322": ("18", "alice"),
    "ds003020": ("UTS01", "buck"),
    "ds003643": ("FR025", "lppFR_section1"),
    "nsd": ("subj01", "subj01_session01"),
}
REPOSITORIES = ("ds002322", "ds003020", "ds003643")


@pytest.fixture(scope="session")
def twin(
    package: Callable[[str], Path], vectors: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Give the folder of a small twin of a data set."""
    made: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in made:
            made[name] = write(name, package, vectors, tmp_path_factory.mktemp(name))
        return made[name]

    return make


def write(name: str, package: Callable[[str], Path], vectors: Path, parent: Path) -> Path:
    module, table = twins.find(name), parent / "twin.tsv"
    header, *rows = (ROOT / f"resources/{name}/twin.tsv").read_text().splitlines()
    table.write_text("\n".join([header, *(row for row in rows if row.startswith(ROWS[name])), ""]))
    given = {"table": table, "wordllama": vectors} | {p: package(p) for p in module.PACKAGES}
    module.write(parent / name, parent / "truth", given, 0)
    return parent / name


def files_of(name: str) -> dict[str, str]:
    """What is needed to read responses and events of one recording."""
    if name == "xnli":
        return {"archive": "XNLI-15way.zip"}
    module, (subject, recording) = datasets.find(name), ONE[name]
    events = module.stimulus_files((recording,), "events")
    return module.response_files(subject, recording) | events


def read(name: str, files: Mapping[str, Path]) -> tuple[xr.Dataset | None, object]:
    if name == "xnli":
        return None, xnli.read_sentences(files["archive"], ["en", "fr", "zh"])
    module, (subject, recording) = datasets.find(name), ONE[name]
    responses = module.read_responses(files, subject, recording).load()
    return responses, module.read_stimulus(files, (recording,), "events").events


def fetched(name: str, place: str, twin: Path, folder: Path) -> dict[str, Path]:
    """Fetch these files as those of the published data set would be from a mirror."""
    release = load_datasets(ROOT / "config/datasets.tsv")[name]
    commit = {"commit": head(twin)} if release.commit else {}
    lock = {file.path: file for file in locks.of_data(twin)}
    result = {}
    for role, path in files_of(name).items():
        result[role] = folder / "results" / path
        origin = origin_of(release.model_copy(update=commit), place, lock[path])
        fetch(origin, path, None, folder / "cache", result[role])
    return result


def origin_of(release: DataSource, place: str, locked: LockedFile) -> Origin:
    release = release.model_copy(update={"bucket": None} if release.commit else {})
    return Origin(release=release, place=place, locked=locked, accepted_by="Jane Doe, 2026-11-22")


def bare(twin: Path, folder: Path) -> str:
    toys.git(folder, "clone", "--quiet", "--bare", str(twin), "bare.git")
    toys.git(folder / "bare.git", "annex", "init", "--quiet")
    toys.git(folder / "bare.git", "annex", "get", "--quiet", "--all")
    return str(folder / "bare.git")


def ria(twin: Path, folder: Path) -> str:
    """Push a copy of the twin into a store, and name it there by its alias."""
    shutil.copytree(twin, folder / "copy", symlinks=True)
    store = f"ria+file://{folder}/store"
    made = ("create-sibling-ria", "-s", "store", "--alias", "twin", "--new-store-ok", store)
    for words in (made, ("push", "--to", "store")):
        subprocess.run(
            [Path(sys.executable).with_name("datalad"), *words],
            cwd=folder / "copy",
            env=os.environ | {"HOME": str(folder / "keeper")},
            check=True,
            capture_output=True,
        )
    return f"{store}#~twin"


def plain(twin: Path, folder: Path) -> str:
    """Copy the files alone, as a synchronised bucket has them."""
    shutil.copytree(twin, folder / "files", ignore=shutil.ignore_patterns(".git", ".datalad"))
    return str(folder / "files")


PLACES = {"path": lambda twin, _: str(twin), "bare": bare, "ria": ria, "files": plain}


@pytest.mark.usefixtures("empty_home")
@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_repository_is_read_from_every_kind_of_place(
    name: str, kind: str, twin: Callable[[str], Path], tmp_path: Path
) -> None:
    place = PLACES[kind](twin(name), tmp_path)
    files = fetched(name, place, twin(name), tmp_path)
    responses, events = read(name, files)
    direct, words = read(name, {role: twin(name) / path for role, path in files_of(name).items()})
    xr.testing.assert_identical(responses, direct)
    assert events.equals(words)


@pytest.mark.parametrize("kind", ["files", "s3"])
@pytest.mark.parametrize("name", ["nsd", "xnli"])
def test_a_bucket_is_read_from_a_folder_and_from_s3(
    name: str,
    kind: str,
    twin: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with s3.server() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        service = s3.Service(url)
        for path in files_of(name).values():
            service.put(path, (twin(name) / path).read_bytes())
        place = "s3://lab" if kind == "s3" else str(twin(name))
        files = fetched(name, place, twin(name), tmp_path)
    responses, events = read(name, files)
    direct, words = read(name, {role: twin(name) / path for role, path in files_of(name).items()})
    assert (responses is None and direct is None) or responses.identical(direct)
    assert events.equals(words)


@pytest.mark.usefixtures("empty_home")
def test_a_place_that_holds_another_twin_is_refused(
    twin: Callable[[str], Path], tmp_path: Path
) -> None:
    """A folder of plain files is held against the lock, not against what it says of itself."""
    folder = Path(plain(twin("ds003020"), tmp_path))
    path = files_of("ds003020")["bold"]
    content = bytearray((folder / path).read_bytes())
    content[-1] ^= 1
    (folder / path).unlink()
    (folder / path).write_bytes(content)
    with pytest.raises(BadInput, match="the lock says"):
        fetched("ds003020", str(folder), twin("ds003020"), tmp_path)
