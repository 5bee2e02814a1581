"""Plans of thousands of jobs take seconds."""

from snakemake.output_index import OutputIndex
from snakemake.rules import Rule

RESPONSES = "results/public/respond/ds003020/UTS01/life.nc"


def test_a_file_is_matched_to_the_rules_once(workflow, monkeypatch):
    """Eighty recordings of a subject are read by some hundred jobs each."""
    index, asked, is_producer = OutputIndex(workflow.rules), [], Rule.is_producer
    monkeypatch.setattr(Rule, "is_producer", lambda *a: asked.append(1) or is_producer(*a))
    assert {rule.name for rule in index.match_producers(RESPONSES)} == {"respond"}
    first = len(asked)
    assert {rule.name for rule in index.match_producers(RESPONSES)} == {"respond"}
    assert 0 < first == len(asked)
