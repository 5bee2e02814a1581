"""A checkout of its own with the code as it is now, which tests may run."""

import os
import shutil
import sys
from pathlib import Path

from toys import git

ROOT = Path(__file__).parents[1]


def build(folder: Path) -> Path:
    """Copy the code as it is now, and commit it; downloaded packages are shared, not copied."""
    for name in git(ROOT, "ls-files", "-co", "--exclude-standard").splitlines():
        if os.path.lexists(ROOT / name):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "as it is now")
    (ROOT / ".cache/packages").mkdir(parents=True, exist_ok=True)
    (folder / ".cache").mkdir()
    (folder / ".cache/packages").symlink_to(ROOT / ".cache/packages")
    return folder


def command(*words: str) -> list[str]:
    """Command that runs Snakemake on two cores."""
    return [sys.executable, "-m", "snakemake", "--cores", "2", *words]
