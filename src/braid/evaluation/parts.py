"""The voxels of a subject cut into the parts that jobs work on, and parts into blocks."""

from collections.abc import Iterator
from math import ceil

from braid.errors import BadInput
from braid.fitting import BLOCK


def count(voxels: int, per_job: int) -> int:
    """Number of parts that hold at most `per_job` voxels each, in whole blocks."""
    return ceil(_blocks(voxels) / _blocks(per_job))


def part(voxels: int, index: int, parts: int) -> slice:
    """Voxels of one of the parts: whole blocks, as many as in any other part, or one more.

    Raises
    ------
    BadInput
        When there are fewer blocks than parts.
    """
    blocks = _blocks(voxels)
    if blocks < parts:
        raise BadInput(
            "config/config.yaml",
            "voxels_per_job",
            f"{parts} jobs were planned for {voxels} voxels, which are {blocks} blocks",
            "set a larger number",
        )
    first, last = (edge * blocks // parts * BLOCK for edge in (index, index + 1))
    return slice(first, min(last, voxels))


def blocks(part: slice) -> Iterator[slice]:
    """Blocks of a part. They are the same however the voxels are cut into parts."""
    for start in range(part.start, part.stop, BLOCK):
        yield slice(start, min(start + BLOCK, part.stop))


def _blocks(voxels: int) -> int:
    return ceil(voxels / BLOCK)
