"""What the report says, taken from the records of its figures and nowhere else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from braid.drawing.report import Entry, Origins, Report, Study, Table
from braid.provenance import tables
from braid.provenance.audit import Verdict, audit
from braid.provenance.audit.findings import CODES
from braid.provenance.chain import Chain, chain
from braid.provenance.claims import Contradiction, Judged, contradictions, judge
from braid.provenance.story import Story
from braid.provenance.why import story
from braid.study.claims import Claims

SUMMARY = (
    "Each figure was made by Snakemake jobs from verified raw files. Its passport, which the "
    "picture carries too, leads to the record of the job that drew it, and from there to every "
    "file, parameter, version and digest behind it."
)
# Read without colour, and by a screen reader as words.
MARKS = {
    "verified": "✓ verified",
    "mismatch": "✗ mismatch",
    "cannot verify": "? cannot verify",
    "reproduced": "✓ reproduced",
    "differs": "✗ differs",
    "not run here": "– not run here",
}


class _Figure(NamedTuple):
    record: Path
    chain: Chain
    told: Story

    @property
    def options(self) -> Mapping[str, Any]:
        """What its study says of it."""
        return self.chain.head.params["figure"]  # pyright: ignore[reportReturnType]


def gather(
    studies: Mapping[str, Mapping[str, Any]],
    records: Iterable[Path],
    methods: Mapping[str, str],
    claims: Sequence[Claims],
) -> Report:
    """Collect what the report shows.

    Parameters
    ----------
    studies
        Study to `title` and `citation`, in the order to show them.
    records
        Record of every figure.
    methods
        Methods sentence of every rule, in pipeline order.
    claims
        What the sources of studies printed.

    Raises
    ------
    BadInput
        When the record of a figure is invalid, or a claim points at what a figure does not hold.
    """
    records = list(records)
    judged, flaws = judge(claims, records), contradictions(claims)
    chains = ((record, chain(record)) for record in records)
    figures = [_Figure(record, found, story(found)) for record, found in chains]
    told = [figure.told for figure in figures]
    raw = [file for one in told for file in one.raw]
    models = [model for one in told for model in one.weights]
    return Report(
        title="BRAID report",
        summary=SUMMARY,
        commit=_commits(told),
        studies=tuple(
            _study(
                name,
                study,
                [figure for figure in figures if figure.options["study"] == name],
                methods,
                [claim for claim in judged if claim.study == name],
                [flaw for flaw in flaws if flaw.study == name],
            )
            for name, study in studies.items()
        ),
        data=(
            tables.datasets({file.record: file for file in raw}.values()),
            tables.weights(models),
        ),
        software=_software(told),
    )


def _study(
    name: str,
    study: Mapping[str, Any],
    figures: Sequence[_Figure],
    methods: Mapping[str, str],
    judged: Sequence[Judged],
    flaws: Sequence[Contradiction],
) -> Study:
    used = {step.rule for figure in figures for step in figure.told.steps}
    raw = (file for figure in figures for file in figure.told.raw)
    return Study(
        name=name,
        title=study["title"],
        citation=study["citation"],
        entries=tuple(_entry(figure) for figure in figures),
        methods={rule: text for rule, text in methods.items() if rule in used},
        raw=tables.raw_files(raw, most=float("inf")),
        claims=_claims(judged),
        contradictions=tuple(f"{', '.join(flaw.places)}: {flaw.problem}" for flaw in flaws),
    )


def _entry(figure: _Figure) -> Entry:
    """One figure: what its study says of it, and the files that its job wrote."""
    head, place, options = figure.chain.head, figure.chain.shelf.place, figure.options
    files = {file.role: place(file.path) for file in head.outputs}
    return Entry(
        name=f"{options['study']}_{files['png'].stem}",
        title=options["title"],
        caption=options["caption"],
        image=files["png"].read_bytes(),
        digest=head.passport,
        record=head.path,
        origins=_origins(figure.told, audit(files["png"], figure.chain.shelf.results)),
        simulated=options["simulated"],
        verdicts=tuple(files["findings"].read_text(encoding="utf-8").splitlines()),
        viewer=files["html"].read_text(encoding="utf-8") if "html" in files else None,
        rows=pd.read_csv(files["csv"]) if head.rule == "table" else None,
    )


def _origins(told: Story, verdict: Verdict) -> Origins:
    found = (_findings(verdict), tables.stages(told), *tables.behind(told))
    return Origins(
        verdict=MARKS[verdict.word],
        checked=f"{verdict.files} files ({tables.size(verdict.bytes)}) were compared with their "
        "records when this page was made, and the code that ran with its commit.",
        tables=tuple(table for table in found if table.rows),
    )


def _findings(verdict: Verdict) -> Table:
    """Each finding, or how many there are of a kind."""
    rows: list[tuple[str, ...]] = []
    for code in dict.fromkeys(finding.code for finding in verdict.findings):
        kind = [finding for finding in verdict.findings if finding.code == code]
        if len(kind) > tables.MANY:
            rows.append((*CODES[code], code, f"{len(kind)} files"))
        else:
            rows += [(one.level, one.text, one.code, one.path) for one in kind]
    return Table("Findings", ("level", "finding", "code", "file"), rows)


def _claims(judged: Iterable[Judged]) -> Table:
    rows = [
        (
            MARKS[claim.outcome],
            claim.claim,
            f"{claim.printed:g}",
            "" if claim.ours is None else f"{claim.ours:.4g}",
            f"± {claim.tolerance:g}",
            claim.metric,
            claim.split,
            claim.variant,
            claim.place,
            claim.needs if claim.ours is None else "",
        )
        for claim in judged
    ]
    what = ("metric", "split", "variant", "printed in", "needs")
    columns = ("outcome", "claim", "printed", "ours", "tolerance", *what)
    return tables.trimmed(Table("Claims", columns, rows))


def _commits(told: Iterable[Story]) -> str:
    """Commits that the jobs ran at; results of several may stand side by side."""
    states = [state for one in told for state in one.code]
    commits = ", ".join(dict.fromkeys(state.commit or "no commit" for state in states))
    return commits + (" with uncommitted changes" if any(state.dirty for state in states) else "")


def _software(told: Iterable[Story]) -> Table:
    found: dict[str, set[str]] = defaultdict(set)
    for one in told:
        for name, versions in one.software.items():
            found[name] |= versions.keys()
    rows = [(name, ", ".join(sorted(found[name]))) for name in sorted(found, key=str.lower)]
    return Table("Software", ("package", "version"), rows)
