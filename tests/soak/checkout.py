"""Runs of Snakemake in a checkout, and what comes of them."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import checkouts

from braid.provenance.schema import File, Record
from braid.store import sha256

RECORD = ".prov.json"


def snakemake(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start Snakemake in a checkout, in a process group of its own; it writes beside it."""
    with said(folder).open("ab") as log:
        # In the background of a shell an interrupt is ignored, and so it would be here.
        return subprocess.Popen(
            ["env", "--default-signal=INT", *checkouts.command(*words)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder / "src")},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def said(folder: Path) -> Path:
    """What all runs in a checkout said."""
    return folder.with_suffix(".log")


def contents(results: Path) -> dict[str, str]:
    """Digest of every file but the records, and what git and Snakemake note for themselves."""
    paths = (path for path in results.rglob("*") if path.is_file() or path.is_symlink())
    return {
        str(path.relative_to(results)): sha256(path)
        for path in paths
        if not path.name.endswith((RECORD, ".snakemake_timestamp")) and ".git" not in path.parts
    }


def written(results: Path, since: float) -> int:
    """Files that were made, changed or moved after a moment, in seconds of the epoch."""
    return sum(path.lstat().st_ctime > since for path in results.rglob("*"))


def records(results: Path) -> Iterator[Path]:
    """Records of the jobs that ended; pathlib would stumble over folders that go meanwhile."""
    for folder, _, names in os.walk(results):
        yield from (Path(folder, name) for name in names if name.endswith(RECORD))


def facts(record: Path) -> dict[str, object]:
    """What a record says, but for when, where and in what time it came to be."""
    read = Record.model_validate(json.loads(record.read_text()))
    told = read.model_dump(include={"path", "passport", "rule", "wildcards", "params", "config"})
    files: dict[str, object] = {"inputs": _plain(read.inputs), "outputs": _plain(read.outputs)}
    return told | files | {"modules": read.code.modules, "packages": read.software.packages}


def _plain(files: list[File]) -> list[dict[str, object]]:
    """Without the digest of the maker's record, which says when that job ran."""
    return [file.model_dump(exclude={"made_by"}) for file in files]
