"""One module per simulated data set: the files of the real one, and a truth planted in them.

A twin shares with the pipeline the layout of files, never the code that computes an answer.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast, runtime_checkable


@runtime_checkable
class Twin(Protocol):
    """What every module named in `NAMES` offers."""

    PACKAGES: tuple[str, ...]
    """Packages of config/packages.tsv that it is made of."""
    MODELS: tuple[str, ...]
    """Models of config/models.tsv that it is made of."""

    def write(
        self,
        folder: Path,
        truth: Path,
        given: Mapping[str, Path],
        seed: int,
        *,
        signal: bool = True,
    ) -> None:
        """Write the data set into `folder` and, outside it, what was planted into `truth`.

        `given` has the archive of each package and the folder of each model under its name, and
        under `table` a table of what to write. Without `signal` the responses are noise alone.
        """
        ...


NAMES = MappingProxyType(
    {
        "ds002322": "braid.twins.ds002322",
        "ds003020": "braid.twins.ds003020",
        "ds003643": "braid.twins.ds003643",
        "nsd": "braid.twins.nsd",
        "xnli": "braid.twins.xnli",
    }
)


def find(name: str) -> Twin:
    """Return the module that writes the twin of the data set `name`.

    Raises
    ------
    KeyError
        When no module is registered under that name.
    """
    return cast(Twin, import_module(NAMES[name]))
