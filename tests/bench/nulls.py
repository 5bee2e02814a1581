"""A thousand permutations of a test story, 90,000 voxels: BRAID against vstack-and-z-score."""

from pathlib import Path

import numpy as np
from bench import peers
from bench.measure import Bench, Measured, stopwatch
from bench.synthetic import NOISE_MEMORY, slow
from bench.table import Row

from braid.fitting.nulls import block_permutation_test, circular_shift_test

TITLE = "Nulls: 1,000 permutations of 290 TRs"
ROWS, VOXELS, DRAWS = 290, 90_000, 1000
BLOCK = 10  # TRs
# Voxels of BRAID; voxels and draws of HuthLab's structure, and of scipy.
SIZES = {
    "small": (2000, (500, 20), (50, 4)),
    "full": (VOXELS, (4096, 100), (200, 20)),
}


def rows(bench: Bench) -> list[Row]:
    """Both of BRAID's tests against the peers, all brought to 1,000 draws and 90,000 voxels."""
    voxels, *sizes = SIZES[bench.size]
    folder = str(bench.folder)
    bench.measure(make, folder=folder, voxels=voxels)
    ours = {
        name: bench.measure(braid, folder=folder, name=name)
        for name in ("block_permutation_test", "circular_shift_test")
    }
    theirs = {
        name: bench.measure(peer, folder=folder, name=name, voxels=wide, draws=draws)
        for name, (wide, draws) in zip(("huthlab", "scipy"), sizes, strict=True)
    }
    return [
        _row(test, name, ours[test], voxels, theirs[name], size)
        for test in ours
        for name, size in zip(theirs, sizes, strict=True)
    ]


def make(folder: str, voxels: int) -> Measured:
    """Write responses and predictions that have nothing to do with each other: every p is null."""
    rng = np.random.default_rng(0)
    for name in ("null_Y", "null_P"):
        columns = slow(rng, ROWS, voxels, NOISE_MEMORY).astype(np.float32)
        np.save(Path(folder, f"{name}.npy"), columns)
    return {}


def braid(folder: str, name: str) -> Measured:
    """One of the tests of `braid.fitting`, as one run."""
    Y, P = _load(folder)
    runs, settings = np.zeros(len(Y), dtype=int), {"n_draws": DRAWS, "seed": 0}
    with stopwatch() as used:
        if name == "block_permutation_test":
            p = block_permutation_test(Y, P, runs, block=BLOCK, **settings)
        else:
            p = circular_shift_test(Y, P, runs, **settings)
    return used | {"rejected": float((p <= 0.05).mean())}


def peer(folder: str, name: str, voxels: int, draws: int) -> Measured:
    """Part of the voxels and draws of a peer."""
    test = {"huthlab": peers.huthlab_permutation, "scipy": peers.scipy_permutation}[name]
    Y, P = (np.ascontiguousarray(columns[:, :voxels]) for columns in _load(folder))
    with stopwatch() as used:
        p = test(Y, P, BLOCK, draws, 0)
    return used | {"rejected": float((p <= 0.05).mean())}


def _load(folder: str) -> list[np.ndarray]:
    return [np.load(Path(folder, f"{name}.npy")) for name in ("null_Y", "null_P")]


def _row(
    test: str, name: str, ours: Measured, voxels: int, theirs: Measured, size: tuple[int, int]
) -> Row:
    wide, draws = size
    took = ours["cpu"] * VOXELS / voxels
    wanted = theirs["cpu"] * (VOXELS / wide) * (DRAWS / draws)
    # Too few draws of scipy are affordable for their p to mean anything.
    other = f"; peer {theirs['rejected']:.3f}" if name == "huthlab" else ""
    return Row(
        work=f"{test}, {VOXELS:,} voxels",
        against={"huthlab": "HuthLab block permutation", "scipy": "scipy pearsonr"}[name],
        figure=wanted / took,
        reach=90 if name == "huthlab" else None,
        braid=f"{took:.3g} s CPU",
        peer=f"{wanted:,.0f} s CPU, extrapolated",
        accuracy=f"null voxels with p ≤ .05: {ours['rejected']:.3f}{other}",
        basis=f"CPU time; BRAID measured at {voxels:,} voxels, the peer at {wide:,} voxels and"
        f" {draws} draws, both scaled",
    )
