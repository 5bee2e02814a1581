"""YAML read with suspicion: no aliases, no duplicate keys, every error with its line."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from braid.errors import BadInput

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]
Problem = tuple[Place, str]

# A study is a page or two; a megabyte of YAML is an attack or a mistake.
MAX_BYTES = 1_000_000
# In C, for speed: every job of a cluster reads the studies twice.
_LOADER = yaml.CSafeLoader


def validate(
    path: Path, model: type[Model], contradictions: Callable[[Model], Iterable[Problem]]
) -> Model:
    """Read `path` into `model`, then ask `contradictions` what no single field shows.

    Raises
    ------
    BadInput
        Naming the file and listing all problems at once, each with line and field.
    """
    root, content = _read(path)
    try:
        found = model.model_validate(content)
    except ValidationError as error:
        raise _refusal(path, root, [(e["loc"], e["msg"]) for e in error.errors()]) from error
    if problems := list(contradictions(found)):
        raise _refusal(path, root, problems)
    return found


def harmless(path: str) -> str:
    """Give back the path of a YAML file that whoever comes next may read without precautions.

    Raises
    ------
    BadInput
        When it is large, is no YAML, has aliases or tags, or a key twice.
    """
    _read(Path(path))
    return path


def _refusal(path: Path, root: yaml.Node | None, problems: list[Problem]) -> BadInput:
    lines = sorted(_describe(root, place, message) for place, message in problems)
    return BadInput(
        path,
        f"{len(lines)} problem{'s' * (len(lines) > 1)}",
        "".join(f"\n  {line}" for line in lines),
        "correct these fields; the schemas are in workflow/schemas",
    )


def _read(path: Path) -> tuple[yaml.Node | None, object]:
    """Return the tree of nodes, which knows lines, and what it says."""
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(path, "size", f"more than {MAX_BYTES} bytes", "split the file")
    try:
        text = path.read_text(encoding="utf-8")
        _refuse_aliases(path, text)
        root, content = yaml.compose(text, Loader=_LOADER), _LOADER(text).get_single_data()
    except UnicodeDecodeError as error:
        raise BadInput(path, f"byte {error.start}", "not UTF-8", "save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise BadInput(path, "YAML", str(error), "correct the syntax") from error
    for key in _duplicates(root):
        raise BadInput(path, f"line {_line(key)}", f"{key.value!r} stands twice", "remove one")
    return root, content


def _refuse_aliases(path: Path, text: str) -> None:
    """Refuse aliases before anything expands: nested ones grow to gigabytes."""
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1
            raise BadInput(
                path, f"line {line}", f"alias *{event.anchor}", "write the value out; no aliases"
            )


def _duplicates(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key
            seen.add(key.value)
            yield from _duplicates(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicates(item)


def _describe(root: yaml.Node | None, place: Place, message: str) -> str:
    field = ".".join(map(str, place)) or "file"
    return f"line {_line(_find(root, place)):>3}  {field}: {message}"


def _find(node: yaml.Node | None, place: Place) -> yaml.Node | None:
    """Return the deepest node on the way to `place`; discriminators of unions are no nodes."""
    for step in place:
        node = _child(node, step) or node
    return node


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key if isinstance(value, yaml.ScalarNode) else value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step]
    return None


def _line(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node else 1
