"""A published version: the digests of its figures and of all that they were made by."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from braid.errors import BadInput
from braid.provenance.audit import audit
from braid.provenance.chain import Chain, chain
from braid.provenance.plans import changed
from braid.provenance.repository import Repository
from braid.provenance.schema import Record, Strict
from braid.store import atomic

State = Literal["same", "behind", "gone"]


class Step(Strict):
    """What one job was asked to do, and the files it had from no other job."""

    rule: str
    wildcards: dict[str, str]
    params: dict[str, Any]
    raw: dict[str, str]
    """Path and SHA-256 of what it fetched, or read from the repository."""


class Drawn(Strict):
    """One figure as it was published."""

    passport: str
    outputs: dict[str, str]
    """Path and SHA-256 of every file."""
    config: dict[str, Any]
    """Settings that it was drawn with."""
    chain: str
    """SHA-256 of all its steps."""
    steps: list[str]
    """Recorded paths of their records, the figure's own first."""


class Published(Strict):
    """What was published of one study."""

    study: str
    version: str
    commit: str
    date: str
    figures: dict[str, Drawn]
    """By recorded path of their records."""
    steps: dict[str, Step]
    """By recorded path of their records."""


class Standing(NamedTuple):
    """Whether the workflow of today still draws a published figure."""

    study: str
    figure: str
    state: State
    changes: list[str]
    """What is behind, or gone, a line for each rule."""


def release(study: str, version: str, figures: Iterable[Path], root: Path) -> Published:
    """Freeze the figures of a study.

    Parameters
    ----------
    study
        Its name.
    version
        Name of the version.
    figures
        Record of each figure.
    root
        Of the repository.

    Raises
    ------
    BadInput
        When an audit of a figure is not clean, or HEAD is not what made it.
    """
    repository = Repository(root)
    chains = [_releasable(figure, repository) for figure in figures]
    records = {path: record for one in chains for path, record in one.records.items()}
    steps = {path: _step(record) for path, record in sorted(records.items())}
    return Published(
        study=study,
        version=version,
        commit=str(repository.head),
        date=datetime.now(UTC).date().isoformat(),
        figures={one.head.path: _drawn(one, steps) for one in chains},
        steps=steps,
    )


def write(published: Published, folder: Path) -> Path:
    """Write a published version as `<study>.json`; returns its path."""
    path = folder / f"{published.study}.json"
    with atomic(path) as partial:
        partial.write_text(published.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return path


def load(path: Path) -> Published:
    """Read a published version.

    Raises
    ------
    BadInput
        When it is not of the form that `write` gives it.
    """
    try:
        return Published.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        cure = "take it from git again; only braid release writes it"
        raise BadInput(path, "form", str(error), cure) from None


def compare(found: Published, figure: str, today: Mapping[str, Mapping[str, Any]]) -> Standing:
    """Say whether today's workflow still draws a published figure.

    Parameters
    ----------
    found
        The published version.
    figure
        Recorded path of the figure's record.
    today
        Parameters of today's steps by the path of their record; empty when the target is gone.
    """
    if figure not in today:
        return Standing(found.study, figure, "gone", ["no target of today draws it"])
    drawn = found.figures[figure]
    steps = {path: found.steps[path] for path in drawn.steps}
    gone = [f"{step.rule} {path}: gone" for path, step in steps.items() if path not in today]
    behind = _behind({path: step for path, step in steps.items() if path in today}, today)
    state: State = "gone" if gone else "behind" if behind else "same"
    return Standing(found.study, figure, state, gone + behind)


def _behind(steps: Mapping[str, Step], today: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Parameters that differ, a line for each rule."""
    names: dict[str, set[str]] = defaultdict(set)
    count: dict[str, int] = defaultdict(int)
    for path, step in steps.items():
        if found := changed(step.params, today[path]):
            names[step.rule] |= found.keys()
            count[step.rule] += 1
    return [f"{rule} ({count[rule]} steps): {', '.join(sorted(names[rule]))}" for rule in names]


def _releasable(figure: Path, repository: Repository) -> Chain:
    behind = chain(figure, repository.root)
    picture = next(file for file in behind.head.outputs if file.role == "png")
    verdict = audit(behind.shelf.place(picture.path), behind.shelf.results, root=repository.root)
    if verdict.exit:
        wrong = [
            finding for finding in verdict.findings if finding.level in ("mismatch", "unknown")
        ]
        found = "; ".join(f"{one.code} {one.path}: {one.text}" for one in wrong)
        cure = "commit the code, make these files again, then release"
        raise BadInput(figure, verdict.word, found, cure)
    _require_head(behind, repository)
    return behind


def _require_head(behind: Chain, repository: Repository) -> None:
    """Refuse a figure that HEAD did not draw, or that other code than that of HEAD helped make."""
    head, drawn = str(repository.head), behind.head.code.commit
    if drawn != head:
        raise BadInput(
            behind.head.path,
            "commit",
            f"drawn at {drawn}, HEAD is {head}",
            f"git switch --detach {drawn}, or draw it again: snakemake -R {behind.head.rule}",
        )
    for record in behind.records.values():
        if other := sorted(_other_code(record, head, repository)):
            raise BadInput(
                record.path,
                "code",
                f"ran at {record.code.commit}, where {', '.join(other)} differ from HEAD",
                f"make it again: snakemake -R {record.rule}",
            )


def _other_code(record: Record, head: str, repository: Repository) -> Iterator[str]:
    """Files of code that ran, and that HEAD holds otherwise or not at all."""
    for path, digest in record.code.modules.items():
        if repository.digest(head, path) != digest:
            yield path


def _step(record: Record) -> Step:
    raw = [file for file in record.inputs if file.made_by is None]
    # A job that reads nothing brings its outputs from outside.
    files = raw if record.inputs else record.outputs
    return Step(
        rule=record.rule,
        wildcards=record.wildcards,
        params=record.params,
        raw={file.path: file.sha256 for file in files},
    )


def _drawn(behind: Chain, steps: Mapping[str, Step]) -> Drawn:
    said = {path: steps[path].model_dump() for path in behind.records}
    return Drawn(
        passport=behind.head.passport,
        outputs={file.path: file.sha256 for file in behind.head.outputs},
        config=behind.head.config,
        chain=hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest(),
        steps=list(behind.records),
    )
