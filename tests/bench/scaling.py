"""How time and memory of a streamed fit grow with voxels, and what a whole subject takes."""

from bench import sides
from bench.measure import Bench, Measured
from bench.ridge import ALPHAS, BOUND, beyond
from bench.synthetic import make
from bench.table import Row

TITLE = "Growth with voxels"
WHOLE_SUBJECT = 95_000  # voxels


# The shape, and the voxels that it is fitted to.
SIZES = {
    "small": (900, 160, (200, 400, 800)),
    "full": (9000, 3072, (1000, 3000, 8000)),
}


def rows(bench: Bench) -> list[Row]:
    """Flatness in V, share of the GEMM rate, and a whole subject."""
    trs, columns, voxels = SIZES[bench.size]
    folder = str(bench.folder / "scaling")
    bench.measure(make, folder=folder, rows=trs, columns=columns, voxels=voxels[-1])
    given = {"folder": folder, "alphas": ALPHAS, "tolerance": BOUND}
    runs = [bench.measure(sides.braid_streamed, **given, voxels=v) for v in voxels]
    where = f"bounded, T={trs:,} D={columns:,}"
    return [
        _flat(where, runs, voxels),
        _share(where, runs, voxels, bench.machine["sgemm"]["cpu"]),
        _whole(where, runs, voxels),
    ]


def _flat(where: str, runs: list[Measured], voxels: tuple[int, int, int]) -> Row:
    peaks = [beyond(run) for run in runs]
    listed = ", ".join(f"{v:,}: {p / 2**20:,.0f} MiB" for v, p in zip(voxels, peaks, strict=True))
    return Row(
        work=f"{where}: peak memory over V",
        against="itself",
        figure=max(peaks) / min(peaks),
        reach=1.1,
        at_most=True,
        braid=listed,
        basis="largest to smallest; beyond the features and one block of responses",
    )


def _share(where: str, runs: list[Measured], voxels: tuple[int, int, int], sgemm: float) -> Row:
    few, _, many = voxels
    operations = runs[-1]["operations"] - runs[0]["operations"]
    took = runs[-1]["cpu"] - runs[0]["cpu"]
    rate, each = operations / took, took / (many - few)
    return Row(
        work=f"{where}: share of the sgemm rate",
        against="the machine's sgemm",
        figure=rate / sgemm,
        reach=0.6,
        unit="",
        braid=f"{rate / 1e9:.0f} GFLOP per CPU s, {each * 1e3:.2f} ms a voxel",
        peer=f"{sgemm / 1e9:.0f} GFLOP per CPU s",
        basis=f"own operations over CPU time, by difference of V={many:,} and V={few:,}",
    )


def _whole(where: str, runs: list[Measured], voxels: tuple[int, int, int]) -> Row:
    few, between, many = voxels
    fitted = {key: _line(runs, voxels, key) for key in ("cpu", "wall")}
    total = {key: start + slope * WHOLE_SUBJECT for key, (start, slope) in fitted.items()}
    start, slope = fitted["cpu"]
    return Row(
        work=f"{where} V={WHOLE_SUBJECT:,}: a whole subject, extrapolated",
        against="-",
        figure=total["wall"] / 60,
        unit=" min",
        braid=f"{total['cpu']:.0f} s CPU, {total['wall']:.0f} s wall",
        basis=(
            f"CPU time: {start:.3g} s for X and {slope * 1e3:.3g} ms a voxel, from V={few:,} and"
            f" V={many:,}; at V={between:,} that makes {start + slope * between:.3g} s,"
            f" measured {runs[1]['cpu']:.3g} s, of which {runs[1]['prepared']:.3g} s prepare X"
        ),
    )


def _line(runs: list[Measured], voxels: tuple[int, int, int], key: str) -> tuple[float, float]:
    """Seconds at no voxel, and for each voxel."""
    slope = (runs[-1][key] - runs[0][key]) / (voxels[-1] - voxels[0])
    return runs[0][key] - slope * voxels[0], slope
