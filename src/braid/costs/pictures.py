"""What the jobs of pictures take: features of a diffusion model, decoders, generation, scores."""

from typing import NamedTuple

from braid.costs import FIT, FLOAT, GPU, LIBRARIES, READ, START, TORCH, TRANSFORMER, Cost, extract
from braid.fitting.engine import memory

UNET = 0.2
"""Operations of a U-Net for each of its weights and each point of a latent: the U-Net of Stable
Diffusion 1 has 860 M weights and takes 0.7e12 operations for 64 x 64; that of scenes, with 4.6 M
for 12 x 12, measured, the same share."""
PIXEL = 1e7
"""Operations of an autoencoder for each pixel, both ways, in Stable Diffusion 1."""
JUDGE = 1e10
"""Operations of a network that compares pictures, for each: 0.7e9 for AlexNet, 1.6e11 for CLIP."""

CAPTIONS, TOKENS = 5, 16
"""Captions of a picture, and tokens of one with what is put before and around it."""
VOCABULARY = 250_000
"""Tokens of an encoder of many languages."""


class Model(NamedTuple):
    """A diffusion model: weights of its U-Net, pixels along a side of a point of a latent."""

    weights: float
    factor: int


STABLE = Model(860e6, 8)
SCENES = Model(4.6e6, 4)


def embed(model: Model, pictures: int, side: int, passes: int, values: int) -> Cost:
    """Features of pictures: the autoencoder once, the U-Net as often as asked for.

    Parameters
    ----------
    model
        What is passed through.
    pictures, side
        How many, and their side in pixels; 0 where only captions are read.
    passes
        Of the U-Net for each picture.
    values
        Numbers of each picture that are kept.
    """
    return _passed(_operations(model, pictures, side, passes), model, FLOAT * pictures * values)


def caption_vectors(layers: int, width: int, pictures: int) -> Cost:
    """Vectors of captions, no two of which are alike, by an encoder of many languages."""
    cost = extract(CAPTIONS * pictures, layers, width, TOKENS)
    embeddings = FLOAT * VOCABULARY * width
    return cost._replace(memory=cost.memory + embeddings, disk=FLOAT * pictures * width)


def generate(model: Model, pictures: int, side: int, steps: int) -> Cost:
    """Pictures, each `steps` passes of the U-Net twice: with the text and without."""
    cost = _passed(_operations(model, pictures, side, 2 * steps), model, 3.0 * pictures * side**2)
    return cost._replace(memory=TORCH + FLOAT * 2 * model.weights + 1e9)


def present(trials: int, pictures: int, values: int) -> Cost:
    """A design of all trials, as it is and z-scored, and one shard of pictures."""
    made = float(trials) * values
    held = LIBRARIES + FLOAT * (2 * made + pictures * values)
    return Cost(held, FLOAT * made, START + 2 * made / READ, basis=f"{READ:.1e} values/s")


def decode(trials: int, voxels: int, targets: int, tests: int, folds: int, fits: int) -> Cost:
    """Ridges from voxels to targets, which pass in blocks; only test predictions are kept.

    `fits` is 1, or one for each cluster of pictures that is held out.
    """
    shape = memory.Shape(trials, voxels, 1, folds)
    n = shape.axes
    prepare = (folds + 1) * 9.0 * n**3 + 3.0 * trials * voxels * n
    target = 2.0 * trials * voxels + 2.0 * folds * n**2 + 12.0 * trials * n + 4.0 * voxels * n
    operations = fits * (prepare + targets * target)
    working = max(memory.prepare_bytes(shape), memory.block_bytes(shape))
    held = (
        memory.engine_bytes(shape)
        + working
        + FLOAT * (2.0 * trials * voxels + 2.0 * tests * targets)
    )
    basis = f"{operations:.1e} operations, {FIT:.0e}/s on a core"
    return Cost(LIBRARIES + held, FLOAT * tests * targets, START + operations / FIT, basis=basis)


def evaluate(pictures: int, side: int, networks: int, tests: int) -> Cost:
    """Every picture through every network; the features of one network are held."""
    operations = JUDGE * pictures * networks
    held = TORCH + 3.0 * pictures * side**2 + FLOAT * pictures * 50_000
    basis = f"{operations:.1e} operations; {TRANSFORMER:.0e}/s on a core, {GPU:.0e}/s on a GPU"
    return Cost(held, 8.0 * tests * 20, START + operations / TRANSFORMER, operations / GPU, basis)


def learn(weights: float, points: int, updates: int, batch: int) -> Cost:
    """Train a network of pictures: three passes for each example."""
    operations = 3 * UNET * weights * points * updates * batch
    basis = f"{operations:.1e} operations; {TRANSFORMER:.0e}/s on a core, {GPU:.0e}/s on a GPU"
    memory_held = TORCH + FLOAT * 5 * weights + 1.5e9
    return Cost(
        memory_held, FLOAT * weights, START + operations / TRANSFORMER, operations / GPU, basis
    )


def _operations(model: Model, pictures: int, side: int, passes: int) -> float:
    points = (side // model.factor) ** 2
    return float(pictures) * (PIXEL * side**2 + passes * UNET * model.weights * points)


def _passed(operations: float, model: Model, disk: float) -> Cost:
    held = TORCH + FLOAT * 2 * model.weights + 2 * disk
    basis = f"{operations:.1e} operations; {TRANSFORMER:.0e}/s on a core, {GPU:.0e}/s on a GPU"
    return Cost(held, disk, START + operations / TRANSFORMER, operations / GPU, basis)
