"""Files, data sets and people as entities of a crate."""

import re
from collections.abc import Mapping
from mimetypes import MimeTypes
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from rocrate.model.contextentity import ContextEntity
from rocrate.model.data_entity import DataEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from braid.provenance.crate.contents import Item
from braid.provenance.crate.whence import Source

# What the operating system knows of file types would make crates differ between machines.
_FORMATS = MimeTypes()
for _suffix, _kind in {".md": "text/markdown", ".cff": "text/yaml", ".smk": "text/plain"}.items():
    _FORMATS.add_type(_kind, _suffix)


def named(crate: ROCrate, identifier: str, /, *, kind: str, **about: Any) -> Entity:
    """Find the entity of that `@id`, or add it; facts that nobody knows are left out."""
    known = {name: value for name, value in about.items() if value}
    entity = ContextEntity(crate, identifier, {"@type": kind, **known})
    return crate.get(entity.id) or added(crate, entity)


def added(crate: ROCrate, entity: Entity) -> Entity:
    """Add an entity to a crate, and give it back."""
    crate.add(entity)
    return entity


def file(crate: ROCrate, item: Item, kinds: tuple[str, ...] = (), **about: Any) -> Entity:
    """Describe a file or folder of the crate, or one that it only names.

    Parameters
    ----------
    crate
        What it belongs to.
    item
        The file.
    kinds
        What it is besides a file.
    **about
        More facts; those that are None are left out.
    """
    path = quote(item.path) + "/" * item.folder
    facts = {
        "name": PurePosixPath(item.path).name,
        "sha256": item.sha256,
        "contentSize": None if item.size is None else str(item.size),
        "encodingFormat": None if item.folder else media_type(item.path),
        "description": item.why,
    }
    known = {name: value for name, value in (facts | about).items() if value not in (None, "")}
    known |= {"@type": ["Dataset" if item.folder else "File", *kinds]}
    if item.source is None:
        return added(crate, ContextEntity(crate, f"#{path}", known))
    return added(crate, DataEntity(crate, path, known))


def media_type(path: str) -> str:
    """Media type of a file, from its name alone."""
    kind, packing = _FORMATS.guess_type(path)
    return f"application/{packing}" if packing else kind or "application/octet-stream"


def dataset(crate: ROCrate, source: Source) -> Entity:
    """A data set, or the weights of a model."""
    return named(
        crate,
        f"#source-{quote(source.name)}",
        kind="Dataset",
        name=source.name,
        version=source.version,
        license=source.licence,
        conditionsOfAccess=source.terms,
        url=source.url,
        identifier=f"https://doi.org/{source.doi}" if source.doi else None,
        description="simulated here; nothing in it was measured"
        if source.kind == "simulated"
        else None,
    )


def authors(crate: ROCrate, citation: Mapping[str, Any]) -> list[Entity]:
    """Those who answer for the code, by its CITATION.cff."""
    return [_author(crate, author) for author in citation["authors"]]


def _author(crate: ROCrate, author: Mapping[str, str]) -> Entity:
    whole = author.get("name") or f"{author['given-names']} {author['family-names']}"
    kind = "Organization" if "name" in author else "Person"
    # Where no page of theirs is known, the file that names them is.
    page = author.get("website") or author.get("orcid") or {"@id": "CITATION.cff"}
    belongs = author.get("affiliation")
    affiliation = belongs and named(
        crate, f"#{_slug(belongs)}", kind="Organization", name=belongs, url={"@id": "CITATION.cff"}
    )
    name = author.get("orcid") or f"#{_slug(whole)}"
    return named(crate, name, kind=kind, name=whole, url=page, affiliation=affiliation)


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", name)
