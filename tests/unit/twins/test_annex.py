"""Data sets of one reproducible commit."""

import hashlib
from pathlib import Path

import pytest
from toys import git

from braid.twins import annex

CONTENT = b"many bytes" * 1000


def _make(folder: Path, **backend: str) -> Path:
    with annex.dataset(folder, "content", **backend) as root:
        (root / "stimuli").mkdir()
        (root / "stimuli/story.wav").write_bytes(CONTENT)
        (root / "respdict.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _make(tmp_path_factory.mktemp("annex") / "ds003020")


@pytest.mark.parametrize("backend", [{}, {"backend": "MD5E"}, {"backend": "SHA256E"}])
def test_big_files_are_annexed_under_their_digest(backend: dict[str, str], tmp_path: Path) -> None:
    story = _make(tmp_path / "ds003020", **backend) / "stimuli/story.wav"
    kind = backend.get("backend", "MD5E")
    digest = hashlib.new(kind.removesuffix("E").lower(), CONTENT).hexdigest()
    assert story.readlink().parts[:4] == ("..", ".git", "annex", "objects")
    assert story.readlink().name == f"{kind}-s{len(CONTENT)}--{digest}.wav"
    assert story.read_bytes() == CONTENT


def test_small_files_are_in_git(folder: Path) -> None:
    assert not (folder / "respdict.json").is_symlink()
    assert git(folder, "show", "main:respdict.json") == "{}"


def test_one_clean_commit_with_a_fixed_identity(folder: Path) -> None:
    log = git(folder, "log", "--format=%s|%an|%ae|%cI", "main")
    assert log == "content|BRAID twin|twin@braid.invalid|2025-05-21T00:00:00+00:00"
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "annex", "fsck", "--quiet") == ""


def test_the_commit_depends_on_nothing_but_the_content(folder: Path, tmp_path: Path) -> None:
    again = _make(tmp_path / "elsewhere/ds003020")
    assert git(again, "rev-parse", "main") == git(folder, "rev-parse", "main")


def test_nothing_is_written_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n  name = somebody\n[init]\n  defaultBranch = trunk\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "somebody")
    folder = _make(tmp_path / "ds003020")
    assert [path.name for path in home.rglob("*")] == [".gitconfig"]
    assert git(folder, "log", "--format=%an", "main") == "BRAID twin"


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="half"),
        annex.dataset(tmp_path / "results/ds003020", "content") as root,
    ):
        (root / "half").write_text("written")
        raise RuntimeError("half done")
    assert list((tmp_path / "results").iterdir()) == []
