"""Whether this folder is fit for a run: code, configuration, and what earlier runs left."""

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import yaml

from braid.cli.doctor.check import Check, failure, ok, warning
from braid.cli.status import live
from braid.cli.status.log import newest
from braid.provenance.digests import ROOT
from braid.provenance.repository import Repository
from braid.provenance.shelf import unrecorded
from braid.sources.licences import refuse_open_cache
from braid.study import load_config, load_studies
from braid.study.config import Config

CONFIG = Path("config/config.yaml")
STUDIES = Path("config/studies")
RESULTS = Path("results")
UNLOCK = "snakemake --unlock"
RECOVER = "profiles/slurm/recover.sh"
_FEW = 5


def configuration() -> Config:
    """Read the configuration.

    Raises
    ------
    BadInput
        When it is wrong.
    """
    return load_config(yaml.safe_load(CONFIG.read_text("utf-8")))


def checkout() -> Iterator[Check]:
    """The code that would run, which records name by its commit."""
    if Path().resolve() != ROOT:
        text = f"this `braid` is that of {ROOT}"
        yield failure("checkout", text, "use the one of this folder: source .venv/bin/activate")
        return
    repository = Repository(ROOT)
    if repository.head is None:
        text = "no git repository: no record would name a commit"
        yield warning("checkout", text, "git clone it instead of copying it")
    elif repository.is_still_at(repository.head):
        yield ok("checkout", f"at {repository.head[:12]}, nothing changed")
    else:
        text = f"changed since {repository.head[:12]}: an audit finds RAN_UNCOMMITTED"
        yield warning("checkout", text, "git commit what is to be published")


def studies() -> Iterator[Check]:
    """The configuration and every study."""
    configuration()
    yield ok("studies", f"{CONFIG} and {len(load_studies(STUDIES))} studies can be read")


def output_cache() -> Iterator[Check]:
    """The folder that checkouts share results by."""
    place = os.environ.get("SNAKEMAKE_OUTPUT_CACHE")
    if not place:
        yield ok("output cache", "not used (SNAKEMAKE_OUTPUT_CACHE)")
        return
    if not Path(place).is_dir():
        yield failure("output cache", f"{place} is no folder", f"mkdir -p {place}")
        return
    if configuration().licences:
        refuse_open_cache(place)
    if Path(place).stat().st_mode & stat.S_IWOTH:
        text = f"{place}: anyone may write there, and so change results"
        yield failure("output cache", text, f"chmod o-w {place}")
    else:
        yield ok("output cache", place)


def runs() -> Iterator[Check]:
    """Locks and jobs that a run left behind when it was killed."""
    log, jobs = newest(), live.queued()
    life = live.judged(log, jobs) if log else None
    alive = bool(life and life.state == "running")
    lost = live.orphans(log, jobs, alive)
    if lost:
        text = (
            f"{len(lost)} jobs in the queue that no run waits for would write beside the next one"
        )
        yield failure("orphans", text, RECOVER)
    if not live.locked() or alive:
        yield ok("lock", f"a run is on: {life.text}" if alive and life else "none")
    elif life and life.state == "elsewhere":
        text = f"this folder is locked by a run that {life.text}"
        yield warning("lock", text, f"look there; if it is dead, {UNLOCK}")
    else:
        yield failure("lock", "a run died and left its lock", RECOVER if lost else UNLOCK)


def records() -> Iterator[Check]:
    """Results of which nothing says how they were made."""
    if live.driver():
        yield ok("records", "a run is on: records come last, ask later")
        return
    found = list(islice(unrecorded(RESULTS), 1000)) if RESULTS.is_dir() else []
    if found:
        text = f"{len(found)} results without a record: {', '.join(map(str, found[:_FEW]))}"
        cure = f"make them again: snakemake --force {found[0]}"
        yield warning("records", text + (" …" if found[_FEW:] else ""), cure)
    else:
        yield ok("records", "every result has one")
