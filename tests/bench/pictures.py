"""Pictures through a latent diffusion model: in batches against one by one, and their memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import diffusion_toys as toys
import numpy as np
import xarray as xr
from bench.measure import Bench, Measured, Side, median, ratio, stopwatch
from bench.table import Row

from braid.features.diffusion import batches, c, z
from braid.features.diffusion.model import load
from braid.generation.pictures import generate, seeds
from braid.store import save
from braid.study.pictures import Reconstruct

TITLE = "Latent diffusion: features and pictures"
# Pictures of z and c, pictures generated, steps, repeats.
SIZES = {"small": (24, 8, 2, 1), "full": (512, 48, 50, 3)}
SIDE = 32
# Numbers of z of a picture of 320 pixels, and of c of all tokens.
STABLE = (4 * 40 * 40, 77 * 768)


def rows(bench: Bench) -> list[Row]:
    """Pictures per second of CPU time of a small model with random weights."""
    many, few, steps, repeats = SIZES[bench.size]
    folder = str(bench.folder)
    bench.measure(make, folder=folder, pictures=4 * many)
    drawn = {"folder": folder, "steps": steps}
    return [
        _row(bench, "latents z", latents, many, repeats, {"folder": folder}),
        _row(bench, "conditioning c", conditioning, many, repeats, {"folder": folder}),
        _row(bench, f"z with c to a picture, {steps} steps", generated, few, repeats, drawn),
        _memory(bench, folder, many),
        _disk(bench, folder, many),
    ]


def _row(
    bench: Bench,
    work: str,
    run: Callable[..., Measured],
    pictures: int,
    repeats: int,
    given: Measured,
) -> Row:
    sides = {
        name: Side(run, given | {"pictures": pictures, "batch": batch}, repeats)
        for name, batch in (("braid", batches.BATCH["cpu"]), ("single", 1))
    }
    runs = bench.alternate(sides)
    apart = np.array(runs["braid"][0]["scores"]) - runs["single"][0]["scores"]
    return Row(
        work=f"{work}, {pictures} pictures of {SIDE} pixels",
        against="one by one",
        figure=ratio(runs["single"], runs["braid"]),
        reach=1,
        braid=_rate(runs["braid"], pictures),
        peer=_rate(runs["single"], pictures),
        accuracy=f"max \\|Δ\\| to one by one {np.abs(apart).max():.0e}",
        basis=f"CPU time; medians of {repeats}",
    )


def _memory(bench: Bench, folder: str, many: int) -> Row:
    few, more = (
        bench.measure(latents, folder=folder, pictures=n, batch=batches.BATCH["cpu"])["peak"]
        for n in (many, 4 * many)
    )
    return Row(
        work=f"latents z, peak memory of {4 * many} pictures",
        against=f"{many} pictures",
        figure=more / few,
        reach=1.1,
        at_most=True,
        braid=f"{more / 1e6:,.0f} MB",
        peer=f"{few / 1e6:,.0f} MB",
        basis="VmHWM, once",
    )


def _disk(bench: Bench, folder: str, pictures: int) -> Row:
    found = bench.measure(stored, folder=folder, pictures=pictures)
    own, bare = found["bytes"] / pictures, 4 * sum(STABLE)
    return Row(
        work=f"z and c of Stable Diffusion on disk, {pictures} pictures",
        against="their numbers alone",
        figure=own / bare,
        reach=1.02,
        at_most=True,
        braid=f"{own:,.0f} bytes a picture",
        peer=f"{bare:,.0f} bytes a picture",
        basis="size of the files",
    )


def make(folder: str, pictures: int) -> Measured:
    """A model as small as one that learns something, and pictures of noise."""
    toys.write(Path(folder, "model"), wide=True)
    toys.stimulus(Path(folder), pictures)
    return {}


def latents(folder: str, pictures: int, batch: int) -> Measured:
    """From pictures to z."""
    with _batch(batch), stopwatch() as used:
        found = z.extract(*_given(folder, pictures), 0, size=SIDE)
    return used | {"scores": found["features"][:8].values.tolist()}


def conditioning(folder: str, pictures: int, batch: int) -> Measured:
    """From captions to c."""
    with _batch(batch), stopwatch() as used:
        found = c.extract(*_given(folder, pictures), 0)
    return used | {"scores": found["features"][:8].values.tolist()}


def generated(folder: str, pictures: int, batch: int, steps: int) -> Measured:
    """From z and c to pictures."""
    given = _given(folder, pictures)
    diffusion, drawn = load(Path(folder, "model")), seeds(0, given[2], 1)
    decoded = [
        found["features"].values
        for found in (z.extract(*given, 0, size=SIDE), c.extract(*given, 0))
    ]
    shapes = (pictures, 4, 8, 8), (pictures, *diffusion.text_shape)
    arrays = [values.reshape(shape) for values, shape in zip(decoded, shapes, strict=True)]
    with _batch(batch), stopwatch() as used:
        found = np.concatenate(list(generate(diffusion, *arrays, _spec(steps), "twin", drawn)))
    return used | {"scores": found[:8].astype(int).tolist()}


def stored(folder: str, pictures: int) -> Measured:
    """Shards as the rule `embed` writes them, of numbers that nothing compresses."""
    random, size = np.random.default_rng(0), 0
    for values in STABLE:
        path = Path(folder, f"{values}.nc")
        found = random.normal(size=(pictures, 1, values)).astype(np.float32)
        save(path, xr.Dataset({"features": (("image", "layer", "feature"), found)}))
        size += path.stat().st_size
    return {"bytes": size}


def _given(folder: str, pictures: int) -> tuple:
    shown = toys.stimulus(Path(folder), pictures)
    return shown, Path(folder, "model"), np.arange(pictures)


def _spec(steps: int) -> Reconstruct:
    return Reconstruct(
        label="z with c",
        model={"twin": "toy"},
        size={"twin": SIDE},
        steps={"twin": steps},
        strength=0.8,
        guidance=5,
        samples={"twin": 1},
    )


@contextmanager
def _batch(size: int) -> Iterator[None]:
    kept, batches.BATCH = batches.BATCH, {"cpu": size}
    yield
    batches.BATCH = kept


def _rate(runs: list[Measured], pictures: int) -> str:
    return f"{pictures / median(runs):,.1f} pictures/s"
