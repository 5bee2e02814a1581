"""What people read of a crate: names, README.md and dataset_description.json."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from braid.provenance.crate import whence
from braid.provenance.crate.contents import Contents, Item
from braid.provenance.schema import Record

BIDS = "1.10.1"
SIMULATED = "simulated data"
VERIFY = """
## Verify it

    python audit.py

It needs Python 3.11 or later and nothing else. Every file that is here is hashed again and compared
with `ro-crate-metadata.json` and with the records (`*.prov.json`); the records are compared with
each other, from the figures back to the raw data. It exits with 0 when all agree, 1 when something
is not as it was, 2 when something cannot be verified. Who distrusts this copy of `audit.py` takes
BRAID's own, `braid audit` with the name of this folder.

    python audit.py --data FOLDER      looks for files that are not here, by their digests
    python audit.py --signers FILE     verifies the signature, if there is one, with ssh-keygen
"""


def title(contents: Contents) -> str:
    """Name of a crate: its figures, and whether data behind any of them were simulated."""
    names = "; ".join(dict.fromkeys(_title(record) for record in contents.heads))
    return f"BRAID: {names} ({SIMULATED})" if contents.simulated else f"BRAID: {names}"


def summary(contents: Contents) -> str:
    """What a crate is, in a few sentences."""
    data = " Figures of simulated data say nothing about brains." if contents.simulated else ""
    return (
        f"What made these results, from raw files to figures: {len(contents.records)} jobs with "
        f"their inputs, parameters, code, software, machine and digests.{data}"
    )


def shown(record: Record, path: str, simulated: bool) -> dict[str, str]:
    """Name and description of a file that the crate is about."""
    figure: Any = record.params.get("figure", {})
    mark = f" ({SIMULATED})" if simulated else ""
    name = f"{_title(record)}, {PurePosixPath(path).suffix[1:]}{mark}"
    return {"name": name, "description": f"{figure.get('caption', 'Made by a job.')}{mark}"}


def readme(contents: Contents) -> str:
    """Markdown: what this is, how to verify it, what is not here, and why."""
    asked = [file.path for record in contents.heads for file in record.outputs]
    away = [item for item in contents.items.values() if item.source is None]
    lines = [f"# {title(contents)}", "", summary(contents), "", *_listed(asked), VERIFY]
    lines += ["## Where the data came from", "", *map(_told, _sources(contents)), ""]
    lines += ["## What is only named", "", *_reasons(away)]
    return "\n".join(lines) + "\n"


def dataset_description(contents: Contents, citation: Mapping[str, Any]) -> str:
    """The file of that name of BIDS, for a derivative."""
    packages = contents.heads[0].software.packages
    braid = {
        "Name": "BRAID",
        "Version": packages.get("braid-neuro"),
        "CodeURL": citation.get("repository-code"),
        "commit": contents.heads[0].code.commit,
    }
    found = {
        "Name": title(contents),
        "BIDSVersion": BIDS,
        "DatasetType": "derivative",
        "GeneratedBy": [_known(braid)],
        "SourceDatasets": [
            _known({"URL": one.url, "DOI": one.doi, "Version": one.version})
            for one in _sources(contents)
            if one.kind == "measured"
        ],
    }
    return json.dumps(found, indent=1) + "\n"


def _sources(contents: Contents) -> list[whence.Source]:
    return whence.sources(contents.records.values())


def _title(record: Record) -> str:
    figure: Any = record.params.get("figure", {})
    return figure.get("title") or PurePosixPath(record.path).name.removesuffix(".prov.json")


def _listed(paths: Iterable[str]) -> Iterator[str]:
    return (f"- `{path}`" for path in paths)


def _told(source: whence.Source) -> str:
    facts = (source.version, source.licence, source.terms, source.url, source.doi)
    return f"- {source.name}: {'; '.join(filter(None, facts))}"


def _reasons(away: Iterable[Item]) -> Iterator[str]:
    """One line for each reason: how many files, and how large."""
    for why, items in groupby(sorted(away, key=lambda item: item.why), key=lambda item: item.why):
        found = list(items)
        size = sum(item.size or 0 for item in found)
        yield f"- {len(found)} files or folders, {size:,} bytes: {why}"
    yield "\nTheir digests, and where they are to be had, are in `ro-crate-metadata.json`."


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value}
