"""The form of a story: all that stands behind a figure, from its picture down to raw files."""

from dataclasses import dataclass
from typing import Literal

# How a digest stands to the one that was reviewed before anything was fetched.
Lock = Literal["same", "differs", "checked when fetched", "no lock"]


@dataclass(frozen=True)
class Item:
    """One file or folder that a step read or wrote."""

    role: str
    path: str
    bytes: int
    sha256: str
    record: str | None
    """Of the step that made it; None for a tracked file, and for what the step itself wrote."""


@dataclass(frozen=True)
class Step:
    """One job."""

    record: str
    rule: str
    wildcards: dict[str, str]
    params: dict[str, object]
    """By dotted name."""
    seeds: dict[str, object]
    """Those of the parameters that are seeds."""
    settings: dict[str, object]
    """Of the whole run."""
    started: str
    seconds: float
    cpu_seconds: float
    peak_rss_bytes: int
    threads: int
    commit: str | None
    dirty: bool
    host: str
    device: str
    cluster_job: str | None
    """Its number on a cluster."""
    inputs: list[Item]
    outputs: list[Item]
    made_from: list[str]
    """Records of the steps that made its inputs, each once."""


@dataclass(frozen=True)
class Raw:
    """One file of a data set."""

    dataset: str
    version: str
    """Commit or version that was asked for; `simulated here` for the files of a twin."""
    licence: str
    place: str
    """Where it was had."""
    path: str
    """In the data set."""
    bytes: int
    sha256: str
    annex_key: str | None
    lock: Lock
    simulated: bool
    record: str


@dataclass(frozen=True)
class Weights:
    """One language model or set of word vectors."""

    model: str
    kind: str
    origin: str
    revision: str
    licence: str
    files: dict[str, str]
    """SHA-256 of each file."""
    bytes: int
    lock: Lock
    record: str


@dataclass(frozen=True)
class Tracked:
    """A file of the repository that steps read."""

    path: str
    sha256: str
    steps: int


@dataclass(frozen=True)
class Code:
    """A state of the code, and what ran on it."""

    commit: str | None
    dirty: bool
    diff_sha256: str | None
    steps: int
    rules: list[str]


@dataclass(frozen=True)
class Host:
    """A machine as steps found it."""

    host: str
    platform: str
    cpus: int
    device: str
    blas: list[dict[str, str | int | None]]
    """Kernels and threads of the linear algebra."""
    env: dict[str, str]
    steps: int


@dataclass(frozen=True)
class Gap:
    """A part of the chain that cannot be told."""

    path: str
    problem: str


@dataclass(frozen=True)
class Totals:
    """Sums over all steps; the memory is that of the largest."""

    steps: int
    seconds: float
    cpu_seconds: float
    peak_rss_bytes: int
    raw_files: int
    raw_bytes: int


@dataclass(frozen=True)
class Story:
    """All that stands behind one artefact."""

    record: str
    passport: str
    simulated: bool
    """Whether any raw file was."""
    steps: list[Step]
    """The artefact's own first, then upstream."""
    raw: list[Raw]
    weights: list[Weights]
    tracked: list[Tracked]
    code: list[Code]
    software: dict[str, dict[str, int]]
    """Of each package, the versions in use and how many steps used each."""
    hosts: list[Host]
    gaps: list[Gap]
    totals: Totals
