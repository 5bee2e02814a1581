"""What code makes an artefact: a digest that comments and formatting do not change.

Snakemake watches a script's modification time and none of its imports; its cache key ignores
imports too and would serve results of an older library. This digest, given to each rule as a
parameter, is what both then see.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "src"
SCRIPTS = ROOT / "workflow" / "scripts"
# The pinned software is part of what makes a result.
LOCK = ROOT / "envs" / "run.lock"


class _Source(NamedTuple):
    """What a file of code means, and what it imports."""

    meaning: bytes
    imports: frozenset[str]


@cache
def code(script: str, *modules: str) -> str:
    """Digest of a script, of all first-party modules that it reaches, and of the lock file.

    Parameters
    ----------
    script
        Path below workflow/scripts.
    *modules
        Modules that the script finds at run time, through a registry.

    Returns
    -------
    str
        16 hexadecimal digits. Equal code, whatever its comments and layout, has an equal digest.
    """
    source = _read(SCRIPTS / script)
    digest = hashlib.sha256(source.meaning + _lock())
    for path in sorted(_reached({*source.imports, *modules})):
        digest.update(str(path.relative_to(SOURCES)).encode() + _read(path).meaning)
    return digest.hexdigest()[:16]


def _reached(modules: set[str]) -> set[Path]:
    """Files of first-party modules that importing these runs, packages on the way included."""
    found: set[Path] = set()
    queue = [*modules]
    while queue:
        module = queue.pop()
        path = _file(module)
        if path and path not in found:
            found.add(path)
            queue += [*_read(path).imports, module.rpartition(".")[0]]
    return found


@cache
def _file(module: str) -> Path | None:
    """File of a first-party module; None for other modules, and for names inside a module."""
    place = SOURCES.joinpath(*module.split("."))
    candidates = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in candidates if module and path.is_file()), None)


@cache
def _read(path: Path) -> _Source:
    tree = ast.parse(path.read_bytes())
    return _Source(_meaning(tree), frozenset(_imported(tree)))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _meaning(tree: ast.Module) -> bytes:
    return hashlib.sha256(ast.dump(tree).encode()).digest()


@cache
def _lock() -> bytes:
    return hashlib.sha256(LOCK.read_bytes()).digest()
