"""One file of a data set, wherever the data set comes from."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from braid.sources import datalad
from braid.sources.index import fetch_package
from braid.sources.tables import DataSource, LockedFile, Package


class Origin(BaseModel):
    """Where the files of a data set are to be had.

    Attributes
    ----------
    release
        What is wanted: a commit, or a package.
    package
        The package, for a data set that travels in one.
    place
        Repository to clone: the published one, a mirror, or a twin.
    simulated
        Whether that is a twin, whose commit is its own.
    locked
        What the file must be, where the lock of the data set says so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: DataSource
    package: Package | None = None
    place: str | None = None
    simulated: bool = False
    locked: LockedFile | None = None


def fetch(origin: Origin, path: str, commit: str, downloads: Path, target: Path) -> None:
    """Fetch and verify one file, and link it to `target`.

    Content stays in `downloads`, so that making a result again does not fetch again.

    Parameters
    ----------
    origin
        Where the data set comes from.
    path
        Path in the data set.
    commit
        Commit to take it from; not used for packages.
    downloads
        Folder for clones and archives.
    target
        Link to make.

    Raises
    ------
    BadInput
        When the file cannot be had, or is not what it must be.
    """
    if origin.package:
        content = fetch_package(origin.package, downloads / "packages" / path)
    else:
        folder = downloads / "clones" / commit[:12] / origin.release.dataset
        clone = datalad.clone(str(origin.place), commit, folder)
        content = datalad.get(clone, path, origin.locked)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.symlink_to(os.path.relpath(content.resolve(), target.parent.resolve()))


def origins(
    releases: Mapping[str, DataSource], packages: Mapping[str, Package], mirrors: Mapping[str, str]
) -> dict[str, Origin]:
    """Origin of each published data set, mirrors taking the place of what the table says."""
    return {
        name: Origin(
            release=release,
            package=packages[release.package] if release.package else None,
            place=mirrors.get(name, release.url),
        )
        for name, release in releases.items()
    }
