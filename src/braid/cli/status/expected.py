"""What jobs take by their shapes, for rules of which none is done."""

from collections import defaultdict
from contextlib import redirect_stderr
from io import StringIO
from statistics import mean

from snakemake.cli import parse_args

from braid.cli.dag import planned
from braid.cli.status.log import Log


def expected(log: Log) -> dict[str, float]:
    """Seconds of a job by rule, as `braid plan` reckons them.

    Those of a GPU stand in the place of those of a core where a rule asks for one. Empty when the
    command of the run cannot be read or planned any more.
    """
    try:
        # It says which profile it reads.
        with redirect_stderr(StringIO()):
            _, asked = parse_args(log.header["Command"].split()[1:])
        with planned(asked.targets, asked.config or ()) as dag:
            costs = defaultdict(list)
            for job in dag.jobs:
                cost = dag.names["cost_of"](job.rule, job.wildcards)
                rule = getattr(dag.names["rules"], job.rule).rule
                uses_gpu = "gpu" in rule.resources and cost.gpu
                costs[job.rule].append(cost.gpu if uses_gpu else cost.cpu)
    # Words with spaces cannot be told from the log, and the workflow may have been changed since in
    # any way: the run goes on, and so does who asks how it fares.
    except (Exception, SystemExit):
        return {}
    # What runs no script is a target, which takes no time.
    return dict.fromkeys(log.planned, 0.0) | {rule: mean(found) for rule, found in costs.items()}
