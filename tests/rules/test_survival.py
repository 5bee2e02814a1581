"""Laws of rules that let a run survive what breaks."""

from pathlib import Path

import pytest
from toys import Named

from braid.provenance.shelf import beside


@pytest.mark.fault(1)
def test_a_job_asks_for_more_memory_at_each_attempt(workflow):
    asked = workflow.globals["asks"]("respond")["mem_mb"]
    job = Named(source="public", dataset="ds003020", subject="UTS01", recording="wheretheressmoke")
    assert asked(job, attempt=3) == pytest.approx(3 * asked(job, attempt=1), abs=2)


def test_a_record_is_found_from_each_output(jobs):
    """Whoever reads an output looks for its record there."""
    outputs = [(Path(path), Path(rule.output.prov)) for rule in jobs for path in rule.output]
    assert [path for path, prov in outputs if path != prov and prov not in beside(path)] == []
