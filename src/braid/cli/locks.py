"""Make the lock of a data set anew, from its repository or a listing of its bucket."""

from pathlib import Path

import yaml

from braid.datasets import lockable
from braid.errors import BadInput
from braid.sources import datalad, locks, places
from braid.sources.licences import require_acceptance
from braid.sources.tables import DataSource, LockedFile, load_datasets, load_lock
from braid.study import load_config

_RELEASES = Path("config/datasets.tsv")
_CONFIG = Path("config/config.yaml")
_LOCKS = Path("resources/locks")


def relock(dataset: str, place: str, downloads: Path) -> list[str]:
    """Write the lock of a data set anew.

    Parameters
    ----------
    dataset
        Row of the table of data sets.
    place
        A clone, a bare repository or a bucket; the published one when empty.
    downloads
        Where clones are kept.

    Returns
    -------
    list of str
        What changed, a line for each file.

    Raises
    ------
    BadInput
        When the data set is unknown or not locked, its terms are not accepted, the place cannot be
        read, or a file there has no digest.
    """
    release = _release(dataset)
    found = _ask(release, place or release.url or str(release.bucket), downloads)
    target = _LOCKS / f"{dataset}.tsv"
    before = load_lock(target) if target.exists() else {}
    # What lies elsewhere is in no listing of the bucket.
    found += [file for file in before.values() if file.place]
    locks.write(target, found)
    return locks.differences(before, found)


def _release(dataset: str) -> DataSource:
    releases = load_datasets(_RELEASES)
    if dataset not in releases or releases[dataset].package:
        known = [name for name, release in releases.items() if not release.package]
        problem = f"{dataset!r} is no repository or bucket"
        raise BadInput(_RELEASES, "dataset", problem, f"known are: {', '.join(known)}")
    return releases[dataset]


def _ask(release: DataSource, place: str, downloads: Path) -> list[LockedFile]:
    accepted = load_config(yaml.safe_load(_CONFIG.read_text("utf-8"))).licences
    name, patterns = release.dataset, lockable(release.dataset)
    require_acceptance(release, str(accepted[name]) if name in accepted else None)
    if release.commit is None or places.holds_files(place):
        return locks.of_bucket(place, patterns)
    folder = downloads / "clones" / release.commit[:12] / name
    return locks.of_repository(datalad.clone(place, release.commit, folder), patterns)
