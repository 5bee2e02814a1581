"""The metadata of a crate: what it holds and how that was made (Provenance Run Crate 0.5)."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from rocrate.model.computationalworkflow import ComputationalWorkflow
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from braid.provenance.crate import jobs, whence
from braid.provenance.crate.contents import Contents, Item
from braid.provenance.crate.entities import authors, dataset, file, named
from braid.provenance.crate.papers import shown, summary, title
from braid.provenance.schema import Record

TERMS = "https://w3id.org/ro/terms/workflow-run#"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
LICENCE = "of the code, and of what this crate adds; data sets keep their own licences"
BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"


def describe(
    contents: Contents,
    workflow: Sequence[Item],
    scripts: Mapping[str, Item],
    papers: Sequence[Item],
    citation: Mapping[str, Any],
) -> ROCrate:
    """Describe a crate.

    Parameters
    ----------
    contents
        Records and files.
    workflow
        The Snakefile, then the files that it includes.
    scripts
        Script of each job, by path of its record.
    papers
        What people read.
    citation
        Content of CITATION.cff.
    """
    crate = ROCrate(version="1.1")
    terms = ("sha256", "environment", "resourceUsage")
    crate.metadata.extra_terms.update({term: TERMS + term for term in terms})
    _root(crate, contents, citation)
    for paper in papers:
        file(crate, paper, about=crate.root_dataset if paper.path == "README.md" else None)
    files = _files(crate, contents)
    main = _main(crate, workflow[0], contents.heads[0])
    for rules in workflow[1:]:
        file(crate, rules)
    jobs.describe(crate, contents, main, scripts, files)
    _unpack(crate)
    return crate


def _root(crate: ROCrate, contents: Contents, citation: Mapping[str, Any]) -> None:
    crate.name, crate.description = title(contents), summary(contents)
    who = authors(crate, citation)
    crate.root_dataset["author"] = who
    # A publisher is an organization.
    crate.root_dataset["publisher"] = [one for one in who if one.type == "Organization"][:1]
    licence = f"https://spdx.org/licenses/{citation['license']}"
    about = {"name": citation["license"], "url": licence, "description": LICENCE}
    crate.license = named(crate, licence, kind="CreativeWork", **about)
    for profile, name in PROFILES.items():
        about = {"kind": "CreativeWork", "name": name, "version": profile.rpartition("/")[2]}
        crate.root_dataset.append_to("conformsTo", named(crate, profile, **about))


def _files(crate: ROCrate, contents: Contents) -> dict[str, Entity]:
    """Every file and record, with what is known of where it is to be had."""
    makers = {each.path: one for one in contents.records.values() for each in one.outputs}
    found: dict[str, Entity] = {}
    for path, item in contents.items.items():
        found[path] = file(crate, item, **_about(crate, contents, path, makers.get(path)))
    return found


def _about(crate: ROCrate, contents: Contents, path: str, maker: Record | None) -> dict[str, Any]:
    if maker is None:
        return {}
    if source := whence.source(maker):
        return {"url": whence.place(maker), "isPartOf": dataset(crate, source)}
    return shown(maker, path, contents.simulated) if maker in contents.heads else {}


def _main(crate: ROCrate, item: Item, record: Record) -> Entity:
    """The Snakefile as the workflow that ran."""
    about = {
        "@type": [*ComputationalWorkflow.TYPES, "HowTo"],
        "name": "BRAID",
        "description": "with uncommitted changes" if record.code.dirty else None,
        "version": record.code.commit,
        "url": {"@id": item.path},
        "conformsTo": {"@id": BIOSCHEMAS},
        "sha256": item.sha256,
        "contentSize": str(item.size),
        "encodingFormat": "text/plain",
    }
    known = {name: value for name, value in about.items() if value}
    main = crate.add_workflow(item.path, item.path, properties=known, main=True, lang="snakemake")
    return cast(Entity, main)


def _unpack(crate: ROCrate) -> None:
    """Take lone values out of their lists, as the specification recommends."""
    for entity in crate.get_entities():
        values = entity.properties()
        for name, value in values.items():
            if isinstance(value, list) and len(value) == 1:
                values[name] = value[0]
