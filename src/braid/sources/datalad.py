"""Data sets under git-annex: a clone at one commit, and single files with verified content."""

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

from braid.errors import BadInput
from braid.sources.annex import fetch, key
from braid.sources.commands import run
from braid.sources.folders import atomic_folder
from braid.sources.keys import Key
from braid.sources.missing import label
from braid.sources.remotes import adopt, is_known, refuse_credentials, remember, resolve
from braid.sources.secrets import redact
from braid.sources.tables import LockedFile

logger = logging.getLogger(__name__)

# Nothing but results. And not from where the place itself was cloned: a mirror whose own origin
# is gone could not be cloned.
_CLONE = "datalad -l critical -f json -c datalad.install.inherit-local-origin=false clone --"
# Seconds after which a process that waits for another says so.
_PATIENCE = 10.0


def clone(source: str, commit: str, target: Path) -> Path:
    """Clone a data set, without content, at one commit.

    A clone that is there already is kept, and learns of `source` as one more place to get from.

    Parameters
    ----------
    source
        URL, path of a repository (bare or not), or a data set of a RIA store,
        `ria+file:///store#<id>` or `ria+file:///store#~alias`.
    commit
        Full hexadecimal name of the commit.
    target
        Folder of the clone.

    Raises
    ------
    BadInput
        When it cannot be cloned, lacks the commit, names a password, or `target` is at another
        commit.
    """
    refuse_credentials(source)
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        if not target.exists():
            with atomic_folder(target) as partial:
                _clone(source, partial)
                _checkout(source, commit, partial)
                remember(source, partial)
        _require_head(target, commit)
        if not is_known(source, target):
            _learn(source, target)
    return target


def get(
    dataset: Path, path: str, expected: LockedFile | None = None, way_out: str | None = None
) -> Path:
    """Fetch the content of one file of a clone and verify it.

    What is here already is verified, too, and fetched again when it is spoilt.

    Parameters
    ----------
    dataset
        Folder of the clone.
    path
        Path of the file in the data set.
    expected
        Bytes and digest that the content must have besides what its key says.
    way_out
        Bucket or folder with the plain files of the data set, for content that cannot be had
        from any place that the clone knows.

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
        found = key(dataset, path)
        if found:
            fetch(dataset, path, found, way_out)
        file = _inside(dataset, path)
        if expected:
            _require_locked(dataset, file, found, expected)
    return file


def head(dataset: Path) -> str:
    """Full name of the commit that a data set is at, or nothing for a folder that is none."""
    return run(["git", "rev-parse", "--verify", "HEAD"], dataset).stdout.strip()


@contextmanager
def _alone(dataset: Path) -> Iterator[None]:
    # One process at a time: git-annex keeps sqlite tables, which break under parallel writers on
    # the network file systems of clusters.
    lock = FileLock(dataset.parent / f".{dataset.name}.lock")
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        logger.info("waiting for another process that fetches files of %s", dataset)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _clone(source: str, folder: Path) -> None:
    logger.info("cloning %s", redact(source))
    command = [*_CLONE.split(), resolve(source), str(folder)]
    done = run(command, folder.parent, folder)
    if done.returncode:
        reasons = re.findall(r"fatal: (.+?)(?:\\n|'\]|$)", done.stdout + done.stderr, re.MULTILINE)
        raise BadInput(
            redact(source),
            "clone",
            redact(reasons[0] if reasons else "datalad cannot clone it"),
            "check the network and the address, or name a copy in the configuration under mirrors",
        )


def _learn(source: str, dataset: Path) -> None:
    with TemporaryDirectory(prefix=".place-", dir=dataset.parent) as other:
        try:
            _clone(source, Path(other))
        except BadInput as error:
            # What the clone has, or gets from elsewhere, does not depend on it.
            logger.warning("%s", error)
        else:
            adopt(Path(other), dataset, source)
            remember(source, dataset)


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


def _require_locked(dataset: Path, file: Path, found: Key | None, expected: LockedFile) -> None:
    locked = (expected.bytes, expected.algorithm, expected.digest)
    if found and locked == (found.size, found.algorithm, found.digest):
        return  # git-annex has just read every byte of it
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, str(expected.algorithm)).hexdigest()
    if (file.stat().st_size, digest) != (expected.bytes, expected.digest):
        raise BadInput(
            label(dataset, expected.path),
            "content",
            f"is {file.stat().st_size} bytes with {expected.algorithm} {digest}, "
            f"the lock says {expected.bytes} bytes with {expected.digest}",
            "do not use it; fetch the data set from another mirror, and tell its maintainers",
        )
