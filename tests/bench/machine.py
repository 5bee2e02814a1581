"""The machine of a run: processor, memory, BLAS, libraries, and how fast it multiplies matrices."""

import os
import platform
import statistics
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from bench.measure import Measured, stopwatch
from threadpoolctl import threadpool_info

LIBRARIES = ("numpy", "scipy", "torch", "himalaya")


def describe(edge: int) -> Measured:
    """Name the machine and measure its GEMM rates on square matrices of `edge` rows."""
    import torch

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    kernels = sorted({f"{pool['internal_api']} {pool['architecture']}" for pool in pools})
    if torch.backends.mkl.is_available():  # linked into torch, where threadpoolctl sees nothing
        kernels.append("MKL in torch")
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernels": kernels,
        "threads": max(pool["num_threads"] for pool in pools),
        "versions": {name: version(name) for name in LIBRARIES},
        "sgemm": _rate(np.ones((edge, edge), np.float32)),
        "dgemm": _rate(np.ones((edge, edge))),
        "torch_sgemm": _rate(torch.ones((edge, edge))),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _rate(square: Any) -> dict[str, float]:
    """Operations per CPU second and per second: medians of five products of two matrices."""
    other, used = square + 1, []
    for _ in range(5):
        with stopwatch() as took:
            square @ other
        used.append(took)
    operations = 2 * len(square) ** 3
    return {key: operations / statistics.median(u[key] for u in used) for key in ("cpu", "wall")}
