"""Measure BRAID beside its peers, and write the table of docs/benchmarks.md."""

import json
import os
import tempfile
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from bench import (
    alphas,
    banded,
    decoding,
    disk,
    features,
    lanczos,
    load,
    memory,
    nulls,
    pictures,
    records,
    ridge,
    scaling,
    table,
)
from bench.machine import describe
from bench.measure import Bench, Measured

from braid.store import atomic

ROOT = Path(__file__).parents[2]
THEMES: dict[str, tuple[str, Callable[[Bench], list[table.Row]]]] = {
    "medium": (f"{ridge.TITLE}, D < T", partial(ridge.rows, name="medium")),
    "dual": (f"{ridge.TITLE}, D > T", partial(ridge.rows, name="dual")),
    "large": (f"{ridge.TITLE}, full shape", partial(ridge.rows, name="large")),
    "scaling": (scaling.TITLE, scaling.rows),
    "memory": (memory.TITLE, memory.rows),
    "alphas": (alphas.TITLE, alphas.rows),
    "banded": (banded.TITLE, banded.rows),
    "decoding": (decoding.TITLE, decoding.rows),
    "nulls": (nulls.TITLE, nulls.rows),
    "lanczos": (lanczos.TITLE, lanczos.rows),
    "features": (features.TITLE, features.rows),
    "pictures": (pictures.TITLE, pictures.rows),
    "disk": (disk.TITLE, disk.rows),
    "load": (load.TITLE, load.rows),
    "records": (records.TITLE, records.rows),
}
Theme = StrEnum("Theme", list(THEMES))
IDENTITY = ("processor", "cores", "memory", "kernels", "threads", "versions")
NOTES = {"small": "A smoke test: its shapes are too small to judge by.\n\n", "full": ""}
THREADS = {"small": 1, "full": len(os.sched_getaffinity(0))}
EDGE = {"small": 1024, "full": 4096}  # rows of the matrices that measure the GEMM rate


class Size(StrEnum):
    """A smoke test, or the shapes of the table."""

    small = "small"
    full = "full"


def main(
    size: Annotated[Size, typer.Option(help="Shapes: a smoke test, or those of the table.")],
    only: Annotated[list[Theme], typer.Option(help="These parts; the figures of others stay.")] = [  # noqa: B006
        *Theme
    ],
    threads: Annotated[
        int | None, typer.Option(help="BLAS threads of every side: all cores, or 1 if small.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of raw figures and made-up data.")] = (
        ROOT / "results" / "bench"
    ),
    write: Annotated[Path | None, typer.Option(help="Markdown file that holds the table.")] = None,
) -> None:
    """Measure, and write the table; raw figures go to OUT/SIZE.json."""
    out.mkdir(parents=True, exist_ok=True)
    raw = out / f"{size}.json"
    with tempfile.TemporaryDirectory(dir=out) as folder:
        bench = Bench(size, threads or THREADS[size], Path(folder))
        bench.machine = bench.measure(describe, edge=EDGE[size])
        figures = earlier(raw, bench.machine)
        for theme in only:
            _measure(bench, theme, figures)
            with atomic(raw) as partial:
                partial.write_text(json.dumps({"machine": bench.machine, "themes": figures}))
    titled = {THEMES[n][0]: figures[n]["rows"] for n in THEMES if n in figures}
    table.write(write or out / f"{size}.md", NOTES[size] + table.render(bench.machine, titled))


def earlier(raw: Path, machine: Measured) -> dict[str, Measured]:
    """Figures of parts that ran before, if on this machine."""
    if not raw.exists():
        return {}
    found = json.loads(raw.read_text())
    same = all(found["machine"][key] == machine[key] for key in IDENTITY)
    return found["themes"] if same else {}


def _measure(bench: Bench, theme: str, figures: dict[str, Measured]) -> None:
    bench.raw.clear()
    rows = THEMES[theme][1](bench)
    figures[theme] = {"rows": table.as_json(rows), "raw": list(bench.raw)}
