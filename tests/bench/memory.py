"""The memory that `braid plan` expects of a fit, beside what fits of three shapes took."""

from bench import sides
from bench.measure import Bench
from bench.ridge import ALPHAS, BOUND, beyond
from bench.synthetic import DELAYS, N_FOLDS, make
from bench.table import Row

from braid.fitting.engine.memory import Shape, peak_bytes

TITLE = "Memory by formula"
SIZES = {
    "small": ((700, 128, 150), (200, 256, 150), (900, 160, 800)),
    "full": ((4500, 1536, 3000), (2500, 4096, 3000), (9000, 3072, 1536)),
}
LARGEST = (9000, 4096)  # rows and columns of a fit that should run within LIMIT
LIMIT = 16  # GB


def rows(bench: Bench) -> list[Row]:
    """Measured peaks over what the formula says, and the formula of the largest fit."""
    return [*(_measured(bench, *shape) for shape in SIZES[bench.size]), _largest()]


def expected(trs: int, columns: int) -> int:
    """Bytes at the peak of a streamed fit, by the formula of the engine."""
    return peak_bytes(Shape(trs, columns // len(DELAYS), len(DELAYS), N_FOLDS))


def _measured(bench: Bench, trs: int, columns: int, voxels: int) -> Row:
    folder = str(bench.folder / f"memory-{trs}")
    bench.measure(make, folder=folder, rows=trs, columns=columns, voxels=voxels)
    run = bench.measure(sides.braid_streamed, folder=folder, alphas=ALPHAS, tolerance=BOUND)
    # The formula counts the block of responses that `beyond` leaves out.
    found, said = beyond(run) + run["block"], expected(trs, columns)
    return Row(
        work=f"bounded, T={trs:,} D={columns:,}: measured to formula",
        against="peak_bytes",
        figure=found / said,
        reach=1,
        at_most=True,
        braid=f"{found / 2**20:,.0f} MiB",
        peer=f"{said / 2**20:,.0f} MiB",
        basis="beyond the features",
    )


def _largest() -> Row:
    trs, columns = LARGEST
    return Row(
        work=f"T={trs:,} D={columns:,}, any number of voxels",
        against="-",
        figure=expected(trs, columns) / 1e9,
        unit=" GB",
        reach=LIMIT,
        at_most=True,
        basis="by formula",
    )
