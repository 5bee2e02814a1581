"""The record of a job, taken around its work and written last."""

import hashlib
import json
import logging
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from braid.errors import BadInput
from braid.provenance import observe
from braid.provenance.schema import File, Record
from braid.store import atomic

log = logging.getLogger("braid")

# A parameter of such a name would put a secret into logs, records and crates.
SECRET = re.compile(r"secret|token|passw|credential|api_?key", re.IGNORECASE)


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


@dataclass(frozen=True)
class Asked:
    """What a job was asked to do, known before it begins."""

    passport: str
    inputs: list[File]
    stamps: dict[str, tuple[int, int]]


@contextmanager
def recorded(job: Job) -> Iterator[Asked]:
    """Run the body of a script under record.

    Inputs are hashed before the work and must not change during it; outputs are hashed after it;
    the record is written last, so that an output without a record is an unfinished one. Log lines
    go to the log file of the rule.

    Raises
    ------
    SystemExit
        On bad input, after one clear error in the log and on the terminal.
    RuntimeError
        When an input changed while the job ran.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    _log_to(Path(job.log[0]))
    asked = _ask(job)
    try:
        yield asked
    except BadInput as error:
        log.error("%s", error)
        raise SystemExit(1) from error
    except Exception:
        log.exception("%s failed", job.rule)
        raise
    _refuse_changed(asked)
    _write(job, asked, observe.usage(started, time.perf_counter() - clock))


def _log_to(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=[logging.FileHandler(path, mode="w"), logging.StreamHandler()],
        force=True,
    )


def _ask(job: Job) -> Asked:
    if secret := [name for name, _ in job.params.items() if SECRET.search(name)]:
        raise ValueError(f"rule {job.rule}: params {secret} may hold secrets: use the environment")
    inputs = list(_files(job.input.items()))
    claim = {
        "rule": job.rule,
        "wildcards": _plain(job.wildcards),
        "params": _plain(job.params),
        "inputs": sorted((file.role, file.path, file.sha256) for file in inputs),
    }
    passport = hashlib.sha256(json.dumps(claim, sort_keys=True, default=str).encode()).hexdigest()
    return Asked(passport, inputs, {file.path: _stamp(file.path) for file in inputs})


def _files(named: Iterable[tuple[str, Any]]) -> Iterator[File]:
    """Yield every file of an input or output list with the role it has there."""
    for role, item in named:
        for path in [item] if isinstance(item, str) else item:
            yield observe.file(Path(path), role)


def _plain(named: Named) -> dict[str, Any]:
    return json.loads(json.dumps(dict(named.items()), default=str))


def _stamp(path: str) -> tuple[int, int]:
    status = Path(path).stat()
    return status.st_size, status.st_mtime_ns


def _refuse_changed(asked: Asked) -> None:
    for file in asked.inputs:
        if _stamp(file.path) != asked.stamps[file.path]:
            raise RuntimeError(f"{file.path} changed while the job ran; run it again")


def _write(job: Job, asked: Asked, usage: dict[str, Any]) -> None:
    target = Path(job.output.prov)
    outputs = list(_files(pair for pair in job.output.items() if pair[0] != "prov"))
    record = Record.model_validate(
        {
            "passport": asked.passport,
            "rule": job.rule,
            "wildcards": _plain(job.wildcards),
            "params": _plain(job.params),
            "threads": job.threads,
            "resources": _plain(job.resources),
            "inputs": asked.inputs,
            "outputs": outputs,
            "code": observe.code_state(),
            "software": observe.software(),
            "machine": observe.machine(),
            "usage": usage,
        }
    )
    with atomic(target) as partial:
        partial.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
