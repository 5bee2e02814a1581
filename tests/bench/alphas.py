"""Eight times more penalties over the same range: what either side pays for them."""

import numpy as np
from bench import reference, sides
from bench.measure import Bench, Measured, Side, ratio
from bench.ridge import BOUND
from bench.synthetic import make
from bench.table import Row, seconds

TITLE = "Eight times more penalties"
FEW, MANY = (np.logspace(0, 7, n).tolist() for n in (20, 160))
# Rows, columns, voxels, repeats of BRAID. himalaya at a larger shape would take many minutes.
SHAPES = {"small": (700, 128, 150, 1), "full": (2250, 768, 1500, 3)}


def rows(bench: Bench) -> list[Row]:
    """Time at 160 penalties over time at 20."""
    *shape, repeats = SHAPES[bench.size]
    folder = str(bench.folder / "alphas")
    bench.measure(
        make, folder=folder, **dict(zip(("rows", "columns", "voxels"), shape, strict=True))
    )
    numpy, bounded = {"folder": folder, "backend": "numpy"}, {"folder": folder, "tolerance": BOUND}
    runs = bench.alternate(
        {
            "few": Side(sides.braid, bounded | {"alphas": FEW}, repeats),
            "many": Side(sides.braid, bounded | {"alphas": MANY}, repeats),
            "himalaya few": Side(sides.himalaya, numpy | {"alphas": FEW}, 1),
            "himalaya many": Side(sides.himalaya, numpy | {"alphas": MANY}, 1),
        }
    )
    exact = bench.measure(reference.direct, folder=folder, alphas=MANY)["scores"]
    told = reference.sentence(reference.accuracy(runs["many"][0]["scores"], exact))
    where = "T={:,} D={:,} V={:,}".format(*shape)
    return [
        Row(
            work=f"bounded, {where}",
            against="itself",
            figure=ratio(runs["many"], runs["few"]),
            reach=1.2,
            at_most=True,
            braid=_growth(runs["few"], runs["many"]),
            accuracy=told,
            basis=f"CPU time at 160 penalties to 20; medians of {repeats}",
        ),
        Row(
            work=f"himalaya, numpy, {where}",
            against="itself",
            figure=ratio(runs["himalaya many"], runs["himalaya few"]),
            peer=_growth(runs["himalaya few"], runs["himalaya many"]),
            basis="CPU time at 160 penalties to 20; one run",
        ),
    ]


def _growth(few: list[Measured], many: list[Measured]) -> str:
    return f"20: {seconds(few)}; 160: {seconds(many)}"
