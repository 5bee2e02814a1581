"""State dicts of PyTorch, read without executing anything.

They are pickles that name tensors, beside the raw bytes of these. PyTorch itself would run what a
pickle says; here its instructions are only listed (`pickletools`), and those few that a state dict
needs are followed: texts, numbers, containers and tensors. Both formats are known: the zip archive,
and the row of pickles of PyTorch before 1.6.
"""

import io
import pickletools
import zipfile
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Shaped

from braid.errors import BadInput

_TENSOR, _PARAMETER = "torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter"
_DICT = "collections OrderedDict"
_DTYPES = MappingProxyType(
    {
        "torch DoubleStorage": "<f8",
        "torch FloatStorage": "<f4",
        "torch HalfStorage": "<f2",
        "torch LongStorage": "<i8",
        "torch IntStorage": "<i4",
        "torch ByteStorage": "u1",
    }
)
_NAMES = frozenset({_TENSOR, _PARAMETER, _DICT, *_DTYPES})
_MARK = object()
_CONSTANTS = MappingProxyType(
    {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": (), "MARK": _MARK}
)
# In a row of pickles: a magic number, a protocol and the machine.
_BEFORE = 3


class _Storage(NamedTuple):
    key: str
    dtype: str


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read(content: bytes) -> dict[str, Shaped[np.ndarray, "..."]]:
    """Read the tensors of a state dict by name.

    Parameters
    ----------
    content
        Bytes of a file that PyTorch saved.

    Raises
    ------
    BadInput
        When it holds more than tensors and their names, or less than it says.
    """
    is_zip = zipfile.is_zipfile(io.BytesIO(content))
    try:
        found, raw = _zipped(content) if is_zip else _in_a_row(content)
        return {name: _array(tensor, raw) for name, tensor in found.items()}
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        problem = f"no plain state dict of PyTorch ({error})"
        raise BadInput("weights", "state dict", problem, "do not use it") from None


def _zipped(content: bytes) -> tuple[dict[str, _Tensor], Callable[[str], bytes]]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    [name] = (name for name in archive.namelist() if name.endswith("/data.pkl"))
    found = _follow(io.BytesIO(archive.read(name)))
    return found, lambda key: archive.read(f"{name.removesuffix('.pkl')}/{key}")


def _in_a_row(content: bytes) -> tuple[dict[str, _Tensor], Callable[[str], bytes]]:
    file = io.BytesIO(content)
    *_, found, keys = (_follow(file) for _ in range(_BEFORE + 2))
    sizes = {one.storage.key: np.dtype(one.storage.dtype).itemsize for one in found.values()}
    raw = {key: file.read(int.from_bytes(file.read(8), "little") * sizes[key]) for key in keys}
    return found, raw.__getitem__


def _array(tensor: _Tensor, raw: Callable[[str], bytes]) -> Shaped[np.ndarray, "..."]:
    """Copy a part of a storage; numpy refuses what would lie beyond its end."""
    dtype = np.dtype(tensor.storage.dtype)
    strides = tuple(step * dtype.itemsize for step in tensor.strides)
    offset = tensor.offset * dtype.itemsize
    return np.ndarray(tensor.shape, dtype, raw(tensor.storage.key), offset, strides).copy()


def _follow(file: io.BytesIO) -> Any:
    """What one pickle describes; tensors are not yet read."""
    stack: list[Any] = []
    memo: dict[Any, Any] = {}
    for code, value, _ in pickletools.genops(file):
        match code.name:
            case "BINUNICODE" | "BININT" | "BININT1" | "BININT2" | "LONG1":
                stack.append(value)
            case name if name in _CONSTANTS:
                stack.append(_CONSTANTS[name])
            case "EMPTY_DICT" | "EMPTY_LIST":
                stack.append({} if code.name == "EMPTY_DICT" else [])
            case "BINPUT" | "LONG_BINPUT":
                memo[value] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(memo[value])
            case "TUPLE":
                stack.append(tuple(_since_mark(stack)))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                size = int(code.name[-1])
                stack[-size:] = [tuple(stack[-size:])]
            case "APPENDS":
                items = _since_mark(stack)
                stack[-1].extend(items)
            case "SETITEM":
                key, item = stack[-2:]
                stack[-2:] = []
                stack[-1][key] = item
            case "SETITEMS":
                items = _since_mark(stack)
                stack[-1].update(zip(items[::2], items[1::2], strict=True))
            case "GLOBAL" if value in _NAMES:
                stack.append(value)
            case "BINPERSID":
                _, kind, key, *_ = stack.pop()
                stack.append(_Storage(key, _DTYPES[kind]))
            case "REDUCE":
                given = stack.pop()
                stack.append(_made(stack.pop(), given))
            case "BUILD":
                # Versions of the modules, an attribute of the dict.
                stack.pop()
            case "PROTO" | "STOP":
                continue
            case other:
                raise ValueError(f"it holds {other} {value or ''}")
    return stack.pop()


def _since_mark(stack: list[Any]) -> list[Any]:
    start = max(place for place, item in enumerate(stack) if item is _MARK)
    items = stack[start + 1 :]
    del stack[start:]
    return items


def _made(name: str, given: tuple[Any, ...]) -> Any:
    if name == _DICT:
        return {}
    return _Tensor(*given[:4]) if name == _TENSOR else given[0]
