"""What has changed in the repository since a figure was made: it is behind, not broken."""

import re
from collections import defaultdict
from collections.abc import Iterator

from braid.provenance.audit.case import Ask, Case, Planned, Today
from braid.provenance.audit.findings import Finding
from braid.provenance.plans import changed
from braid.provenance.schema import Record


def check_since(case: Case, ask: Ask) -> Iterator[Finding]:
    """Yield what today's workflow would do otherwise, one finding for each rule and kind."""
    commits = {record.code.commit or "" for record in case.records}
    if not all(case.repository.is_still_at(commit) for commit in commits):
        with ask(case.chain.head.config) as today:
            yield from _behind(case, today)
    yield from _environment(case)


def _behind(case: Case, today: Today) -> Iterator[Finding]:
    behind: dict[tuple[str, str], list[tuple[Record, str]]] = defaultdict(list)
    for record in case.records:
        for code, text in _differences(record, today.plan(record)):
            behind[record.rule, code].append((record, text))
    for (rule, code), steps in behind.items():
        texts = list(dict.fromkeys(text for _, text in steps))
        more = f" and {len(texts) - 3} more" if len(texts) > 3 else ""
        text = f"{rule} ({len(steps)} of its steps): {'; '.join(texts[:3])}{more}"
        yield Finding(code, steps[0][0].path, text)


def _differences(record: Record, planned: Planned | None) -> Iterator[tuple[str, str]]:
    if planned is None:
        yield "PLAN_CHANGED", "is no step of today's workflow"
        return
    for name, (then, now) in changed(record.params, planned.params).items():
        code = "CODE_CHANGED" if name == "code" else "PARAMS_CHANGED"
        yield code, f"{name} {_short(then)} -> {_short(now)}"
    if sorted(file.path for file in record.inputs) != sorted(planned.inputs):
        yield "PLAN_CHANGED", f"read {len(record.inputs)} files, today {len(planned.inputs)}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _environment(case: Case) -> Iterator[Finding]:
    """Compare the software that was imported with what the lock file pins."""
    lock = case.chain.shelf.root / "envs" / "run.lock"
    lines = lock.read_text(encoding="utf-8").splitlines() if lock.exists() else []
    pinned = dict(line.split("==") for line in lines if re.fullmatch(r"[\w.-]+==[\w.+!-]+", line))
    now = {_name(name): version for name, version in pinned.items()}
    # A local label (+cpu) names one build of a version.
    used = {
        name: version.partition("+")[0]
        for record in case.records
        for name, version in record.software.packages.items()
    }
    other = [
        f"{name} {version} -> {now[_name(name)]}"
        for name, version in sorted(used.items())
        if now.get(_name(name), version) != version
    ]
    if other:
        yield Finding("ENVIRONMENT_CHANGED", case.chain.head.path, ", ".join(other))


def _name(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()
