"""Words of 84 stories carried to the TRs: BRAID against HuthLab's dense matrix and loop."""

import numpy as np
from bench import peers
from bench.measure import Bench, Measured, Side, ratio, stopwatch
from bench.table import Row, seconds

from braid.timing.lanczos import interpolate

TITLE = "Lanczos interpolation of word features"
TR = 2.0  # seconds
# Stories, features, repeats.
SIZES = {"small": (3, 64, 1), "full": (84, 768, 3)}


def rows(bench: Bench) -> list[Row]:
    """Time of all stories of one layer."""
    stories, features, repeats = SIZES[bench.size]
    given = {"stories": stories, "features": features}
    sides = {"braid": Side(braid, given, repeats), "huthlab": Side(huthlab, given, repeats)}
    runs = bench.alternate(sides)
    error = bench.measure(difference, features=features)["error"]
    return [
        Row(
            work=f"{stories} stories, {features} features",
            against="HuthLab dense loop",
            figure=ratio(runs["huthlab"], runs["braid"]),
            reach=20,
            braid=seconds(runs["braid"]),
            peer=seconds(runs["huthlab"]),
            accuracy=f"max \\|Δ\\| of the two {error:.0e}",
            basis=f"CPU time; medians of {repeats}",
        )
    ]


def braid(stories: int, features: int) -> Measured:
    """A sparse matrix for each story, as the pipeline makes it."""
    made = [story(index, features) for index in range(stories)]
    with stopwatch() as used:
        for values, words, grid in made:
            interpolate(values, words, grid)
    return used


def huthlab(stories: int, features: int) -> Measured:
    """A dense matrix for each story, a row at a time."""
    made = [story(index, features) for index in range(stories)]
    with stopwatch() as used:
        for values, words, grid in made:
            peers.huthlab_lanczos(values, words, grid)
    return used


def difference(features: int) -> Measured:
    """How far apart the two are, on one story."""
    values, words, grid = story(0, features)
    apart = interpolate(values, words, grid) - peers.huthlab_lanczos(values, words, grid)
    return {"error": float(np.abs(apart).max())}


def story(seed: int, features: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features of the words of a story of about twelve minutes, their times, and the TRs."""
    rng = np.random.default_rng(seed)
    words = np.cumsum(rng.gamma(2, 0.17, size=rng.integers(1400, 2800)))
    grid = np.arange(TR / 2, words[-1], TR)
    return rng.standard_normal((len(words), features)).astype(np.float32), words, grid
