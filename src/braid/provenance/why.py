"""Tell what made a figure, from its records alone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from braid.provenance.chain import Chain, chain, makers
from braid.provenance.passports import record_of
from braid.provenance.plans import flat
from braid.provenance.schema import File, Record
from braid.provenance.story import (
    Code,
    Gap,
    Host,
    Item,
    Lock,
    Raw,
    Step,
    Story,
    Totals,
    Tracked,
    Weights,
)

_Value = TypeVar("_Value")
# The one variable that differs between jobs of a cluster.
JOB = "SLURM_JOB_ID"


def why(file: Path, results: Path) -> Story:
    """Tell what made a figure or another artefact.

    Parameters
    ----------
    file
        A figure, wherever it was copied, or an artefact in its place.
    results
        The folder of results.

    Raises
    ------
    BadInput
        When there is no record of it, or its own record is invalid. Gaps further up are told.
    """
    return story(chain(record_of(file, results)))


def story(found: Chain) -> Story:
    """Tell what a chain of records says."""
    records = list(found.records.values())
    raw = [_raw(record) for record in records if record.rule == "fetch"]
    return Story(
        record=found.head.path,
        passport=found.head.passport,
        simulated=any(file.simulated for file in raw),
        steps=[_step(record) for record in records],
        raw=raw,
        weights=[_weights(record) for record in records if record.rule == "fetch_model"],
        tracked=_tracked(found),
        code=_code(records),
        software=_software(records),
        hosts=_hosts(records),
        gaps=list(_gaps(found)),
        totals=_totals(records, raw),
    )


def _step(record: Record) -> Step:
    params = flat(record.params)
    return Step(
        record=record.path,
        rule=record.rule,
        wildcards=record.wildcards,
        params=params,
        seeds={name: value for name, value in params.items() if name.split(".")[-1] == "seed"},
        settings=record.config,
        started=record.usage.started,
        seconds=record.usage.seconds,
        cpu_seconds=record.usage.cpu_seconds,
        peak_rss_bytes=record.usage.peak_rss_bytes,
        threads=record.threads,
        commit=record.code.commit,
        dirty=record.code.dirty,
        host=record.machine.host,
        device=record.machine.device,
        cluster_job=record.machine.env.get(JOB),
        inputs=[_item(file) for file in record.inputs],
        outputs=[_item(file) for file in record.outputs],
        made_from=makers(record),
    )


def _item(file: File) -> Item:
    maker = file.made_by.record if file.made_by else None
    return Item(file.role, file.path, file.bytes, file.sha256, maker)


def _raw(record: Record) -> Raw:
    origin: Mapping[str, Any] = record.params["origin"]  # pyright: ignore[reportAssignmentType]
    release, [file] = origin["release"], record.outputs
    published = release["commit"] or release["version"]
    return Raw(
        dataset=release["dataset"],
        # A twin does not bear the commit of the real data.
        version="simulated here" if origin["simulated"] else published,
        licence="as BRAID" if origin["simulated"] else release["licence"],
        place=origin["place"] or f"package {release['package']}",
        path=record.wildcards["path"],
        bytes=file.bytes,
        sha256=file.sha256,
        annex_key=file.annex_key,
        lock=_lock(origin, file),
        simulated=origin["simulated"],
        record=record.path,
    )


def _lock(origin: Mapping[str, Any], file: File) -> Lock:
    if origin["package"]:
        return _compared({"sha256": file.sha256}, "sha256", origin["package"]["sha256"])
    if origin["locked"] is None:
        return "no lock"
    # The key of an annexed file holds the digest that most locks give.
    backend, _, rest = (file.annex_key or "").partition("-")
    keyed = {backend.removesuffix("E").lower(): rest.partition("--")[2].partition(".")[0]}
    known = keyed | {"sha256": file.sha256}
    return _compared(known, origin["locked"]["algorithm"], origin["locked"]["digest"])


def _compared(known: Mapping[str, str], algorithm: str, digest: str) -> Lock:
    if algorithm not in known:
        return "checked when fetched"
    return "same" if known[algorithm] == digest else "differs"


def _weights(record: Record) -> Weights:
    model: Mapping[str, Any] = record.params["model"]  # pyright: ignore[reportAssignmentType]
    [folder] = record.outputs
    files = folder.files or {}
    pinned = "same" if files == model["files"] else "differs"
    return Weights(
        model=model["model"],
        kind=model["kind"],
        origin=model["origin"],
        revision=model["revision"],
        licence=model["licence"],
        files=files,
        bytes=folder.bytes,
        # Of a package the whole archive is pinned, not what is taken out of it.
        lock=pinned if model["kind"] == "hub" else "checked when fetched",
        record=record.path,
    )


def _tracked(found: Chain) -> list[Tracked]:
    outside = (
        (file.path, file.sha256)
        for record in found.records.values()
        for file in record.inputs
        if file.made_by is None and not found.shelf.is_result(file.path)
    )
    return [Tracked(*file, steps) for file, steps in Counter(outside).items()]


def _gaps(found: Chain) -> Iterator[Gap]:
    for path, fault in found.faults.items():
        yield Gap(path, f"{fault.field}: {fault.problem}")
    for record in found.records.values():
        for file in record.inputs:
            if file.made_by is None and found.shelf.is_result(file.path):
                yield Gap(file.path, f"{record.path} does not say what made it")


def _code(records: Iterable[Record]) -> list[Code]:
    states = _grouped(records, lambda r: (r.code.commit, r.code.dirty, r.code.diff_sha256))
    return [
        Code(*state, steps=len(ran), rules=list(dict.fromkeys(record.rule for record in ran)))
        for state, ran in states.items()
    ]


def _software(records: Iterable[Record]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for record in records:
        for name, version in {"python": record.software.python, **record.software.packages}.items():
            found[name][version] += 1
    return {name: dict(found[name]) for name in sorted(found, key=str.lower)}


def _hosts(records: Iterable[Record]) -> list[Host]:
    groups = _grouped(records, lambda record: str(_machine(record)))
    return [
        Host(**_machine(ran[0]), blas=_libraries(ran), steps=len(ran)) for ran in groups.values()
    ]


def _machine(record: Record) -> dict[str, Any]:
    """A machine without what is of one job."""
    return record.machine.model_dump(exclude={"env": {JOB}})


def _libraries(records: Iterable[Record]) -> list[dict[str, str | int | None]]:
    """Each library once, whatever the order in which it was loaded."""
    found = {str(library): library for record in records for library in record.software.blas}
    return [found[name] for name in sorted(found)]


def _grouped(values: Iterable[_Value], key: Callable[[_Value], Any]) -> dict[Any, list[_Value]]:
    """Values by key, in the order in which keys first appear."""
    groups: dict[Any, list[_Value]] = defaultdict(list)
    for value in values:
        groups[key(value)].append(value)
    return groups


def _totals(records: list[Record], raw: list[Raw]) -> Totals:
    return Totals(
        steps=len(records),
        seconds=sum(record.usage.seconds for record in records),
        cpu_seconds=sum(record.usage.cpu_seconds for record in records),
        peak_rss_bytes=max(record.usage.peak_rss_bytes for record in records),
        raw_files=len(raw),
        raw_bytes=sum(file.bytes for file in raw),
    )
