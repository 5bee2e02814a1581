"""`braid lock` on a twin agrees with what the files of the twin are."""

import hashlib
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from typer.testing import CliRunner

from braid.cli.app import app, main
from braid.cli.locks import relock
from braid.datasets import ds002322 as layout
from braid.errors import BadInput
from braid.sources import locks
from braid.sources.datalad import head
from braid.sources.tables import LockedFile, load_lock
from braid.twins import ds002322

ROOT = Path(__file__).parents[3]
PUBLISHED = "5642f45d9c1997f9fe825f698b6f20fa94e6df29"


@pytest.fixture(scope="module")
def twin(
    package: Callable[[str], Path], vectors: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    parent = tmp_path_factory.mktemp("twin")
    header, *rows = (ROOT / "resources/ds002322/twin.tsv").read_text().splitlines()
    (parent / "twin.tsv").write_text(f"{header}\n{rows[0]}\n")
    given = {"table": parent / "twin.tsv", "brotli": package("brotli"), "wordllama": vectors}
    ds002322.write(parent / "ds002322", parent / "truth", given, 0)
    return parent / "ds002322"


@pytest.fixture
def project(twin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tables of a project whose ds002322 is the twin."""
    (tmp_path / "config").mkdir()
    table = (ROOT / "config/datasets.tsv").read_text()
    (tmp_path / "config/datasets.tsv").write_text(table.replace(PUBLISHED, head(twin)))
    (tmp_path / "config/config.yaml").write_text("mirrors: {}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_lock_is_what_the_files_are(project: Path, twin: Path, empty_home: None) -> None:
    said = CliRunner().invoke(app, ["lock", "ds002322", "--from", str(twin)])
    assert said.exit_code == 0, said.output
    lock = load_lock(Path("resources/locks/ds002322.tsv"))
    files = {str(f.relative_to(twin)): f for f in twin.rglob("*") if f.is_file()}
    wanted = {p for p in files if any(fnmatchcase(p, pattern) for pattern in layout.LOCKED)}
    assert set(lock) == wanted > {"code/annotations.tsv"}
    for path, row in lock.items():
        content = files[path].read_bytes()
        digest = hashlib.new(str(row.algorithm), content).hexdigest()
        assert (row.bytes, row.digest) == (len(content), digest), path
    assert len(said.output.splitlines()) == len(lock)


def test_a_lock_made_again_does_not_change(project: Path, twin: Path, empty_home: None) -> None:
    relock("ds002322", str(twin), project / ".cache")
    assert relock("ds002322", str(twin), project / ".cache") == []


def test_what_lies_elsewhere_stays_locked(project: Path) -> None:
    accepted = 'licences: {nsd: {accepted_by: "Jane Doe", accepted_on: 2026-11-22}}\n'
    (project / "config/config.yaml").write_text(accepted)
    lock = project / "resources/locks/nsd.tsv"
    elsewhere = LockedFile(path="captions.json", bytes=2, place="zip://a::https://b.org/c.zip")
    locks.write(lock, [elsewhere, LockedFile(path="nsddata/gone.txt")])
    table = project / "bucket/nsddata/experiments/nsd/nsd_expdesign.mat"
    table.parent.mkdir(parents=True)
    table.write_bytes(b"design")
    changes = relock("nsd", str(project / "bucket"), project / ".cache")
    assert [line.partition(":")[0] for line in changes] == ["added", "missing"]
    assert set(load_lock(lock)) == {"captions.json", "nsddata/experiments/nsd/nsd_expdesign.mat"}


def test_terms_come_before_a_listing(project: Path) -> None:
    with pytest.raises(BadInput, match=r"licences\.nsd"):
        relock("nsd", "", project / ".cache")
    assert not (project / "resources").exists()


@pytest.mark.parametrize("name", ["haxby2001", "ds999999"])
def test_what_is_no_repository_or_bucket_is_refused(project: Path, name: str) -> None:
    with pytest.raises(BadInput, match="known are: ds003020"):
        relock(name, "", project / ".cache")


def test_bad_input_is_one_message(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("sys.argv", ["braid", "lock", "ds999999"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("error: config/datasets.tsv: dataset: 'ds999999'")
