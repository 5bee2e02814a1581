"""One file of a model on the web, pinned by its sha256."""

import hashlib
import logging

from tenacity import (
    before_sleep_log,
    retry,
    retry_if_exception_type,
    stop_after_attempt,
    wait_chain,
    wait_fixed,
)

from braid.errors import BadInput
from braid.sources.places import connect, failures, open_at
from braid.sources.tables import Model

logger = logging.getLogger(__name__)

_ATTEMPTS = 3


def read_from_web(model: Model) -> dict[str, bytes]:
    """Read the one file of a model, by its role.

    Raises
    ------
    BadInput
        When it cannot be had, or has another sha256.
    """
    [(role, expected)] = model.files.items()
    try:
        content = _read(model.origin)
    except (FileNotFoundError, PermissionError, ConnectionError) as error:
        cure = "check the network, or name a copy within reach in config/models.tsv"
        raise BadInput(model.origin, "network", str(error), cure) from None
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        problem = f"is {found}, expected {expected}"
        cure = "do not use it; check the digest in config/models.tsv"
        raise BadInput(model.origin, "sha256", problem, cure)
    return {role: content}


@retry(
    stop=stop_after_attempt(_ATTEMPTS),
    wait=wait_chain(wait_fixed(1), wait_fixed(4)),
    retry=retry_if_exception_type(ConnectionError),
    before_sleep=before_sleep_log(logger, logging.WARNING),
    reraise=True,
)
def _read(address: str) -> bytes:
    logger.info("fetching %s", address)
    files, path = connect(address)
    with failures(), open_at(files, path, 0) as file:
        return file.read()
