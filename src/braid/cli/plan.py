"""What a target takes before anything runs: files and bytes to fetch, jobs, memory, disk, hours."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from braid.cli.dag import Dag, Job
from braid.sources.origins import Origin, downloaded
from braid.sources.tables import Model


class Data(NamedTuple):
    """Files of one data set or model that a target needs, and those of them that are here."""

    name: str
    licence: str
    files: int
    bytes: int
    here: int
    here_bytes: int
    open_size: int
    """Files whose size no lock knows."""


class Work(NamedTuple):
    """Jobs of one rule: memory of the largest, and disk and hours of those that would run."""

    rule: str
    jobs: int
    pending: int
    memory: float
    disk: float
    cpu_hours: float
    gpu_hours: float
    basis: str
    """What the time of the largest job is reckoned from."""


class Plan(NamedTuple):
    """What a target takes."""

    data: list[Data]
    work: list[Work]


def plan(dag: Dag, downloads: Path) -> Plan:
    """Add up what the jobs of a DAG take.

    Parameters
    ----------
    dag
        From `braid.cli.dag.planned`.
    downloads
        Where fetched content lies.
    """
    by_rule: dict[str, list[Job]] = defaultdict(list)
    for job in dag.jobs:
        by_rule[job.rule].append(job)
    return Plan(
        [*_datasets(by_rule["fetch"], dag, downloads), *_models(by_rule["fetch_model"], dag)],
        [_work(rule, jobs, dag) for rule, jobs in by_rule.items() if jobs],
    )


def _datasets(jobs: list[Job], dag: Dag, downloads: Path) -> Iterator[Data]:
    """Rows of the data sets; what a twin fetches from itself is no download."""
    # Twins and public studies may both want a file of a package: it is one file.
    files: dict[str, dict[str, Origin]] = defaultdict(dict)
    for job in jobs:
        if not dag.names["is_twin"](job.wildcards):
            origin = dag.names["origin_of"](job.wildcards)
            files[job.wildcards.dataset][job.wildcards.path] = origin
    for name, origins in sorted(files.items()):
        sizes = {path: _size(origin) for path, origin in origins.items()}
        here = [p for p, origin in origins.items() if downloaded(origin, p, downloads).exists()]
        licence = next(iter(origins.values())).release.licence
        yield _row(name, licence, sizes, here)


def _models(jobs: list[Job], dag: Dag) -> Iterator[Data]:
    """Rows of the weights; the hub does not say sizes, a package is one file."""
    folder = dag.names["rules"].fetch_model.output.folder
    for job in jobs:
        model: Model = dag.names["MODELS"][job.wildcards.model]
        package = dag.names["PACKAGES"].get(model.origin)
        sizes = {package.filename: package.bytes} if package else dict.fromkeys(model.files)
        here = sizes if Path(folder.format(**dict(job.wildcards.items()))).exists() else ()
        yield _row(model.model, model.licence, sizes, here)


def _row(name: str, licence: str, sizes: Mapping[str, int | None], here: Collection[str]) -> Data:
    return Data(
        name,
        licence,
        len(sizes),
        sum(size or 0 for size in sizes.values()),
        len(here),
        sum(sizes[path] or 0 for path in here),
        sum(size is None for size in sizes.values()),
    )


def _size(origin: Origin) -> int | None:
    if origin.package:
        return origin.package.bytes
    return origin.locked.bytes if origin.locked else None


def _work(rule: str, jobs: list[Job], dag: Dag) -> Work:
    costs = [dag.names["cost_of"](rule, job.wildcards) for job in jobs]
    todo = [cost for cost, job in zip(costs, jobs, strict=True) if job.pending]
    return Work(
        rule,
        len(jobs),
        len(todo),
        max(cost.memory for cost in costs),
        sum(cost.disk for cost in todo),
        sum(cost.cpu for cost in todo) / 3600,
        sum(cost.gpu for cost in todo) / 3600,
        max(costs, key=lambda cost: cost.cpu).basis,
    )


def show(found: Plan, console: Console) -> None:
    """Print a plan as two tables, with totals."""
    console.print(_data_table(found.data))
    console.print(_work_table(found.work))
    console.print("GPU h stand in the place of CPU h where there is a GPU. Estimates rest on:")
    for row in found.work:
        console.print(f"  {row.rule}: {row.basis}", style="dim", highlight=False)


def _data_table(rows: list[Data]) -> Table:
    table = Table("data set or model", "licence", title="Files", title_justify="left")
    for name in ("files", "bytes", "here", "to fetch"):
        table.add_column(name, justify="right")
    for row in rows:
        unknown = f" + {row.open_size} unknown" if row.open_size else ""
        missing = f"{row.files - row.here}, {_gigabytes(row.bytes - row.here_bytes)}"
        sizes = (str(row.files), _gigabytes(row.bytes) + unknown, str(row.here), missing + unknown)
        table.add_row(row.name, row.licence, *sizes)
    fetch = sum(row.bytes - row.here_bytes for row in rows)
    total = (sum(row.files for row in rows), _gigabytes(sum(row.bytes for row in rows)))
    here = sum(row.here for row in rows)
    table.add_section()
    table.add_row(
        "all", "", str(total[0]), total[1], str(here), f"{total[0] - here}, {_gigabytes(fetch)}"
    )
    return table


def _work_table(rows: list[Work]) -> Table:
    table = Table("rule", title="Jobs", title_justify="left")
    for name in ("jobs", "to run", "peak memory", "disk", "CPU h", "GPU h"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row.rule,
            str(row.jobs),
            str(row.pending),
            _gigabytes(row.memory),
            _gigabytes(row.disk),
            f"{row.cpu_hours:.2f}",
            f"{row.gpu_hours:.2f}" if row.gpu_hours else "",
        )
    table.add_section()
    table.add_row(
        "all",
        str(sum(row.jobs for row in rows)),
        str(sum(row.pending for row in rows)),
        _gigabytes(max(row.memory for row in rows)),
        _gigabytes(sum(row.disk for row in rows)),
        f"{sum(row.cpu_hours for row in rows):.2f}",
        f"{sum(row.gpu_hours for row in rows):.2f}",
    )
    return table


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.2f} GB"
