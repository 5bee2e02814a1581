"""Where raw files and weights are to be had by those who get a crate without them."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from braid.provenance.schema import Record

_KINDS = {"python": "pypi", "debian": "deb/debian"}


class Source(NamedTuple):
    """A data set, or the weights of a model, at one version."""

    name: str
    version: str
    licence: str
    terms: str
    url: str
    """A page, a repository, or the URL of a package (`pkg:`)."""
    doi: str | None
    kind: Literal["measured", "simulated", "weights"]


def source(record: Record) -> Source | None:
    """Tell what a job fetched; None for jobs that fetched nothing."""
    tell = {"fetch": _dataset, "fetch_model": _weights}.get(record.rule)
    return tell(record.params) if tell else None


def sources(records: Iterable[Record]) -> list[Source]:
    """All data sets and weights behind some records, each once, by name."""
    return sorted({found for record in records if (found := source(record))})


def place(record: Record) -> str | None:
    """URL of what a job fetched; None when it was made here."""
    if record.rule == "fetch_model":
        return _weights(record.params).url
    origin: Any = record.params["origin"]
    release, path = origin["release"], record.wildcards["path"]
    if origin["simulated"]:
        return None
    if origin["package"]:
        return _package(origin["package"])
    locked = (origin["locked"] or {}).get("place")
    return locked or (f"{release['bucket']}/{path}" if release["bucket"] else release["url"])


def is_restricted(record: Record) -> bool:
    """Whether a job fetched data that may not be passed on to just anyone."""
    origin: Any = record.params.get("origin")
    if record.rule != "fetch" or origin["simulated"]:
        return False
    return origin["release"]["access"] != "open"


def _dataset(params: Mapping[str, Any]) -> Source:
    origin = params["origin"]
    release = origin["release"]
    if origin["simulated"]:
        return Source(
            f"{release['dataset']} (twin)", "simulated here", "", "", "", None, "simulated"
        )
    package = _package(origin["package"]) if origin["package"] else ""
    return Source(
        release["dataset"],
        release["commit"] or release["version"],
        release["licence"],
        release["terms"],
        release["url"] or release["bucket"] or package,
        release["doi"],
        "measured",
    )


def _weights(params: Mapping[str, Any]) -> Source:
    model = params["model"]
    urls = [*map(_package, params["packages"].values())]
    if model["kind"] == "url":
        urls = [model["origin"]]
    url = urls[0] if urls else f"pkg:huggingface/{model['origin']}@{model['revision']}"
    return Source(
        model["model"], model["revision"], model["licence"], model["note"], url, None, "weights"
    )


def _package(package: Mapping[str, Any]) -> str:
    return f"pkg:{_KINDS[package['index']]}/{package['project']}@{package['version']}"
