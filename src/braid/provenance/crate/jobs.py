"""The run in a crate: the workflow, its steps, and every job as an action."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from braid.provenance.crate import values
from braid.provenance.crate.contents import Contents, Item
from braid.provenance.crate.entities import file, named
from braid.provenance.schema import File, Record

COMPLETED = "http://schema.org/CompletedActionStatus"
ENGINE = "https://snakemake.github.io"

Files = Mapping[str, Entity]
"""Entity of every file and record, by path."""


def describe(
    crate: ROCrate, contents: Contents, main: Entity, scripts: Mapping[str, Item], files: Files
) -> None:
    """Add every job, and the run as a whole.

    Parameters
    ----------
    crate
        What they are added to.
    contents
        Whose records tell of them.
    main
        The workflow.
    scripts
        Script of each job, by path of its record.
    files
        Entity of every file and record, by path.
    """
    records = [*contents.records.values()]
    about = {"agent": _operator(crate, records), "actionStatus": COMPLETED}
    jobs = []
    for record in records:
        tool = _tool(crate, record, scripts[record.path], main)
        jobs.append(_job(crate, record, tool, files, **about))
    steps = [_control(crate, record, job) for record, job in zip(records, jobs, strict=True)]
    run = _run(crate, contents, main, files, **about, **_span(records))
    engine = {"instrument": _engine(crate, records), **about, **_span(records)}
    _add(crate, "#engine", "OrganizeAction", "Snakemake ran", object=steps, result=run, **engine)
    crate.root_dataset.append_to("mentions", [*jobs, run])


def _tool(crate: ROCrate, record: Record, script: Item, main: Entity) -> Entity:
    """The script of a job, part of the workflow, and the step that it carries out."""
    here = "#" * (script.source is None) + quote(script.path)
    if known := crate.get(here):
        return known
    about = {"name": record.rule, "version": record.code.commit, "url": {"@id": here}}
    tool = file(crate, script, ("SoftwareSourceCode",), **about)
    step = named(crate, f"#step-{record.rule}", kind="HowToStep", name=record.rule)
    if "workExample" not in step:
        main.append_to("step", step)
    step.append_to("workExample", tool)
    main.append_to("hasPart", tool)
    return tool


def _job(crate: ROCrate, record: Record, tool: Entity, files: Files, **about: Any) -> Entity:
    wildcards = " ".join(record.wildcards.values())
    return _add(
        crate,
        f"#job-{quote(record.path)}",
        "CreateAction",
        f"{record.rule} {wildcards}".strip(),
        description=f"A job of the rule {record.rule} of the workflow.",
        instrument=tool,
        object=[*_entities(record.inputs, files), *values.asked(crate, record)],
        result=_entities(record.outputs, files),
        environment=values.environment(crate, record),
        resourceUsage=values.usage(crate, record),
        subjectOf=files[record.path],
        **about,
        **_span([record]),
    )


def _control(crate: ROCrate, record: Record, job: Entity) -> Entity:
    name, step = f"#control-{quote(record.path)}", crate.get(f"#step-{record.rule}")
    return _add(crate, name, "ControlAction", f"start {job['name']}", instrument=step, object=job)


def _run(crate: ROCrate, contents: Contents, main: Entity, files: Files, **about: Any) -> Entity:
    records = contents.records.values()
    tracked = [each for record in records for each in record.inputs if not each.made_by]
    results = [each for head in contents.heads for each in head.outputs]
    sources = [entity for name, entity in _by_id(crate).items() if name.startswith("#source-")]
    return _add(
        crate,
        "#run",
        "CreateAction",
        "The run behind the results",
        description="All jobs that the results come from; they may have run in several sittings.",
        instrument=main,
        object=[*_entities(tracked, files), *sources],
        result=_entities(results, files),
        **about,
    )


def _by_id(crate: ROCrate) -> dict[str, Entity]:
    return {entity.id: entity for entity in crate.get_entities()}


def _add(crate: ROCrate, name: str, kind: str, title: str, **about: Any) -> Entity:
    return named(crate, name, kind=kind, name=title, **about)


def _entities(described: Iterable[File], files: Files) -> list[Entity]:
    """Entities of files, each once."""
    return [files[path] for path in dict.fromkeys(one.path for one in described)]


def _span(records: list[Record]) -> dict[str, str]:
    """When the first of some jobs began, and when the last of them ended."""
    begun = [datetime.fromisoformat(record.usage.started) for record in records]
    lasted = [timedelta(seconds=record.usage.seconds) for record in records]
    ended = max(start + length for start, length in zip(begun, lasted, strict=True))
    return {
        "startTime": min(begun).isoformat(timespec="milliseconds"),
        "endTime": ended.isoformat(timespec="milliseconds"),
    }


def _operator(crate: ROCrate, records: list[Record]) -> Entity:
    """Whoever ran the jobs: records name machines, not people."""
    hosts = ", ".join(sorted({record.machine.host for record in records}))
    return named(crate, "#operator", kind="Person", name=f"whoever ran Snakemake on {hosts}")


def _engine(crate: ROCrate, records: list[Record]) -> Entity:
    packages = [record.software.packages for record in records]
    versions = sorted({known["snakemake"] for known in packages if "snakemake" in known})
    about = {"name": "Snakemake", "url": ENGINE, "softwareVersion": versions}
    return named(crate, ENGINE, kind="SoftwareApplication", **about)
