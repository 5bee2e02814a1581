"""Data sets under git-annex: a clone at one commit, and single files with verified content."""

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from braid.errors import BadInput
from braid.sources.annex import QUIET, fetch, key, label, spoilt
from braid.sources.commands import run
from braid.sources.folders import atomic_folder
from braid.sources.secrets import redact
from braid.sources.tables import LockedFile

logger = logging.getLogger(__name__)


def clone(source: str, commit: str, target: Path) -> Path:
    """Clone a data set, without content, at one commit.

    A clone that is there already is kept, and learns of `source` as one more place to get from.

    Parameters
    ----------
    source
        URL, or path of a repository (bare or not).
    commit
        Full hexadecimal name of the commit.
    target
        Folder of the clone.

    Raises
    ------
    BadInput
        When it cannot be cloned, lacks the commit, or `target` is at another commit.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        if not target.exists():
            with atomic_folder(target) as partial:
                _clone(source, partial)
                _checkout(source, commit, partial)
        _require_head(target, commit)
        _know(source, target)
    return target


def get(dataset: Path, path: str, expected: LockedFile | None = None) -> Path:
    """Fetch the content of one file of a clone and verify it.

    Parameters
    ----------
    dataset
        Folder of the clone.
    path
        Path of the file in the data set.
    expected
        Bytes and digest that the content must have besides what its key says.

    Returns
    -------
    Path
        The file itself, symbolic links resolved.

    Raises
    ------
    BadInput
        When the content cannot be had, is not what key or lock say, or has no hash to check.
    """
    with _alone(dataset):
        _refuse_changed(dataset, path)
        if found := key(dataset, path):
            fetch(dataset, path, found)
        file = _inside(dataset, path)
        if expected:
            _require_locked(dataset, file, expected)
    return file


def head(dataset: Path) -> str:
    """Full name of the commit that a data set is at, or nothing for a folder that is none."""
    return run(["git", "rev-parse", "--verify", "HEAD"], dataset).stdout.strip()


@contextmanager
def _alone(dataset: Path) -> Iterator[None]:
    # One process at a time: git-annex keeps sqlite tables, which break under parallel writers on
    # the network file systems of clusters.
    with FileLock(dataset.parent / f".{dataset.name}.lock"):
        yield


def _clone(source: str, folder: Path) -> None:
    logger.info("cloning %s", redact(source))
    command = ["datalad", *QUIET, "clone", "--", _place(source), str(folder)]
    done = run(command, folder.parent, folder)
    if done.returncode:
        reasons = re.findall(r"fatal: (.+?)(?:\\n|'\]|$)", done.stdout + done.stderr, re.MULTILINE)
        raise BadInput(
            redact(source),
            "clone",
            redact(reasons[0] if reasons else "datalad cannot clone it"),
            "check the network and the address, or name a copy in the configuration under mirrors",
        )


def _place(source: str) -> str:
    return str(Path(source).resolve()) if Path(source).exists() else source


def _know(source: str, dataset: Path) -> None:
    """Make `source` a remote of the clone, unless it is one."""
    place = _place(source)
    known = run(["git", "config", "--get-regexp", r"^remote\..*\.url$"], dataset).stdout
    if place not in (line.partition(" ")[2] for line in known.splitlines()):
        name = f"mirror-{hashlib.sha256(place.encode()).hexdigest()[:8]}"
        run(["git", "remote", "add", name, place], dataset)
        run(["git", "fetch", "--quiet", name], dataset, dataset / ".git")


def _checkout(source: str, commit: str, folder: Path) -> None:
    if run(["git", "checkout", "--quiet", "--detach", commit], folder).returncode:
        raise BadInput(
            redact(source),
            "commit",
            f"has no commit {commit}",
            "name a complete copy of the data set, or the commit of the version that you want",
        )


def _require_head(dataset: Path, commit: str) -> None:
    found = head(dataset)
    if found != commit:
        raise BadInput(
            dataset,
            "commit",
            f"is at {found or 'no commit at all'}, expected {commit}",
            "move this folder away and run again, so that the right version is cloned",
        )


def _refuse_changed(dataset: Path, path: str) -> None:
    done = run(["git", "status", "--porcelain", "--", path], dataset)
    if done.returncode or done.stdout:
        raise BadInput(
            label(dataset, path),
            "content",
            "was changed in the clone, or is not part of the data set",
            f"move {dataset} away and run again, so that it is cloned afresh",
        )


def _inside(dataset: Path, path: str) -> Path:
    file = (dataset / path).resolve()
    if not file.is_file():
        raise BadInput(
            label(dataset, path), "path", "no such file in the data set", "check path and version"
        )
    if not file.is_relative_to(dataset.resolve()):
        raise BadInput(
            label(dataset, path), "path", "leads out of the data set", "do not use this data set"
        )
    return file


def _require_locked(dataset: Path, file: Path, expected: LockedFile) -> None:
    with file.open("rb") as content:
        found = hashlib.file_digest(content, expected.algorithm).hexdigest()
    if (file.stat().st_size, found) != (expected.bytes, expected.digest):
        problem = (
            f"is {file.stat().st_size} bytes with {expected.algorithm} {found}, "
            f"the lock says {expected.bytes} bytes with {expected.digest}"
        )
        raise spoilt(dataset, expected.path, problem)
