"""Files that git-annex only promises: their name is there, their content is not."""

from pathlib import Path

from braid.errors import BadInput

# git-annex writes at most this much into the text that stands for an unlocked file.
_LONGEST_POINTER = 32 * 1024


def refuse_pointer(path: str | Path) -> None:
    """Refuse an annexed file whose content was not fetched.

    Raises
    ------
    BadInput
        When `path` is a dangling symlink, or a short text that names an annex key.
    """
    path = Path(path)
    if path.is_symlink() and not path.exists():
        raise _not_fetched(path, f"symlink to the absent {path.readlink()}")
    if path.stat().st_size <= _LONGEST_POINTER and b"/annex/objects/" in path.read_bytes():
        raise _not_fetched(path, "text that names an annex key stands for the content")


def _not_fetched(path: Path, found: str) -> BadInput:
    return BadInput(path, "content", f"not fetched ({found})", f"datalad get {path}")
