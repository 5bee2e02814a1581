"""Is a correlation more than chance? Test against predictions whose blocks changed places."""

from collections.abc import Sequence
from math import factorial, prod

import numpy as np
from jaxtyping import Float, Int, Real, Shaped
from scipy.sparse import csr_array

from braid.fitting.columns import unit_rows
from braid.fitting.nulls.batches import over_batches, rows_of

# Products are summed in float32, which is twice as fast and right to 2e-7; ties (a periodic
# prediction) must not count as smaller because of rounding.
ROUNDING = 1e-6
# Cross products of a batch that stay in the second-level cache: 2 MB of float32.
CACHED = 2**19

Blocks = Int[np.ndarray, "_ _"]


def block_permutation_test(
    Y: Real[np.ndarray, "tr voxel"],
    P: Real[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    *,
    block: int,
    n_draws: int,
    seed: int,
    spread: float = 1.0,
) -> Float[np.ndarray, " voxel"]:
    """One-sided p-value of each voxel's correlation against predictions permuted in blocks.

    Blocks of the prediction change places without replacement, the same for all voxels. Within a
    block the autocorrelation is kept, so a block must be long against the memory of the data: see
    `matched_blocks`. Each draw is a sum of products of whole blocks, so these are formed once
    (n x n for n blocks) and a draw is a row of a sparse 0/1 matrix: n T + n_draws n products a
    voxel in place of n_draws T.

    Parameters
    ----------
    Y, P
        Responses and predictions.
    runs
        Run label of each TR. Blocks stay in their run, so that its drift and its edges belong to
        every draw. Where runs hold too few blocks for that (one holds less than two, or all have
        fewer orders than `n_draws`), blocks are cut from all rows together and change places
        across runs.
    block
        TRs of a block at least. A run is cut into as many blocks as fit, of equal length; what
        remains (less than one TR per block) is left out of the test.
    n_draws
        Random draws; a repeated one counts once, the observed order does not count.
    seed
        Of the permutations.
    spread
        By how much more r scatters under chance than over draws, which hold the predictions: 1
        where these rows took no part in making them, up to sqrt(2) where each did for others.

    Returns
    -------
    Float[np.ndarray, "voxel"]
        p = (1 + draws with spread * r >= observed r) / (1 + draws); NaN where a column is constant
        or not finite. Any split of the voxels gives the same bits.

    Raises
    ------
    ValueError
        When lengths disagree, or all rows together are shorter than two blocks.
    """
    pieces = cut(runs, block, n_draws)
    orders = _draw_orders([len(blocks) for blocks in pieces], n_draws, seed)
    draws, pairs = _sparse(orders, pieces), sum(len(blocks) ** 2 for blocks in pieces)
    kept = np.concatenate([blocks.ravel() for blocks in pieces])

    def p_values(y: np.ndarray, p: np.ndarray) -> np.ndarray:
        null = draws @ _cross_products(unit_rows(y[:, kept]), unit_rows(p[:, kept]), pieces).T
        reached = ~(spread * null[1:] < null[0] - ROUNDING)
        return (1 + reached.sum(axis=0)) / len(null)

    return over_batches(p_values, Y, P, runs, size=int(np.clip(CACHED // pairs, 1, 512)))


def cut(runs: Shaped[np.ndarray, " tr"], block: int, n_draws: int) -> list[Blocks]:
    """Cut rows into blocks that may change places: those of each run, or those of all rows.

    Raises
    ------
    ValueError
        When all rows together are shorter than two blocks.
    """
    rows = rows_of(runs)
    counts = [len(run) // block for run in rows]
    if min(counts) < 2 or prod(map(factorial, counts)) < n_draws:
        rows = [np.arange(len(runs))]
    if len(rows[0]) < 2 * block:
        raise ValueError(f"{len(runs)} TRs hold fewer than two blocks of {block}")
    return [_equal_blocks(run, len(run) // block) for run in rows]


def _equal_blocks(rows: Int[np.ndarray, " tr"], n: int) -> Blocks:
    return rows[: len(rows) // n * n].reshape(n, -1)


def _draw_orders(counts: Sequence[int], n_draws: int, seed: int) -> Int[np.ndarray, "draw block"]:
    """Distinct orders of the blocks of each run, the observed one first."""
    random = np.random.default_rng(seed)
    orders = [random.permuted(np.tile(np.arange(n), (n_draws, 1)), axis=1) for n in counts]
    observed = np.concatenate([np.arange(n) for n in counts])
    distinct = np.unique(np.concatenate(orders, axis=1), axis=0)
    return np.vstack([observed, distinct[(distinct != observed).any(axis=1)]])


def _sparse(orders: Int[np.ndarray, "draw block"], pieces: Sequence[Blocks]) -> csr_array:
    """Row: which cross products a draw sums; block i of a run meets block order[i]."""
    counts = np.array([len(blocks) for blocks in pieces])
    first = np.concatenate([[0], np.cumsum(counts**2)])
    starts = np.concatenate([first[i] + n * np.arange(n) for i, n in enumerate(counts)])
    ends = np.arange(len(orders) + 1) * orders.shape[1]
    ones = np.ones(orders.size, np.float32)
    return csr_array((ones, (starts + orders).ravel(), ends), shape=(len(orders), first[-1]))


def _cross_products(
    y: Float[np.ndarray, "voxel kept"], p: Float[np.ndarray, "voxel kept"], pieces: Sequence[Blocks]
) -> Float[np.ndarray, "voxel pair"]:
    """Product of every block of the response with every block of the prediction in its run."""
    edges = np.cumsum([blocks.size for blocks in pieces])[:-1]
    split = (np.split(side.astype(np.float32), edges, axis=1) for side in (y, p))
    products = [
        np.matmul(a.reshape(len(a), *blocks.shape), b.reshape(len(b), *blocks.shape).swapaxes(1, 2))
        for a, b, blocks in zip(*split, pieces, strict=True)
    ]
    return np.concatenate([pairs.reshape(len(y), -1) for pairs in products], axis=1)
