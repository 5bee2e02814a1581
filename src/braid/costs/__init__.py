"""What a job takes, from the shapes of what it reads: memory, disk, time.

Rules ask for this memory, and `braid plan` adds it up; so both say the same. Times are rough: the
operations of a job over a rate. Rates of a core are what the jobs of the twins, and the bench of
reading, took on one core where the tests run; those of a GPU and of the network are assumed.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from braid.fitting.engine import memory
from braid.fitting.nulls.calibration import SAMPLE

FLOAT = 4
"""Bytes of a number, float32 wherever data are large."""
LIBRARIES = 0.8e9
"""Bytes that Python, numpy, pandas and xarray take before any data, and Snakemake beside them,
which runs twice in a job of a cluster (0.1 GB each)."""
VOLUMES = 0.5e9
"""Bytes of the volumes or voxels that are read at a time."""
TORCH = 1.3e9
"""Bytes of the same with torch and transformers."""

FIT = 5e10
"""Operations a second of a ridge fit, one core: half of what a product of matrices reaches."""
PIECES = 6
"""Predictions that a grid of penalties costs, however long: five to six for word features."""
TRANSFORMER = 2e10
"""Operations a second of a transformer in float32, one core: between 1.8e10 and 3.8e10."""
GPU = 1e13
"""The same on one GPU, assumed: half of what 20 TFLOP/s promise."""
FIT_GPU = 5e11
"""Operations a second of a ridge fit on one GPU, assumed: half of 1 TFLOP/s in float64."""
READ = 1.5e7
"""Values a second that are read, z-scored, written and read back, one core: 1.2e7 to 2.1e7."""
NETWORK = 3e7
"""Bytes a second that arrive, assumed: 240 Mbit/s."""
START = 2.0
"""Seconds until a job has started and imported."""


class Cost(NamedTuple):
    """What one job takes: bytes, and seconds of one core, or of one GPU where it can use it."""

    memory: float
    disk: float
    cpu: float
    gpu: float = 0.0
    basis: str = "what such a job took on a twin, rounded up"


def minutes(cost: Cost, threads: int, gpus: int) -> int:
    """Time that a job asks a cluster for: three times the estimate, and ten minutes.

    Estimates are rough, and a job that runs out of time is lost.
    """
    seconds = cost.gpu if gpus and cost.gpu else cost.cpu / threads
    return math.ceil(10 + 3 * seconds / 60)


def small(memory: float, seconds: float) -> Cost:
    """A job whose data do not grow with the study."""
    return Cost(LIBRARIES + memory, 0.0, START + seconds)


def fetch(size: float) -> Cost:
    """Download a file of `size` bytes and hash it; at least a second of git-annex."""
    basis = f"{NETWORK / 1e6:.0f} MB/s over the network, hashed twice at 1 GB/s"
    return Cost(LIBRARIES, size, 1.0 + size / NETWORK + 2 * size / 1e9, basis=basis)


def respond(rows: int, voxels: int, repeats: int) -> Cost:
    """Read one recording in blocks of voxels or volumes, and hold the result once.

    Repeats are stored beside their mean.
    """
    values = rows * voxels * (1 if repeats == 1 else repeats + 1)
    memory = LIBRARIES + VOLUMES + FLOAT * values
    return Cost(memory, FLOAT * values, START + values / READ, basis=f"{READ:.1e} values/s")


def passes(inputs: int, layers: int, width: int, tokens: int) -> Cost:
    """Pass `inputs` of about `tokens` each through a transformer, and keep nothing.

    A layer has 12 width^2 weights (attention 4, feed-forward 8), a weight costs two operations a
    token (Kaplan et al. 2020, arXiv 2001.08361, section 2.1).
    """
    weights = 12.0 * width**2 * layers
    operations = 2.0 * weights * inputs * tokens
    basis = f"{operations:.1e} operations; {TRANSFORMER:.0e}/s on a core, {GPU:.0e}/s on a GPU"
    seconds = START + operations / TRANSFORMER
    return Cost(TORCH + FLOAT * weights, 0.0, seconds, operations / GPU, basis)


def extract(rows: int, layers: int, width: int, context: int) -> Cost:
    """Hidden states of a transformer for `rows` texts of about `context` tokens each."""
    passed, values = passes(rows, layers, width, context), rows * (layers + 1) * width
    return passed._replace(memory=passed.memory + FLOAT * 2.0 * values, disk=FLOAT * values)


class Network(NamedTuple):
    """Size of a transformer that is trained."""

    layers: int
    width: int
    trained: int
    """Layers whose weights move."""
    other: int = 0
    """Weights outside the layers: embeddings, heads."""


def train(network: Network, updates: int, examples: int, length: int) -> Cost:
    """Train a transformer: `updates` of the weights, each by `examples` of `length` tokens.

    A pass forward costs two operations a weight and token, one backward twice that of the layers
    that are trained (Kaplan et al. 2020, section 2.1). AdamW holds gradient and two moments of each
    weight that moves; what is kept for the way back is about 34 values a token, layer and unit of
    width in 16 bits (Korthikanti et al. 2022, arXiv 2205.05198, section 4.1), half of that in
    numbers of 32.
    """
    layer = 12 * network.width**2
    weights = layer * network.layers + network.other
    tokens = float(examples * length)
    operations = 2 * updates * tokens * layer * (network.layers + 2 * network.trained)
    kept = 17 * tokens * network.width * network.trained
    held = weights + 3 * layer * network.trained + kept
    basis = f"{operations:.1e} operations; {TRANSFORMER:.0e}/s on a core, {GPU:.0e}/s on a GPU"
    return Cost(
        TORCH + FLOAT * held,
        FLOAT * weights,
        START + operations / TRANSFORMER,
        operations / GPU,
        basis,
    )


def autoencode(voxels: int, sizes: Sequence[int], rows: int, updates: int, batch: int) -> Cost:
    """Train dense layers from `voxels` through `sizes` and back; all rows are held."""
    widths = [voxels, *sizes]
    weights = 2.0 * sum(a * b for a, b in pairwise(widths))
    operations = 6.0 * weights * batch * updates
    basis = f"{operations:.1e} operations; {TRANSFORMER:.0e}/s on a core, {GPU:.0e}/s on a GPU"
    memory = TORCH + FLOAT * (5 * weights + 2.0 * rows * voxels)
    seconds = START + operations / TRANSFORMER
    return Cost(memory, FLOAT * weights, seconds, operations / GPU, basis)


def compress(rows: int, voxels: int, width: int, encoder: Cost | None = None) -> Cost:
    """Read all responses of a subject a block at a time, and hold `width` numbers for each TR.

    `encoder` is what a network takes on the way, if there is one.
    """
    read = float(rows) * voxels
    memory = TORCH + FLOAT * (3.0 * rows * width + 2.0 * rows * 4096)
    seconds = START + read / READ
    read_only = Cost(memory, FLOAT * rows * width, seconds, basis=f"{READ:.1e} values/s")
    if encoder is None:
        return read_only
    return read_only._replace(
        memory=memory + encoder.memory,
        cpu=seconds + encoder.cpu,
        gpu=seconds + encoder.gpu,
        basis=encoder.basis,
    )


def align(events: int, rows: int, layers: int, width: int) -> Cost:
    """Features of `events` words, and the design of `rows` TRs twice."""
    read, made = events * (layers + 1) * width, rows * (layers + 1) * width
    memory = LIBRARIES + FLOAT * (read + 3.0 * made)
    return Cost(memory, FLOAT * made, START + (read + made) / READ, basis=f"{READ:.1e} values/s")


class Fit(NamedTuple):
    """Size of an encoding model: training and test TRs, features, delays, layers, voxels."""

    rows: int
    width: int
    delays: int
    layers: int
    voxels: int
    alphas: int
    folds: int
    """Inner folds, that choose penalty and layer."""
    outer: int
    """Left-out parts, each predicted by a fit of its own."""


def _carded(voxels: int) -> int:
    """Voxels of which noise is fitted, too, if those of a subject are these."""
    return min(voxels, SAMPLE)


def ridge(fit: Fit) -> Cost:
    """Ridge fits of every layer, then of the best; `braid.fitting.engine.memory` has the memory.

    Operations as `braid.fitting` makes them: decompositions of the Gram or kernel, nine cubes each,
    then for each voxel X'Y, a rotation for each fold, predictions, and the final weights.
    """
    noise = _carded(fit.voxels)
    shape = memory.Shape(fit.rows, fit.width, fit.delays, fit.folds)
    n, columns = shape.axes, shape.columns
    prepare = (fit.folds + 1) * 9.0 * n**3 + 3.0 * fit.rows * columns * n
    voxel = 2.0 * fit.rows * columns + _scores(fit, n)
    final = prepare + (fit.voxels + noise) * (voxel + 4.0 * columns * n)
    operations = fit.outer * ((fit.layers - 1) * (prepare + fit.voxels * voxel) + final)
    weights = columns * fit.voxels
    engines = fit.outer * memory.engine_bytes(shape)
    working = max(memory.prepare_bytes(shape), memory.block_bytes(shape))
    read = FLOAT * fit.rows * (fit.layers * fit.width + noise)
    held = LIBRARIES + engines + working + read + FLOAT * 2.0 * weights
    return _fitted(held, FLOAT * weights, operations)


def banded(fit: Fit, draws: int) -> Cost:
    """Banded ridge: a decomposition for each draw and fold, of responses and again of noise.

    X'Y of all voxels is held; `braid.fitting.banded.engine` has the memory.
    """
    shape = memory.Shape(fit.rows, fit.width, fit.delays, fit.folds)
    n, columns = shape.axes, shape.columns
    draw = 2 * fit.folds * 9.0 * n**3 + (fit.voxels + _carded(fit.voxels)) * _scores(fit, n)
    operations = fit.outer * (draws * draw + fit.voxels * 2.0 * fit.rows * columns)
    statistics = 8.0 * (fit.folds + 1) * columns * (columns + fit.voxels)
    decomposed = 8.0 * fit.folds * n * (n + fit.rows / fit.folds)
    held = LIBRARIES + fit.outer * (statistics + decomposed) + FLOAT * 2.0 * fit.rows * fit.voxels
    weights = FLOAT * columns * fit.voxels
    return _fitted(held + 2 * weights, weights, operations)


def _fitted(held: float, disk: float, operations: float) -> Cost:
    basis = f"{operations:.1e} operations; {FIT:.0e}/s on a core, {FIT_GPU:.0e}/s on a GPU"
    return Cost(held, disk, START + operations / FIT, START + operations / FIT_GPU, basis)


def sample(fitted: Cost, values: int) -> Cost:
    """A fit of few voxels, found among `values` numbers that are read for them; no weights."""
    basis = f"{fitted.basis}; {READ:.1e} values/s"
    read = values / READ
    return fitted._replace(cpu=fitted.cpu + read, gpu=fitted.gpu + read, disk=0.0, basis=basis)


def _scores(fit: Fit, n: int) -> float:
    """Operations that score one voxel on all folds: its rotation, and its predictions."""
    return 2.0 * fit.folds * n**2 + 2.0 * fit.rows * n * min(fit.alphas, PIECES)
