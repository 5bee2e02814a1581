"""Voxelwise ridge with a penalty per voxel: BRAID against himalaya, HuthLab and LITcoder."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from bench import reference, sides
from bench.measure import Bench, Measured, Side, median, ratio
from bench.synthetic import make
from bench.table import Row, seconds

TITLE = "Ridge: 20 penalties, 5 folds, a penalty per voxel"
ALPHAS = np.logspace(0, 7, 20).tolist()
BOUND = 2e-5
MODES = {"exact": 0.0, "bounded": BOUND}
ERRORS = {"exact": 1e-6, "bounded": BOUND}
PEERS = {
    "himalaya": "himalaya, numpy",
    "himalaya_torch": "himalaya, torch",
    "huthlab": "HuthLab, float64 numpy",
    "litcoder": "LITcoder, torch",
}
OTHERS_REACH = 4.5

Runs = dict[str, list[Measured]]


@dataclass(frozen=True)
class Case:
    """A shape, how often each side runs it, and how far ahead of himalaya BRAID should be."""

    rows: int
    columns: int
    voxels: int
    repeats: int
    peers: Mapping[str, int]
    reach: Mapping[str, float]

    def __str__(self) -> str:
        return f"T={self.rows:,} D={self.columns:,} V={self.voxels:,}"


HIMALAYA = {"himalaya": 2, "himalaya_torch": 1}
AT_SCALE = {"himalaya": 1, "huthlab": 1, "litcoder": 1}
CASES = {
    "small": {
        "medium": Case(700, 128, 150, 1, HIMALAYA, {"exact": 4.5, "bounded": 6}),
        "dual": Case(200, 256, 150, 1, HIMALAYA, {"exact": 3.5, "bounded": 3.5}),
        "large": Case(900, 160, 150, 1, AT_SCALE, {"exact": 5, "bounded": 7}),
    },
    # Neither the slower backend of himalaya nor a repetition at the largest shape: each would take
    # as long as all the rest.
    "full": {
        "medium": Case(4500, 1536, 3000, 3, HIMALAYA, {"exact": 4.5, "bounded": 6}),
        "dual": Case(2500, 4096, 3000, 3, HIMALAYA, {"exact": 3.5, "bounded": 3.5}),
        "large": Case(9000, 3072, 3000, 1, AT_SCALE, {"exact": 5, "bounded": 7}),
    },
}


def rows(bench: Bench, name: str) -> list[Row]:
    """Time, accuracy and memory at one of the shapes."""
    case = CASES[bench.size][name]
    folder = str(bench.folder / f"{case.rows}-{case.columns}")
    bench.measure(make, folder=folder, rows=case.rows, columns=case.columns, voxels=case.voxels)
    exact = bench.measure(reference.direct, folder=folder, alphas=ALPHAS)["scores"]
    runs = bench.alternate(_sides(case, {"folder": folder, "alphas": ALPHAS}))
    best = min((name for name in runs if name in HIMALAYA), key=lambda name: median(runs[name]))
    others = [name for name in case.peers if name not in HIMALAYA]
    speeds = [(name, mode) for name in (best, *others) for mode in MODES]
    return [
        *(_speed(case, mode, name, runs, exact) for name, mode in speeds),
        *(_memory(case, mode, best, runs) for mode in MODES),
        *(_error(case, mode, runs, exact) for mode in MODES),
    ]


def _sides(case: Case, given: Mapping[str, Any]) -> dict[str, Side]:
    numpy, torch = dict(given, backend="numpy"), dict(given, backend="torch")
    peers = {
        "himalaya": (sides.himalaya, numpy),
        "himalaya_torch": (sides.himalaya, torch),
        "huthlab": (sides.huthlab, given),
        "litcoder": (sides.litcoder, given),
    }
    ours = {
        mode: Side(sides.braid, dict(given, tolerance=tolerance), case.repeats)
        for mode, tolerance in MODES.items()
    }
    return {name: Side(*peers[name], repeats) for name, repeats in case.peers.items()} | ours


def _speed(case: Case, mode: str, peer: str, runs: Runs, exact: list[list[float]]) -> Row:
    told = {name: reference.accuracy(runs[name][0]["scores"], exact) for name in (mode, peer)}
    return Row(
        work=f"{mode}, {case}",
        against=PEERS[peer],
        figure=ratio(runs[peer], runs[mode]),
        reach=case.reach[mode] if peer in HIMALAYA else OTHERS_REACH,
        braid=seconds(runs[mode]),
        peer=seconds(runs[peer]),
        accuracy=f"{reference.sentence(told[mode])}; peer: {reference.sentence(told[peer])}",
        basis=f"CPU time; medians of {len(runs[mode])} and {len(runs[peer])}",
    )


def _memory(case: Case, mode: str, peer: str, runs: Runs) -> Row:
    ours, theirs = (max(beyond(run) for run in runs[name]) for name in (mode, peer))
    return Row(
        work=f"{mode}, {case}: peak memory",
        against=PEERS[peer],
        figure=theirs / ours,
        reach=1,
        braid=f"{ours / 2**20:,.0f} MiB",
        peer=f"{theirs / 2**20:,.0f} MiB",
        basis="beyond the features and one block of responses; weights of all voxels included",
    )


def _error(case: Case, mode: str, runs: Runs, exact: list[list[float]]) -> Row:
    return Row(
        work=f"{mode}, {case}: max \\|Δr\\|",
        against="direct solution in float64",
        figure=reference.accuracy(runs[mode][0]["scores"], exact)["all"],
        unit="",
        reach=ERRORS[mode],
        at_most=True,
        basis=f"all penalties, {len(exact[0])} voxels",
    )


def beyond(run: Measured) -> int:
    """Peak memory beyond what the inputs took, bytes."""
    return run["peak"] - run["held"]
