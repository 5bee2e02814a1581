"""Models of the Hugging Face hub, pinned by revision and by the sha256 of every file."""

import logging
import shutil
import tempfile
from pathlib import Path, PurePosixPath

from huggingface_hub import constants, snapshot_download
from huggingface_hub.errors import HfHubHTTPError

from braid.errors import BadInput
from braid.sources.folders import atomic_folder
from braid.sources.secrets import redact
from braid.sources.tables import Model
from braid.store import sha256
from braid.store.remains import PREFIX

logger = logging.getLogger(__name__)

# The accelerated client keeps a cache of its own in the home directory.
constants.HF_HUB_DISABLE_XET = True
# The rules tell every job that it is offline, which is right for all but this one.
constants.HF_HUB_OFFLINE = False


def fetch_from_hub(model: Model, folder: Path) -> None:
    """Fetch the files of a model into `folder`, all or none.

    Its origin is a repository, `owner/name`, or one of its folders, `owner/name//folder`.

    Raises
    ------
    BadInput
        When the hub cannot be reached, or a file is missing or has another sha256.
    """
    repository, _, inner = model.origin.partition("//")
    with (
        atomic_folder(folder) as partial,
        tempfile.TemporaryDirectory(prefix=PREFIX, suffix=folder.name, dir=folder.parent) as found,
    ):
        _download(model, repository, inner, Path(found))
        _require_digests(model, Path(found) / inner)
        for name in model.files:
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(found) / inner / name, partial / name)


def _download(model: Model, repository: str, inner: str, target: Path) -> None:
    logger.info("fetching %s at %s", model.origin, model.revision)
    try:
        snapshot_download(
            repository,
            revision=model.revision,
            allow_patterns=[str(PurePosixPath(inner, name)) for name in model.files],
            local_dir=target,
        )
    except (HfHubHTTPError, OSError) as error:
        reason = redact(str(error)).partition("\n")[0]
        raise BadInput(
            model.origin,
            "hub",
            f"revision {model.revision} cannot be fetched ({reason})",
            "check the network, or set HF_ENDPOINT to a mirror within reach",
        ) from None


def _require_digests(model: Model, folder: Path) -> None:
    """Compare all files, so that whoever writes open digests down has to fetch but once."""
    paths = {name: folder / name for name in model.files}
    found = {name: sha256(path) if path.exists() else "absent" for name, path in paths.items()}
    wrong = [name for name, digest in model.files.items() if found[name] != digest]
    if wrong:
        raise BadInput(
            model.origin,
            "sha256",
            "; ".join(f"{name} is {found[name]}, expected {model.files[name]}" for name in wrong),
            "do not use it; check revision and files in config/models.tsv",
        )
