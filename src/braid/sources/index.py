"""One file of a package index, fetched by name and sha256; never built, never executed."""

import logging
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import requests
from pypi_simple import (
    PYPI_SIMPLE_ENDPOINT,
    DistributionPackage,
    NoSuchProjectError,
    PyPISimple,
    UnsupportedContentTypeError,
)

from braid.errors import BadInput
from braid.sources.debian import fetch_deb
from braid.sources.secrets import redact
from braid.sources.tables import Package
from braid.store import atomic, sha256

logger = logging.getLogger(__name__)

# Seconds to wait before the second and the third attempt.
_PAUSES = (1.0, 4.0)
# Seconds without a byte before an attempt counts as failed.
_TIMEOUT = 30.0


def fetch_package(package: Package, target: Path) -> Path:
    """Fetch a file of the package index that pip, or apt, is configured with.

    Parameters
    ----------
    package
        Which file, and its sha256.
    target
        Where to put it. A file that is already there with that sha256 is kept.

    Raises
    ------
    BadInput
        When the index cannot be reached, does not have the file, or has another one.
    """
    if target.exists() and sha256(target) == package.sha256:
        return target
    logger.info("fetching %s (%.1f MB)", package.filename, package.bytes / 1e6)
    download = fetch_deb if package.index == "debian" else _download
    with atomic(target) as partial:
        download(package, partial)
        _require_digest(package, sha256(partial))
    return target


def _download(package: Package, partial: Path) -> None:
    for pause in (*_PAUSES, None):
        try:
            return _attempt(package, partial)
        except requests.RequestException as error:
            if pause is None:
                raise _unreachable(package, error) from None
            logger.warning("%s: trying again in %.0f s", package.filename, pause)
            time.sleep(pause)


def _attempt(package: Package, partial: Path) -> None:
    settings = _pip_settings()
    endpoint = settings.get("index-url", PYPI_SIMPLE_ENDPOINT)
    with PyPISimple(endpoint, session=_session(settings)) as index:
        found = _find(index, package)
        index.download_package(found, partial, verify=False, timeout=_TIMEOUT)


def _find(index: PyPISimple, package: Package) -> DistributionPackage:
    try:
        page = index.get_project_page(package.project, timeout=_TIMEOUT)
    except (NoSuchProjectError, UnsupportedContentTypeError):
        raise _absent(package, f"has no project {package.project}") from None
    for candidate in page.packages:
        if candidate.filename == package.filename:
            return candidate
    raise _absent(package, f"lists no such file under {package.project}")


def _pip_settings() -> dict[str, str]:
    """What pip is configured with, the environment before the files."""
    # `pip config get` reads one file only; `list` merges them all, in pip's own order.
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = dict(re.findall(r"^(\S+)='(.*)'$", listed, re.MULTILINE))
    return {
        key.removeprefix(origin): value
        for origin in ("global.", ":env:.")
        for key, value in found.items()
        if key.startswith(origin)
    }


def _session(settings: Mapping[str, str]) -> requests.Session:
    """Trust the certificates that pip trusts, such as those of an institution's proxy."""
    session = requests.Session()
    session.verify = settings.get("cert", True)
    return session


def _require_digest(package: Package, found: str) -> None:
    if found != package.sha256:
        raise BadInput(
            package.filename,
            "sha256",
            f"is {found}, expected {package.sha256}",
            "run again; if it stays, the index serves another file: do not use it",
        )


def _absent(package: Package, problem: str) -> BadInput:
    cure = "set PIP_INDEX_URL to an index that has it; index-url of pip's own configuration works"
    return BadInput(package.filename, "package index", f"the index {problem}", cure)


def _unreachable(package: Package, error: Exception) -> BadInput:
    return BadInput(
        package.filename,
        "network",
        f"{len(_PAUSES) + 1} attempts failed ({type(error).__name__}: {redact(str(error))})",
        "check the network, or set PIP_INDEX_URL to an index within reach",
    )
