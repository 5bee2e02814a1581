"""One file of a data set, wherever the data set comes from."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from braid.errors import BadInput
from braid.sources import buckets, datalad, places
from braid.sources.index import fetch_package
from braid.sources.licences import require_acceptance
from braid.sources.missing import listed
from braid.sources.tables import DataSource, LockedFile, Package, load_lock

logger = logging.getLogger(__name__)

# Permissions of folders and files by access: what is under a licence is its holder's alone.
_FOLDER = {"open": 0o755, "licence": 0o700}
_FILE = {"open": 0o644, "licence": 0o600}


class Origin(BaseModel):
    """Where the files of a data set are to be had.

    Attributes
    ----------
    release
        What is wanted: a commit, a bucket, or a package.
    package
        The package, for a data set that travels in one.
    place
        Repository or folder of files: the published one, a mirror, or a twin.
    simulated
        Whether that is a twin, whose commit and lock are its own.
    locked
        What the file must be, where the lock of the data set says so.
    lock
        File of that lock, which knows what else a place should have.
    accepted_by
        Who accepted the terms, and when, for data that are not open.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: DataSource
    package: Package | None = None
    place: str = ""
    simulated: bool = False
    locked: LockedFile | None = None
    lock: Path | None = None
    accepted_by: str | None = None


def fetch(origin: Origin, path: str, lock: Path | None, downloads: Path, target: Path) -> None:
    """Fetch and verify one file, and link it to `target`.

    Content stays in `downloads`, so that making a result again does not fetch again.

    Parameters
    ----------
    origin
        Where the data set comes from.
    path
        Path in the data set.
    lock
        Lock of a twin, written when it was simulated.
    downloads
        Folder for clones, buckets and archives.
    target
        Link to make.

    Raises
    ------
    BadInput
        When the terms are not accepted, the file cannot be had, or is not what it must be.
    """
    if lock:
        origin = origin.model_copy(update={"locked": load_lock(lock)[path], "lock": lock})
    content = _content(origin, path, downloads)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.symlink_to(os.path.relpath(content.resolve(), target.parent.resolve()))


def downloaded(origin: Origin, path: str, downloads: Path) -> Path:
    """Where the content of a published file lies once it was fetched."""
    release = origin.release
    if origin.package:
        return downloads / "packages" / path
    if _is_plain(origin):
        return _files(origin, downloads) / path
    return _clone(downloads, release.dataset, str(release.commit)) / path


def _content(origin: Origin, path: str, downloads: Path) -> Path:
    release = origin.release
    if origin.package:
        return fetch_package(origin.package, downloads / "packages" / path)
    if not origin.simulated:
        require_acceptance(release, origin.accepted_by)
        logger.info("%s: %s; %s", release.dataset, release.licence, release.terms)
    if _is_plain(origin):
        return _from_bucket(origin, path, _files(origin, downloads))
    return _from_repository(origin, path, str(release.commit), downloads)


def _is_plain(origin: Origin) -> bool:
    return origin.release.commit is None or places.holds_files(origin.place)


def _files(origin: Origin, downloads: Path) -> Path:
    kind = "twins" if origin.simulated else "buckets"
    return downloads / kind / origin.release.dataset


def _clone(downloads: Path, dataset: str, commit: str) -> Path:
    return downloads / "clones" / commit[:12] / dataset


def _from_bucket(origin: Origin, path: str, folder: Path) -> Path:
    access = origin.release.access
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(_FOLDER[access])
    place, name = origin.place, path
    if origin.locked and origin.locked.place and origin.place == origin.release.bucket:
        place, name = origin.locked.place, Path(path).name
    try:
        return buckets.fetch(place, name, origin.locked, folder / path, _FILE[access])
    except BadInput as error:
        if error.field != buckets.ABSENT or not origin.lock:
            raise
        raise _with_others(error, origin, path) from None


def _with_others(error: BadInput, origin: Origin, path: str) -> BadInput:
    """The error of a file that a bucket lacks, with all the others that it lacks, too."""
    files = load_lock(Path(str(origin.lock))).values()
    expected = [file for file in files if file.path != path and not file.place]
    sizes = {file.path: file.bytes or 0 for file in buckets.absent(origin.place, expected)}
    lines = [error.problem, *listed(sizes, "there"), "what is here already stays"]
    return BadInput(error.file, error.field, "\n  ".join(lines), error.cure)


def _from_repository(origin: Origin, path: str, commit: str, downloads: Path) -> Path:
    commit = datalad.head(Path(origin.place)) if origin.simulated else commit
    folder = _clone(downloads, origin.release.dataset, commit)
    clone = datalad.clone(origin.place, commit, folder)
    way_out = None if origin.simulated else origin.release.bucket
    return datalad.get(clone, path, origin.locked, way_out)


def origins(
    releases: Mapping[str, DataSource],
    packages: Mapping[str, Package],
    mirrors: Mapping[str, str],
    accepted: Mapping[str, str],
) -> dict[str, Origin]:
    """Origin of each published data set.

    Parameters
    ----------
    releases, packages
        The reviewed tables.
    mirrors
        Per data set, the place that is taken instead of what the table says.
    accepted
        Per data set, who accepted its terms, and when.
    """
    return {
        name: Origin(
            release=release,
            package=packages[release.package] if release.package else None,
            place=mirrors.get(name) or release.url or release.bucket or "",
            accepted_by=accepted.get(name),
        )
        for name, release in releases.items()
    }
