"""Whether a file is what its name promises: a job may end well and have written rubbish."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
from PIL import Image
from safetensors import SafetensorError, safe_open

from braid.errors import BadInput

# Pillow calls a broken chunk of a PNG a syntax error.
_BROKEN = (OSError, ValueError, SyntaxError, SafetensorError)


def refuse_rubbish(path: Path) -> None:
    """Refuse an output that is empty, cut off, or something else than its suffix says.

    Formats know how long they must be, so little more than their heads is read. Links lead to
    fetched files, which have digests to hold them against.

    Raises
    ------
    BadInput
        When it cannot be opened.
    """
    try:
        if path.is_file() and not path.is_symlink():
            _open.get(path.suffix, _some)(path)
    except _BROKEN as error:
        raise BadInput(
            path,
            "content",
            f"the job ended, but this is no {path.suffix} file ({error})",
            "see whether its disk is full, and run the job again",
        ) from None


def _some(path: Path) -> None:
    if not path.stat().st_size:
        raise ValueError("it is empty")


def _netcdf(path: Path) -> None:
    h5py.File(path, "r").close()


def _picture(path: Path) -> None:
    with Image.open(path) as picture:
        picture.verify()


def _weights(path: Path) -> None:
    with safe_open(path, framework="numpy"):
        pass


def _json(path: Path) -> None:
    json.loads(path.read_text(encoding="utf-8"))


_open: dict[str, Callable[[Path], Any]] = {
    ".nc": _netcdf,
    ".png": _picture,
    ".safetensors": _weights,
    ".json": _json,
}
