"""Folders of plain files on this machine, on the web or in S3, through the clients of fsspec."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fsspec import AbstractFileSystem
from fsspec.core import split_protocol, url_to_fs

from braid.errors import BadInput
from braid.sources.remotes import refuse_credentials
from braid.sources.secrets import redact

# Seconds without a byte before an attempt counts as failed.
_STALL = 30.0
_KINDS = ("s3", "https", "http", "file", "zip")
_FORBIDDEN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
# What lies at the root of a repository, of a bare one, and of a RIA store.
_SIGNS_OF_GIT = (".git", "HEAD", "ria-layout-version")


def holds_files(place: str) -> bool:
    """Whether a place is a bucket or a folder of plain files, and no repository."""
    if place.startswith("s3://"):
        return True
    folder = Path(place)
    return folder.is_dir() and not any((folder / sign).exists() for sign in _SIGNS_OF_GIT)


def connect(place: str) -> tuple[AbstractFileSystem, str]:
    """Client of a place, and the name that the place has there.

    Nobody logs in: S3 is asked without credentials. AWS_ENDPOINT_URL names another S3 service
    than Amazon's, HTTP_PROXY and its like a proxy, .netrc the user of a web mirror.

    Raises
    ------
    BadInput
        When the address holds a password, or is of no kind that is known.
    """
    refuse_credentials(place)
    kind = split_protocol(place)[0] or "file"
    if kind not in _KINDS:
        problem = f"no folder of files that can be read ({kind}://)"
        cure = "name a folder, an https:// address, an s3:// bucket or zip://folder::<archive>"
        raise BadInput(redact(place), "place", problem, cure)
    archive = place.partition("::")[2]
    # A client that is kept would not see that the environment changed.
    return url_to_fs(place.rstrip("/"), skip_instance_cache=True, **_options(kind, archive))


def _options(kind: str, archive: str = "") -> dict[str, Any]:
    if kind == "s3":
        # s3fs tries each block several times; botocore need not.
        limits = {"connect_timeout": _STALL, "read_timeout": _STALL, "retries": {"max_attempts": 0}}
        return {"anon": True, "config_kwargs": limits}
    if kind == "file":
        return {}
    if kind == "zip":
        inner = split_protocol(archive)[0] or "file"
        return {inner: _options(inner)}
    # Half a second, only to be paid by those who ask the web.
    from aiohttp import ClientTimeout

    timeout = ClientTimeout(total=None, sock_connect=_STALL, sock_read=_STALL)
    # Byte ranges of what a server compressed on the way would not be those of the file.
    plain = {"Accept-Encoding": "identity"}
    return {"client_kwargs": {"timeout": timeout, "headers": plain, "trust_env": True}}


def open_at(files: AbstractFileSystem, source: str, start: int) -> Any:
    """Open a file at byte `start`, or at its beginning where a server knows no byte ranges."""
    if "http" not in files.protocol:
        file = files.open(source, "rb", cache_type="none")
        file.seek(start)
        return file
    # One request that streams; otherwise every block would be one.
    file: Any = files.open(source, "rb", block_size=0, headers={"Range": f"bytes={start}-"})
    file.loc = start if file.r.status == HTTPStatus.PARTIAL_CONTENT else 0
    return file


@contextmanager
def failures() -> Iterator[None]:
    """Turn what the clients raise into one of three errors, without secrets.

    Raises
    ------
    FileNotFoundError, PermissionError
        When the place answers that it has no such file, or not for everyone.
    ConnectionError
        For all else, which may pass.
    """
    try:
        yield
    except _client_errors() as error:
        # fsspec calls whatever goes wrong with HTTP an absent file; the cause tells.
        cause = error.__cause__ if isinstance(error.__cause__, _client_errors()) else error
        status = getattr(cause, "status", None)
        if status == HTTPStatus.NOT_FOUND or isinstance(cause, FileNotFoundError):
            raise FileNotFoundError("is not there") from None
        if status in _FORBIDDEN or isinstance(cause, PermissionError):
            raise PermissionError("may not be read without a login") from None
        raise ConnectionError(f"{type(cause).__name__}: {redact(str(cause))}") from None


def _client_errors() -> tuple[type[Exception], ...]:
    from aiohttp import ClientError
    from botocore.exceptions import BotoCoreError

    return OSError, ClientError, BotoCoreError
