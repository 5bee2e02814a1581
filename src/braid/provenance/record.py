"""The record of a job, taken around its work and written last."""

import json
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from braid.errors import BadInput
from braid.provenance import files, observe, tether
from braid.provenance.formats import refuse_rubbish
from braid.provenance.logs import alone, logged
from braid.provenance.schema import File, Record, claim
from braid.sources.secrets import redact
from braid.store import atomic, clear, sha256

# A parameter of such a name would put a secret into logs, records and crates.
SECRET = re.compile(r"secret|token|passw|credential|api_?key", re.IGNORECASE)
# Settings that decide what is computed; the others say where data come from, and who took them.
SETTINGS = ("source", "subjects", "backend", "voxels_per_job")


@runtime_checkable
class Named(Protocol):
    """Snakemake's lists whose items also have names."""

    def items(self) -> Any:
        """Names and items."""
        ...


@runtime_checkable
class Job(Protocol):
    """What Snakemake hands to a script."""

    rule: str
    threads: int
    input: Named
    output: Any
    params: Named
    wildcards: Named
    resources: Named
    log: Any
    config: dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a job was asked to do, known before it begins."""

    passport: str
    inputs: list[File]
    stamps: list[list[str]]
    """Of the inputs, before they were hashed."""
    seconds: float
    """Time that it took to find that out."""


@contextmanager
def recorded(job: Job) -> Iterator[Asked]:
    """Run the body of a script under record.

    Inputs are hashed before the work and must not change during it; outputs are hashed after it;
    the record is written last, so that an output without a record is an unfinished one. Log lines
    go to the log file of the rule. What a killed attempt left is deleted first. No two processes
    are at one job at a time, and none outlives its Snakemake.

    Raises
    ------
    SystemExit
        On bad input, an input that changed while the job ran, or an output that is none, after one
        clear error in the log and on the terminal.
    """
    tether.hold()
    path, memory = Path(job.log[0]), plain(job.resources).get("mem_mb")
    with alone(path, job.rule), logged(path, job.rule, memory):
        started, clock = datetime.now(UTC), time.perf_counter()
        for _, output in _paths(job.output.items()):
            clear(output)
        asked = _ask(job)
        yield asked
        _refuse_changed(asked)
        _write(job, asked, observe.usage(started, time.perf_counter() - clock))


def _ask(job: Job) -> Asked:
    if secret := [name for name, _ in job.params.items() if SECRET.search(name)]:
        raise ValueError(f"rule {job.rule}: params {secret} may hold secrets: use the environment")
    clock = time.perf_counter()
    paths = list(_paths(job.input.items()))
    stamps = [files.stamps(path) for _, path in paths]
    results = Path(job.output.prov).parts[0]
    inputs = [files.given(path, role, path.parts[0] == results) for role, path in paths]
    passport = claim(job.rule, plain(job.wildcards), plain(job.params), inputs)
    return Asked(passport, inputs, stamps, time.perf_counter() - clock)


def _paths(named: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Path]]:
    """Yield every path of an input or output list with the role it has there."""
    for role, item in named:
        for path in [item] if isinstance(item, str) else item:
            yield role, Path(path)


def plain(named: Named) -> dict[str, Any]:
    """Items of one of Snakemake's lists by name, as records hold them."""
    return _redacted(json.loads(json.dumps(dict(named.items()), default=str)))


def _redacted(value: Any) -> Any:
    """Blot out what only the environment may know, wherever a user wrote it."""
    if isinstance(value, dict):
        return {name: _redacted(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    return redact(value) if isinstance(value, str) else value


def _refuse_changed(asked: Asked) -> None:
    for file, stamps in zip(asked.inputs, asked.stamps, strict=True):
        path = Path(file.path)
        # Whoever touches a file or links to it changes its times, but not its content.
        if files.stamps(path) != stamps and files.described(path, "").sha256 != file.sha256:
            raise BadInput(path, "sha256", "it changed while the job ran", "run the job again")


def _made(path: Path, role: str) -> File:
    """Describe an output, which must be what its name says and come to rest."""
    refuse_rubbish(path)
    stamps, file = files.stamps(path), files.described(path, role, sha256)
    if files.stamps(path) != stamps:
        raise BadInput(
            path, "sha256", "something still writes it", "see what the job leaves running"
        )
    return file


def _write(job: Job, asked: Asked, usage: dict[str, Any]) -> None:
    target, clock = Path(job.output.prov), time.perf_counter()
    paths = _paths(pair for pair in job.output.items() if pair[0] != "prov")
    outputs = [_made(path, role) for role, path in paths]
    record = Record.model_validate(
        {
            "path": str(target),
            "passport": asked.passport,
            "rule": job.rule,
            "wildcards": plain(job.wildcards),
            "params": plain(job.params),
            "config": {name: job.config[name] for name in SETTINGS if name in job.config},
            "threads": job.threads,
            # Where temporary files go concerns nobody else, and may name a person.
            "resources": {k: v for k, v in plain(job.resources).items() if k != "tmpdir"},
            "inputs": asked.inputs,
            "outputs": outputs,
            "code": observe.code_state(),
            "software": observe.software(),
            "machine": observe.machine(),
            "usage": usage | {"record_seconds": asked.seconds + time.perf_counter() - clock},
        }
    )
    with atomic(target) as partial:
        partial.write_text(record.sealed().model_dump_json(indent=1) + "\n", encoding="utf-8")
