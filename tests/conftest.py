"""Fixtures that every test may use."""

import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import faultmatrix
import pytest
import toys
from threadpoolctl import threadpool_limits

from braid.sources.index import fetch_package
from braid.sources.models import fetch_model
from braid.sources.tables import load_models, load_packages

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Keep products on one thread: where threads cut them, bits depend on a column's place."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def package() -> Callable[[str], Path]:
    """Give the archive of a package of config/packages.tsv, fetched once."""
    table = load_packages(ROOT / "config" / "packages.tsv")

    def get(name: str) -> Path:
        row = table[name]
        return fetch_package(row, ROOT / ".cache" / "packages" / row.filename)

    return get


@pytest.fixture(scope="session")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of static word vectors that rule fetch_model makes."""
    return _model("wordllama", tmp_path_factory)


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a small transformer that rule fetch_model makes."""
    return _model("minilm", tmp_path_factory)


def _model(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(name) / name
    row = load_models(ROOT / "config" / "models.tsv")[name]
    packages = load_packages(ROOT / "config" / "packages.tsv")
    fetch_model(row, packages, folder, ROOT / ".cache" / "packages")
    return folder


@pytest.fixture(scope="session")
def git() -> Callable[..., str]:
    """Run git in a folder and give what it says."""
    return toys.git


def _leave_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@localhost")


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give an empty home, which must still be empty when the test is over."""
    home = tmp_path / "home"
    _leave_home(monkeypatch, home)
    yield
    assert not list(home.iterdir())


@pytest.fixture(scope="session")
def _first_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as monkeypatch:
        _leave_home(monkeypatch, folder / "home")
        toys.git(folder, "init", "--quiet", "--initial-branch=main", "ds1")
        toys.git(folder / "ds1", "annex", "init", "--quiet")
        toys.git(folder / "ds1", "config", "annex.backend", "SHA256E")
        (folder / "ds1" / "bold.bin").write_bytes(b"the first volume\n" * 100)
        (folder / "ds1" / "README").write_text("in git\n")
        toys.git(folder / "ds1", "annex", "add", "--quiet", "bold.bin")
        toys.git(folder / "ds1", "add", "README")
        toys.git(folder / "ds1", "commit", "--quiet", "-m", "first version")
    return folder / "ds1"


@pytest.fixture
def published(_first_version: Path, tmp_path: Path, empty_home: None) -> Path:
    """Give a data set with an annexed `bold.bin` and a `README` that is in git."""
    return shutil.copytree(_first_version, tmp_path / "published" / "ds1", symlinks=True)


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    """Serve the files of a folder over HTTP and give the address."""
    servers: list[ThreadingHTTPServer] = []

    def start(folder: Path) -> str:
        handler = partial(_Quiet, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let reports carry what markers say."""
    for item in items:
        faultmatrix.label(item)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many attacks on results were detected, and what came of each fault."""
    kinds = ("passed", "failed", "error")
    reports = [report for kind in kinds for report in terminalreporter.stats.get(kind, ())]
    for line in faultmatrix.summary(reports):
        terminalreporter.write_line(line)
