"""The jobs that a target needs, as Snakemake plans them; the one place that asks the engine."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml
from snakemake.api import SnakemakeApi, WorkflowApi
from snakemake.cli import parse_config
from snakemake.dag import DAG
from snakemake.exceptions import RuleException, WorkflowError
from snakemake.settings.enums import RerunTrigger
from snakemake.settings.types import (
    ConfigSettings,
    DAGSettings,
    OutputSettings,
    Quietness,
    ResourceSettings,
)

from braid.errors import BadInput
from braid.provenance.record import plain

_PROFILE = Path("profiles/default/config.yaml")


class Job(NamedTuple):
    """One job: what it is asked to do, and whether it would run now."""

    rule: str
    wildcards: Any
    pending: bool
    record: str
    """Path of the record that it writes."""
    params: dict[str, Any]
    """As its record would have them."""


class Dag(NamedTuple):
    """The jobs of some targets in the order of the stages, and what the rule files define."""

    jobs: list[Job]
    names: dict[str, Any]


@contextmanager
def planned(targets: Sequence[str], config: Sequence[str] = ()) -> Iterator[Dag]:
    """Plan targets without running anything, as `snakemake -n` would.

    Parameters
    ----------
    targets
        Names or files; the default target when empty.
    config
        Settings as on Snakemake's command line, `key=value`.

    Raises
    ------
    BadInput
        When a target is unknown, or a setting is wrong.
    """
    with parsed(config) as workflow:
        yield _ask(workflow, targets)


@contextmanager
def parsed(config: Sequence[str]) -> Iterator[WorkflowApi]:
    """Parse the rules of the repository, and plan nothing.

    Parameters
    ----------
    config
        Settings as on Snakemake's command line, `key=value`.
    """
    before = dict(os.environ)
    logging.disable(logging.WARNING)
    try:
        # Who only asks leaves no log of a run behind.
        quiet = OutputSettings(quiet={Quietness.ALL}, enable_file_logging=False)
        with SnakemakeApi(quiet) as api, _parsed(api, config) as it:
            yield it
    finally:
        logging.disable(logging.NOTSET)
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _parsed(api: SnakemakeApi, config: Sequence[str]) -> Iterator[WorkflowApi]:
    parsed = api.workflow(
        resource_settings=ResourceSettings(cores=1),
        config_settings=ConfigSettings(config=parse_config(config)),
        snakefile=Path("Snakefile"),
    )
    try:
        yield parsed
    finally:
        # Snakemake leaves its copies of the rule files to whoever collects garbage.
        parsed._workflow_store.sourcecache.runtime_cache.cleanup()  # pyright: ignore[reportOptionalMemberAccess]


def _ask(parsed: WorkflowApi, targets: Sequence[str]) -> Dag:
    # The profile that every run uses says what makes a job run again.
    profile = yaml.safe_load(_PROFILE.read_text("utf-8"))
    triggers = frozenset(RerunTrigger.parse_choices_set(profile["rerun-triggers"]))
    parsed.dag(DAGSettings(targets=frozenset(targets), rerun_triggers=triggers))
    workflow = parsed._workflow
    try:
        workflow._prepare_dag(forceall=False, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
    except (WorkflowError, RuleException) as error:
        raise BadInput(" ".join(targets), "target", str(error), "see --list-target-rules") from None
    dag = cast(DAG, workflow.dag)  # which _build_dag made
    place = {rule: n for n, rule in enumerate(workflow.rules)}
    # Targets alone run no script.
    working = sorted((job for job in dag.jobs if job.rule.script), key=lambda job: place[job.rule])
    return Dag([_job(dag, job) for job in working], workflow.globals)


def _job(dag: DAG, job: Any) -> Job:
    return Job(
        rule=job.rule.name,
        wildcards=job.wildcards,
        pending=dag.needrun(job),
        record=str(job.output.prov),
        params=plain(job.params),
    )
