"""The form of a record (`*.prov.json`): what was read, run and written by one job."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a record; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


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


class Code(Strict):
    """The state of the code when the job ran."""

    commit: str | None
    """HEAD, or null outside a git checkout."""
    dirty: bool
    """Whether tracked files differed from the commit or untracked ones stood in the code."""
    diff_sha256: str | None
    modules: dict[str, str]
    """First-party files that were imported, and their SHA-256."""


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


class Record(Strict):
    """One job."""

    schema_version: Literal[1] = 1
    passport: str
    """SHA-256 of what the job was asked to do; figures carry it inside."""
    rule: str
    wildcards: dict[str, str]
    params: dict[str, object]
    threads: int
    resources: dict[str, object]
    inputs: list[File]
    outputs: list[File]
    code: Code
    software: Software
    machine: Machine
    usage: Usage
