"""What attacks look at, and how they forge."""

import json
from pathlib import Path

import pytest
import tinyrepo

from braid.provenance.audit import audit
from braid.provenance.schema import Record, claim


@pytest.fixture
def figure(repo):
    """Give the figure of the public run."""
    return repo / "results/public" / tinyrepo.FIGURE


@pytest.fixture
def codes():
    """Audit a file and give the codes of what is found."""

    def ask(file: Path, results: Path | None = None, **options) -> set[str]:
        results = results or next(p for p in file.parents if p.name == "results")
        found = audit(file, results, **options)
        assert found.exit == {"verified": 0, "mismatch": 1, "cannot verify": 2}[found.word]
        return {finding.code for finding in found.findings}

    return ask


@pytest.fixture
def forge():
    """Change a record and set its passport and seal right again, as a forger would."""

    def change(path: Path, edit, passport: bool = True, seal: bool = True) -> None:
        raw = json.loads(path.read_text())
        edit(raw)
        record = Record.model_validate(raw)
        if passport:
            told = claim(record.rule, record.wildcards, record.params, record.inputs)
            record = record.model_copy(update={"passport": told})
        record = record.sealed() if seal else record
        path.write_text(record.model_dump_json(indent=1) + "\n")

    return change
