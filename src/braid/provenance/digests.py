"""What code makes an artefact: a digest that comments and formatting do not change.

Snakemake watches a script's modification time and none of its imports; its cache key ignores
imports too and would serve results of an older library. This digest, given to each rule as a
parameter, is what both then see.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import grimp

PACKAGE = "braid"
ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "workflow" / "scripts"
# The pinned software is part of what makes a result.
LOCK = ROOT / "envs" / "run.lock"


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
    source = (SCRIPTS / script).read_text(encoding="utf-8")
    digest = hashlib.sha256(_meaning(source) + _lock())
    for module in sorted(_reached({*_imported(source), *modules})):
        digest.update(module.encode() + _meaning_of(module))
    return digest.hexdigest()[:16]


def _reached(modules: set[str]) -> set[str]:
    """Add what the modules import, and the packages whose __init__ runs on the way."""
    graph = _graph()
    found: set[str] = set()
    queue = [*modules]
    while queue:
        module = queue.pop()
        if module in graph.modules and module not in found:
            found.add(module)
            queue.extend(graph.find_modules_directly_imported_by(module))
            queue.append(module.rpartition(".")[0])
    return found


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _meaning_of(module: str) -> bytes:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return _meaning(Path(spec.origin).read_text(encoding="utf-8"))


def _meaning(source: str) -> bytes:
    return ast.dump(ast.parse(source)).encode()


@cache
def _lock() -> bytes:
    return hashlib.sha256(LOCK.read_bytes()).digest()


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE, cache_dir=None)
