"""Models of the Hugging Face hub, pinned by revision and by the sha256 of every file."""

import logging
import shutil
from pathlib import Path

from huggingface_hub import constants, snapshot_download
from huggingface_hub.errors import HfHubHTTPError

from braid.errors import BadInput
from braid.sources.folders import atomic_folder
from braid.sources.secrets import redact
from braid.sources.tables import Model
from braid.store import sha256

logger = logging.getLogger(__name__)

# The accelerated client keeps a cache of its own in the home directory.
constants.HF_HUB_DISABLE_XET = True


def fetch_from_hub(model: Model, folder: Path) -> None:
    """Fetch the files of a model into `folder`, all or none.

    Raises
    ------
    BadInput
        When the hub cannot be reached, or a file is missing or has another sha256.
    """
    with atomic_folder(folder) as partial:
        _download(model, partial)
        shutil.rmtree(partial / ".cache")
        for name, digest in model.files.items():
            _require_digest(model, partial / name, digest)


def _download(model: Model, partial: Path) -> None:
    logger.info("fetching %s at %s", model.origin, model.revision)
    try:
        snapshot_download(
            model.origin,
            revision=model.revision,
            allow_patterns=list(model.files),
            local_dir=partial,
        )
    except (HfHubHTTPError, OSError) as error:
        reason = redact(str(error)).partition("\n")[0]
        raise BadInput(
            model.origin,
            "hub",
            f"revision {model.revision} cannot be fetched ({reason})",
            "check the network and HF_HUB_OFFLINE, or set HF_ENDPOINT to a mirror within reach",
        ) from None


def _require_digest(model: Model, file: Path, digest: str) -> None:
    found = sha256(file) if file.exists() else "absent"
    if found != digest:
        raise BadInput(
            f"{model.origin}/{file.name}",
            "sha256",
            f"is {found}, expected {digest}",
            "do not use it; check revision and files in config/models.tsv",
        )
