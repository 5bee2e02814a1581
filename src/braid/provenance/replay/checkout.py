"""The repository as it was at a commit, in a folder that does not stay."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from braid.errors import BadInput
from braid.provenance import files
from braid.provenance.chain import Chain
from braid.provenance.schema import File, Maker
from braid.sources.commands import run
from braid.store import sha256


@contextmanager
def checkout(root: Path, commit: str) -> Iterator[Path]:
    """Yield a git worktree at a commit; it is removed whatever happens.

    Raises
    ------
    BadInput
        When the repository does not have the commit any more.
    """
    try:
        with TemporaryDirectory(prefix="braid-replay-") as folder:
            place = Path(folder) / "repository"
            command = ["git", "worktree", "add", "--quiet", "--detach", str(place), commit]
            done = run(command, root)
            if done.returncode:
                problem = f"not in {root} ({done.stderr.strip()})"
                raise BadInput(commit, "commit", problem, "fetch it from a clone that has it")
            yield place
    finally:
        run(["git", "worktree", "prune"], root)


def link(chain: Chain, given: Iterable[File], folder: Path) -> None:
    """Link recorded files, and the records of their jobs, to their places in a checkout.

    Raises
    ------
    BadInput
        When one is gone, or is not what was read for the figure.
    """
    paths: dict[str, None] = {}
    for file in given:
        paths |= dict.fromkeys((file.path, _verified(chain, file)))
    moment = time.time()
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(chain.shelf.place(path).absolute())
        # Snakemake makes again what is older than what it is made from: all links are of one age.
        os.utime(target, (moment, moment), follow_symlinks=False)


def _verified(chain: Chain, file: File) -> str:
    """Path of the record of a file, once both were found to be what was read."""
    maker, place = cast(Maker, file.made_by), chain.shelf.place(file.path)
    if maker.record in chain.faults:
        raise chain.faults[maker.record]
    if not place.exists():
        raise BadInput(
            place, "file", "gone", "start farther upstream with --from, or from raw files"
        )
    read = files.described(place, file.role).sha256 == file.sha256
    if not read or sha256(chain.shelf.place(maker.record)) != maker.sha256:
        problem = "is not what was read for the figure, or its record is not"
        raise BadInput(place, "sha256", problem, "start farther upstream, or get it again")
    return maker.record
