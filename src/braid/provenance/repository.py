"""Questions to git about a repository; nothing here changes it."""

import hashlib
import subprocess
from functools import cache, cached_property
from pathlib import Path

# Code that git does not know yet counts as uncommitted.
CODE = ("Snakefile", "workflow", "src", "config", "resources", "envs")


class Repository:
    """A checkout of BRAID, or a folder without git: then nothing is known of any commit.

    Parameters
    ----------
    root
        Of the checkout.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.blob = cache(self._blob)
        self.has = cache(self._has)

    @cached_property
    def head(self) -> str | None:
        """The commit that is checked out."""
        found = self._ask("rev-parse", "--verify", "HEAD")
        return found.decode().strip() if found else None

    def is_still_at(self, commit: str) -> bool:
        """Whether the code that is checked out is that of a commit, nothing changed or added."""
        same = self._ask("diff", "--quiet", "--ignore-submodules=none", commit, "--", *CODE)
        added = self._ask("ls-files", "--others", "--exclude-standard", "--", *CODE)
        return same is not None and added == b""

    def digest(self, commit: str, path: str) -> str | None:
        """SHA-256 of a tracked file at a commit."""
        found = self.blob(commit, path)
        return None if found is None else hashlib.sha256(found).hexdigest()

    def _has(self, commit: str) -> bool:
        """Whether the commit is still known."""
        return self._ask("cat-file", "-e", f"{commit}^{{commit}}") is not None

    def _blob(self, commit: str, path: str) -> bytes | None:
        """Content of a tracked file at a commit."""
        return self._ask("cat-file", "blob", f"{commit}:{path}")

    def _ask(self, *words: str) -> bytes | None:
        # A replaced object would show another history than the one that ran.
        command = ["git", "--no-replace-objects", "-C", str(self.root), *words]
        run = subprocess.run(command, capture_output=True, check=False)
        return run.stdout if run.returncode == 0 else None
