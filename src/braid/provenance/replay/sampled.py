"""A random part of the voxels of every encoding model, held against the fit of all."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from braid.errors import BadInput
from braid.provenance.chain import Chain, makers
from braid.provenance.replay.arrays import compare_datasets
from braid.provenance.replay.levels import Comparison
from braid.provenance.schema import File, Maker, Record
from braid.store import load, sha256

# What fits read besides the choices that stand in their scores.
READ = frozenset({"designs", "responses"})


class Sample(NamedTuple):
    """How many voxels of every subject and model, and what draws them."""

    n: int
    seed: int


def models(chain: Chain) -> list[Record]:
    """Jobs that gathered the encoding models behind a figure.

    Raises
    ------
    BadInput
        When there are none.
    """
    found = [record for record in chain.records.values() if record.rule == "encode"]
    if not found:
        cure = "replay it whole"
        raise BadInput(chain.head.path, "--sample", "no encoding model stands behind it", cure)
    return found


def target(record: Record, sample: Sample) -> str:
    """Path of a sample of a model."""
    top, names = record.path.partition("/")[0], record.wildcards
    place = f"{top}/{names['source']}/sample/{names['study']}/{names['subject']}/{names['fit']}"
    return f"{place}/{sample.n}-{sample.seed}.nc"


def read_by_sample(record: Record, chain: Chain) -> Iterator[File]:
    """Designs and responses of a model, and its scores."""
    maker = Maker(record=record.path, sha256=sha256(chain.shelf.place(record.path)))
    yield _scores(record).model_copy(update={"made_by": maker})
    for fit in makers(record):
        if fit in chain.faults:
            raise chain.faults[fit]
        yield from (file for file in chain.records[fit].inputs if file.role in READ)


def compare_sample(record: Record, sample: Sample, chain: Chain, folder: Path) -> Comparison:
    """Compare the voxels that were fitted again with the same voxels of the whole fit."""
    again = load(folder / target(record, sample))
    path = _scores(record).path
    whole = load(chain.shelf.place(path)).isel(voxel=again["voxel"].values)
    same = whole[list(again.data_vars)].assign_coords(voxel=again["voxel"])
    return Comparison(path, "sample", compare_datasets(same.drop_attrs(), again.drop_attrs()))


def _scores(record: Record) -> File:
    return next(file for file in record.outputs if file.role == "scores")
