"""Many jobs: what planning, bookkeeping and scheduling take, beside the jobs themselves."""

import os
import resource
import shutil
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from bench.measure import Bench, Measured, stopwatch
from bench.table import Row

TITLE = "Many jobs"
ROOT = Path(__file__).parents[2]
# Jobs of which 1,000 are looked at whenever one is chosen, and jobs of which all are.
SIZES = {"small": (200, 20), "full": (20_000, 2_000)}
CORES = 2
SAMPLED = ("--scheduler-subsample", "1000")
PROFILE = "profiles/default"
PLAIN = ("--workflow-profile", "none")
# As for our rules.
SETTINGS = f'import os\n\ninclude: "{ROOT}/workflow/rules/slurm.smk"'
# Pairs of jobs as tiny as can be, whose parameters and memory are functions as ours are.
WORKFLOW = """
{settings}

rule all:
    input: expand("second/{{n}}", n=range({pairs}))

rule first:
    output: "first/{{n}}"
    params: number=lambda wildcards: int(wildcards.n)
    resources: mem_mb=lambda wildcards, attempt: 10 * attempt
    shell: "echo > {{output}}"

rule second:
    input: "first/{{n}}"
    output: "second/{{n}}"
    params: number=lambda wildcards: int(wildcards.n)
    resources: mem_mb=lambda wildcards, attempt: 10 * attempt
    shell: "echo > {{output}}"
"""


def rows(bench: Bench) -> list[Row]:
    """Planning all studies; planning, running and finding done many jobs; running some."""
    many, few = SIZES[bench.size]
    folder = str(bench.folder)

    def measured(*words: str, at: str = folder) -> Measured:
        return bench.measure(snakemake, folder=at, said=f"{folder}/said", words=words)

    studies = measured("-n", "--config", "source=public", "--", "all", at=str(ROOT))
    bench.measure(make, folder=folder, jobs=many)
    plan, long_run, found = measured("-n"), measured(*SAMPLED), measured("-n")
    bench.measure(make, folder=folder, jobs=few)
    run = measured()
    bench.measure(make, folder=folder, jobs=few, settings="")
    peer = measured(*PLAIN)
    return [
        _row("planning all figures of all studies on public data", studies, reach=30),
        _row(f"planning {many:,} jobs", plan),
        _row(f"running {many:,} jobs of one `echo`, 1,000 looked at at a time", long_run),
        _row(f"finding by their records that {many:,} jobs are done", found),
        _row(f"running {few:,} jobs of one `echo`", run),
        Row(
            work="the same: what Snakemake takes for a job",
            against="Snakemake without our settings",
            figure=peer["cpu"] / run["cpu"],
            braid=_split(run, few),
            peer=_split(peer, few),
            basis="CPU time of Snakemake, start and planning included, once",
        ),
    ]


def _split(run: Measured, jobs: int) -> str:
    own, theirs = (1e3 * run[name] / jobs for name in ("cpu", "jobs"))
    return f"{own:.1f} ms CPU, {theirs:.1f} ms of the job itself; {run['wall']:.0f} s wall"


def _row(work: str, found: Measured, reach: float | None = None) -> Row:
    return Row(
        work=work,
        against="-",
        figure=found["wall"],
        unit=" s",
        reach=reach,
        at_most=reach is not None,
        braid=f"{found['cpu']:.1f} s CPU, {found['peak'] / 1e6:.0f} MB",
        basis="wall time of a new process, imports included, once",
    )


def make(folder: str, jobs: int, settings: str = SETTINGS) -> Measured:
    """A workflow of so many jobs, and nothing of an earlier one."""
    for old in ("first", "second", ".snakemake"):
        shutil.rmtree(Path(folder, old), ignore_errors=True)
    text = WORKFLOW.format(settings=settings, pairs=jobs // 2)
    Path(folder, "Snakefile").write_text(text)
    shutil.copytree(ROOT / PROFILE, Path(folder, PROFILE), dirs_exist_ok=True)
    return {}


def snakemake(folder: str, said: str, words: Sequence[str]) -> Measured:
    """Seconds and memory of Snakemake itself, and seconds of its jobs."""
    os.chdir(folder)
    with (
        Path(said).open("w") as file,
        redirect_stdout(file),
        redirect_stderr(file),
        stopwatch() as used,
    ):
        from snakemake.cli import args_to_api, parse_args

        parser, asked = parse_args(["--cores", str(CORES), *words])
        done = args_to_api(asked, parser)
    if not done:
        raise RuntimeError(Path(said).read_text())
    jobs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used | {"jobs": jobs.ru_utime + jobs.ru_stime}
