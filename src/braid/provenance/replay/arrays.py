"""Two artefacts in the array format, compared variable by variable.

Allowed are 1e-10 in float64; in float32 1e-4 for scores, and 1e-4 of the largest value for all
else, such as weights and features. Integers, texts and the places of NaN must agree. A penalty in a
near tie may flip: voxels whose `alpha` did are counted, up to 0.1 %, and their scores not compared.
As many columns of `p`, `q` and `coef` may differ, which jump with a draw or a penalty.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float

from braid.provenance.replay.levels import (
    BEYOND,
    EQUAL,
    FLIPS,
    SUMMARY,
    WITHIN,
    Difference,
    worst,
)
from braid.store import VOXEL_BLOCK

ALLOWED = {"float64": 1e-10, "float32": 1e-4}
SCORES = frozenset({"r", "r2", "cv_score", "ceiling", "score", "split", "p", "q"})
JUMPS = frozenset({"p", "q", "coef"})


class _Distance(NamedTuple):
    """How far two variables are apart, column by column."""

    columns: Float[np.ndarray, " column"]
    """Largest difference; infinite where NaN, texts or integers disagree."""
    scale: float
    """Largest recorded value."""


def compare_arrays(recorded: Path, again: Path) -> Difference:
    """Compare two artefacts, a block of voxels in memory at a time."""
    engine = "h5netcdf"
    with (
        xr.open_dataset(recorded, engine=engine) as one,
        xr.open_dataset(again, engine=engine) as other,
    ):
        return compare_datasets(one, other)


def compare_datasets(recorded: xr.Dataset, again: xr.Dataset) -> Difference:
    """Compare all variables, coordinates and attributes of two data sets."""
    if told := _other_form(recorded, again):
        return Difference(BEYOND, told)
    flipped = _flipped(recorded, again)
    found = [_variable(str(name), recorded, again, flipped) for name in recorded.variables]
    return worst([*found, _flips(flipped), *_attributes(recorded.attrs, again.attrs)])


def _other_form(recorded: xr.Dataset, again: xr.Dataset) -> str:
    forms = [
        {str(k): f"{v.dtype} {dict(v.sizes)}" for k, v in data.variables.items()}
        for data in (recorded, again)
    ]
    names = sorted(
        k for k in forms[0].keys() | forms[1].keys() if forms[0].get(k) != forms[1].get(k)
    )
    told = [
        f"{k}: {forms[0].get(k, 'absent')} recorded, {forms[1].get(k, 'absent')} now"
        for k in names[:3]
    ]
    return "; ".join(told)


def _flipped(recorded: xr.Dataset, again: xr.Dataset) -> Bool[np.ndarray, " voxel"]:
    """Voxels that took another penalty."""
    if "alpha" not in recorded:
        return np.zeros(recorded.sizes.get("voxel", 0), bool)
    pair = recorded["alpha"].values, again["alpha"].values
    return ~np.isclose(*pair, rtol=1e-3, equal_nan=True) & np.isfinite(pair).all(axis=0)


def _flips(flipped: Bool[np.ndarray, " voxel"]) -> Difference:
    if not flipped.any():
        return Difference(EQUAL)
    level = WITHIN if flipped.mean() <= FLIPS else BEYOND
    text = f"alpha flipped in {flipped.sum():,} of {flipped.size:,} voxels"
    return Difference(level, f"{text}, first in voxel {flipped.argmax()}")


def _variable(
    name: str, recorded: xr.Dataset, again: xr.Dataset, flipped: Bool[np.ndarray, " voxel"]
) -> Difference:
    one, other = _lined_up(recorded[name]), _lined_up(again[name])
    columns, scale = _distance(one, other)
    if one.dims[-1] == "voxel":
        columns = np.where(flipped, 0.0, columns)
    if not columns.any():
        return Difference(EQUAL)
    off = columns > _allowed(name, one.dtype, scale)
    level = WITHIN if off.mean() <= (FLIPS if name in JUMPS else 0.0) else BEYOND
    where = _place(recorded, name, one, other, int(columns.argmax()))
    beyond = f"beyond in {off.sum():,} of {off.size:,} {one.dims[-1]}s"
    most = float(columns.max())
    return Difference(level, f"{name}: largest difference {_size(most)} at {where}; {beyond}", most)


def _lined_up(array: xr.DataArray) -> xr.Variable:
    """A variable that has columns, be it one."""
    return (array if array.ndim else array.expand_dims("value")).variable


def _size(most: float) -> str:
    return f"{most:.2g}" if np.isfinite(most) else "of NaN, text or integers"


def _allowed(name: str, dtype: np.dtype, scale: float) -> float:
    unit = 1.0 if name in SCORES or dtype == np.float64 else scale
    return ALLOWED.get(str(dtype), 0.0) * unit


def _distance(one: xr.Variable, other: xr.Variable) -> _Distance:
    parts = [(_columns(a, b), _largest(a)) for a, b in _blocks(one, other)]
    return _Distance(np.concatenate([found for found, _ in parts]), max(s for _, s in parts))


def _blocks(one: xr.Variable, other: xr.Variable) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of all rows of some columns."""
    for start in range(0, max(one.shape[-1], 1), VOXEL_BLOCK):
        some = slice(start, start + VOXEL_BLOCK)
        yield one[..., some].values, other[..., some].values


def _columns(a: np.ndarray, b: np.ndarray) -> Float[np.ndarray, " column"]:
    apart = distances(a, b)
    return apart.reshape(-1, apart.shape[-1]).max(axis=0, initial=0.0)


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Distance of each pair of values: infinite where NaN, texts or integers disagree."""
    if not np.issubdtype(a.dtype, np.floating):
        return np.where(a == b, 0.0, np.inf)
    x, y = a.astype(float), b.astype(float)
    same = (x == y) | (np.isnan(x) & np.isnan(y))
    apart = np.abs(np.subtract(x, y, out=np.zeros_like(x), where=~same))
    return np.where(np.isnan(apart), np.inf, apart)


def _largest(a: np.ndarray) -> float:
    if not np.issubdtype(a.dtype, np.floating):
        return 0.0
    return float(np.abs(a[np.isfinite(a)]).max(initial=0.0))


def _place(data: xr.Dataset, name: str, one: xr.Variable, other: xr.Variable, column: int) -> str:
    """Index of the largest difference, and what coordinates say of it."""
    apart = distances(one[..., column].values, other[..., column].values)
    row = np.unravel_index(apart.argmax(), apart.shape)
    index = dict(zip(one.dims, [*map(int, row), column], strict=True))
    labels = {
        str(key): values.values[index[values.dims[0]]]
        for key, values in data.coords.items()
        if key != name and values.ndim == 1 and values.dims[0] in index
    }
    found = {str(dim): i for dim, i in index.items()} | labels
    return ", ".join(f"{key} {value}" for key, value in found.items())


def _attributes(recorded: dict[Any, Any], again: dict[Any, Any]) -> Iterator[Difference]:
    for name in sorted(map(str, recorded.keys() | again.keys())):
        pair = np.asarray(recorded.get(name)), np.asarray(again.get(name))
        if pair[0].shape != pair[1].shape or pair[0].dtype.kind != pair[1].dtype.kind:
            yield Difference(BEYOND, f"attribute {name}: {pair[0]} recorded, {pair[1]} now")
        elif (apart := float(distances(*pair).max(initial=0.0))) > 0:
            level = WITHIN if apart <= SUMMARY else BEYOND
            yield Difference(level, f"attribute {name}: {pair[0]} recorded, {pair[1]} now", apart)
