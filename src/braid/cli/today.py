"""What the workflow of today would ask of the steps that are on record."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from snakemake.api import WorkflowApi
from snakemake.exceptions import WorkflowError
from snakemake.iocontainers import Wildcards

from braid.cli.dag import parsed
from braid.provenance.audit import Planned
from braid.provenance.record import plain
from braid.provenance.schema import Record


class Now:
    """The workflow as it is parsed now.

    Parameters
    ----------
    workflow
        Of the repository.
    """

    def __init__(self, workflow: WorkflowApi) -> None:
        self._rules = {rule.name: rule for rule in workflow._workflow.rules}

    def plan(self, record: Record) -> Planned | None:
        """Ask the rule of a record for inputs and parameters; None when it has no such step."""
        rule = self._rules.get(record.rule)
        if rule is None:
            return None
        wildcards = Wildcards(fromdict=record.wildcards)
        try:
            inputs, *_ = rule.expand_input(wildcards)
            output, _ = rule.expand_output(wildcards)
            params, *_ = rule.expand_params(wildcards, inputs, output, None)
        except (WorkflowError, LookupError):
            return None
        return Planned(plain(params), [str(path) for path in inputs])


@contextmanager
def today(settings: Mapping[str, object]) -> Iterator[Now]:
    """Parse the workflow with the settings that a figure was made with.

    Parameters
    ----------
    settings
        `config` of its record.
    """
    with parsed([f"{key}={json.dumps(value)}" for key, value in settings.items()]) as workflow:
        yield Now(workflow)
