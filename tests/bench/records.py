"""What provenance costs: keeping a record, hashing, and answers about a figure of 1,000 files."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

import chains
import toys
from bench.measure import Bench, Measured, stopwatch
from bench.table import Row
from toys import Named

from braid.store import sha256

TITLE = "Provenance"
# Bytes of a large file, files upstream of a figure.
SIZES = {"small": (2**22, 30), "full": (2**30, 1000)}
MODULES = 60
RESULTS = Path(__file__).parents[2] / "results"


def rows(bench: Bench) -> list[Row]:
    """Speed of hashing, seconds of an answer, and the share of a run that its records take."""
    size, files = SIZES[bench.size]
    folder = str(bench.folder)
    bench.measure(make, folder=folder, size=size, files=files)
    answers = {work: bench.measure(work, folder=folder) for work in (told, audited)}
    speeds = {work: bench.measure(work, folder=folder)["cpu"] for work in (bare, hashed, again)}
    record = bench.measure(recorded_job, folder=folder)
    return [
        Row(
            work=f"SHA-256 of {size / 1e6:,.0f} MB",
            against="hashlib, in memory",
            figure=speeds[bare] / speeds[hashed],
            reach=0.7,
            braid=f"{size / 1e9 / speeds[hashed]:.2f} GB/s",
            peer=f"{size / 1e9 / speeds[bare]:.2f} GB/s",
            basis="CPU time, once; the file in the page cache",
        ),
        Row(
            work="the same file, when another job reads it",
            against="hashing it",
            figure=speeds[hashed] / speeds[again],
            braid=f"{1e3 * speeds[again]:.1f} ms",
            peer=f"{1e3 * speeds[hashed]:.0f} ms",
            basis="CPU time, once",
        ),
        *(
            Row(
                work=f"braid {name}, {files:,} steps upstream",
                against="-",
                figure=answers[work]["wall"],
                unit=" s",
                reach=5,
                at_most=True,
                basis="wall time of a new process, imports included, once",
            )
            for name, work in (("why", told), ("audit", audited))
        ),
        Row(
            work="record of a job with five inputs",
            against="-",
            figure=1e3 * record["wall"],
            unit=" ms",
            basis="wall time, the second of one process",
        ),
        *demo(),
    ]


def demo() -> list[Row]:
    """Records of the results that are here: their share of the time that jobs took."""
    paths = [path for name in ("public", "twin") for path in (RESULTS / name).rglob("*.prov.json")]
    kept = [json.loads(path.read_text()) for path in paths]
    if not kept:
        return []
    usage, cores = [record["usage"] for record in kept], kept[0]["machine"]["cpus"]
    begun = [datetime.fromisoformat(one["started"]).timestamp() for one in usage]
    ended = [start + one["seconds"] for start, one in zip(begun, usage, strict=True)]
    took = max(ended) - min(begun)
    spent = sum(one["record_seconds"] for one in usage)
    return [
        Row(
            work=f"records of the {len(kept)} jobs whose results are here",
            against="the run",
            figure=100 * spent / cores / took,
            unit=" %",
            reach=3,
            at_most=True,
            basis=f"{spent:.0f} s of {took:,.0f} s on {cores} cores, once",
        )
    ]


def make(folder: str, size: int, files: int) -> Measured:
    """A large file, and a repository with a figure and the records of a third as many raw files."""
    Path(folder, "large.bin").write_bytes(bytes(size))
    root = Path(folder, "repo")
    modules = {f"src/m{i}.py": chains.digest(f"src/m{i}.py") for i in range(MODULES)}
    for path in [*modules, "Snakefile"]:
        Path(root, path).parent.mkdir(parents=True, exist_ok=True)
        Path(root, path).write_text(path)
    toys.git(root, "init", "--quiet")
    toys.git(root, "add", ".")
    toys.git(root, "commit", "--quiet", "-m", "code")
    facts = {"code__commit": toys.git(root, "rev-parse", "HEAD"), "code__modules": modules}
    third = files // 3
    raws = [chains.write(root, f"raw/{n}", "raw", **facts) for n in range(third)]
    seen = [chains.write(root, f"respond/{n}", "respond", [r], **facts) for n, r in enumerate(raws)]
    fits = [chains.write(root, f"fit/{n}", "scored", [r], **facts) for n, r in enumerate(seen)]
    chains.write(root, "map", "slices", fits, **facts)
    for record in root.rglob("*.prov.json"):
        [output] = json.loads(record.read_text())["outputs"]
        (root / output["path"]).write_text(output["path"])
    return {}


def told(folder: str) -> Measured:
    """What `braid why` does."""
    with stopwatch() as used:
        from rich.console import Console

        from braid.cli.why import show
        from braid.provenance.why import why

        with Path(folder, "said").open("w") as file:
            show(why(*_figure(folder)), Console(file=file))
    return used


def audited(folder: str) -> Measured:
    """What `braid audit` does, but for asking today's workflow."""
    with stopwatch() as used:
        from braid.provenance.audit import audit

        found = audit(*_figure(folder))
    if found.findings:
        raise AssertionError(found.findings[:3])
    return used


def bare(folder: str) -> Measured:
    """SHA-256 of bytes in memory."""
    content = Path(folder, "large.bin").read_bytes()
    with stopwatch() as used:
        hashlib.sha256(content).hexdigest()
    return used


def hashed(folder: str) -> Measured:
    """SHA-256 of the file."""
    with stopwatch() as used:
        sha256(Path(folder, "large.bin"))
    return used


def again(folder: str) -> Measured:
    """The digest of a file that some job hashed before."""
    from braid.provenance import ledger

    ledger.FOLDER = Path(folder, "digests")
    ledger.digest(Path(folder, "large.bin"))
    with stopwatch() as used:
        ledger.known(Path(folder, "large.bin"))
    return used


def recorded_job(folder: str) -> Measured:
    """A job that does nothing, under record."""
    from braid.provenance import recorded

    inputs = {f"in{n}": f"{folder}/repo/results/fit/{n}.nc" for n in range(5)}
    job = Named(
        rule="idle",
        threads=1,
        input=Named(inputs),
        output=Named(out=f"{folder}/large.bin", prov=f"{folder}/large.prov.json"),
        params=Named(code="abc"),
        wildcards=Named(),
        resources=Named(),
        log=[f"{folder}/idle.log"],
        config={},
    )
    for _ in range(2):
        with stopwatch() as used, recorded(job):
            pass
    return used


def _figure(folder: str) -> tuple[Path, Path]:
    return Path(folder, "repo/results/map.nc"), Path(folder, "repo/results")
