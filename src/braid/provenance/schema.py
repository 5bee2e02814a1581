"""The form of a record (`*.prov.json`): what was read, run and written by one job."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a record; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Maker(Strict):
    """The job that made an input, as it was on record when the input was read."""

    record: str
    """Path of its record."""
    sha256: str
    """Of that record's bytes: who changes a record breaks the chain behind it."""


class File(Strict):
    """One file or folder that a job read or wrote."""

    path: str
    """Relative to the root of the repository."""
    role: str
    """Its name in the rule."""
    bytes: int
    sha256: str
    """Of the bytes; of a folder, of the sorted lines `<sha256>  <path>`."""
    annex_key: str | None = None
    """git-annex key, for content that datalad fetched."""
    files: dict[str, str] | None = None
    """Of a folder: digest of each file."""
    pixels: str | None = None
    """Of a PNG: SHA-256 of its size and decoded pixels, which stays when it is compressed anew."""
    look: str | None = None
    """Of a PNG: 256 bits that a conversion or a smaller copy nearly keeps, in hexadecimal."""
    made_by: Maker | None = None
    """Of an input that another job made."""


class Code(Strict):
    """The state of the code when the job ran."""

    commit: str | None
    """HEAD, or null outside a git checkout."""
    dirty: bool
    """Whether tracked files differed from the commit or untracked ones stood in the code."""
    diff_sha256: str | None
    modules: dict[str, str]
    """The script and the first-party files that it imported, and their SHA-256."""


class Software(Strict):
    """Versions of all that was imported."""

    python: str
    packages: dict[str, str]
    blas: list[dict[str, str | int | None]]
    """Linear-algebra libraries, their kernels and threads, as threadpoolctl sees them."""


class Machine(Strict):
    """Where the job ran."""

    host: str
    platform: str
    cpus: int
    device: str
    """`cpu`, or the name of the GPU that torch used."""
    env: dict[str, str]
    """Variables of a short allow-list; never the whole environment."""


class Usage(Strict):
    """What the job took."""

    started: str
    """UTC, ISO 8601."""
    seconds: float
    cpu_seconds: float
    peak_rss_bytes: int
    record_seconds: float
    """Time that keeping this record took."""


class Record(Strict):
    """One job."""

    schema_version: Literal[2] = 2
    path: str
    """Of this record, relative to the root of the repository."""
    passport: str
    """SHA-256 of what the job was asked to do; figures carry it inside."""
    rule: str
    wildcards: dict[str, str]
    params: dict[str, object]
    config: dict[str, object]
    """Settings of the run that decide what is computed."""
    threads: int
    resources: dict[str, object]
    inputs: list[File]
    outputs: list[File]
    code: Code
    software: Software
    machine: Machine
    usage: Usage
    seal: str = ""
    """SHA-256 of the record without this field."""

    def sealed(self) -> "Record":
        """Return a copy that carries its seal."""
        return self.model_copy(update={"seal": seal(self.model_dump(mode="json"))})


def claim(
    rule: str,
    wildcards: Mapping[str, str],
    params: Mapping[str, object],
    inputs: Iterable[File],
) -> str:
    """Passport of a job: digest of what it is asked to do, equal whenever it is asked the same."""
    asked = {
        "rule": rule,
        "wildcards": wildcards,
        "params": params,
        "inputs": sorted((file.role, file.path, file.sha256) for file in inputs),
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def seal(record: Mapping[str, Any]) -> str:
    """Digest of a record's content, whatever its layout and the order of its keys."""
    content = {key: value for key, value in record.items() if key != "seal"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
