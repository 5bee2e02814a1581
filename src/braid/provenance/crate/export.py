"""Write a crate: a folder that holds figures and all that is known of how they were made."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from braid.errors import BadInput
from braid.provenance.chain import chain
from braid.provenance.crate import code, papers, verify
from braid.provenance.crate.contents import Contents, Item, gather
from braid.provenance.crate.graph import describe
from braid.provenance.crate.signature import sign
from braid.provenance.files import STAMP
from braid.provenance.passports import record_of
from braid.provenance.repository import Repository
from braid.sources.folders import atomic_folder

CITATION = "CITATION.cff"
LICENCE = "LICENSE"


def export(
    files: Sequence[Path],
    results: Path,
    folder: Path,
    *,
    data: bool = False,
    key: Path | None = None,
) -> Contents:
    """Write the crate of some figures, all or nothing.

    Parameters
    ----------
    files
        Figures, wherever they were copied, or other artefacts of a run.
    results
        The folder of results.
    folder
        Where the crate goes; it must not be there.
    data
        Take intermediates and raw data along, as far as they may be passed on.
    key
        Private ssh key to sign with.

    Returns
    -------
    Contents
        What the crate holds, what it only names, and why.

    Raises
    ------
    BadInput
        When the folder is there, a record is missing, a file is not what its record says, or the
        key cannot be used.
    """
    if folder.exists():
        raise BadInput(folder, "--crate", "is there already", "name a new folder")
    chains = [chain(record_of(file, results)) for file in files]
    contents = gather(chains, data=data)
    with atomic_folder(folder) as partial:
        _fill(partial, contents)
        _refuse_faults(partial)
        if key:
            sign(partial, key)
    return contents


def _fill(folder: Path, contents: Contents) -> None:
    repository = Repository(contents.shelf.root)
    workflow = code.workflow(repository, contents.heads[0])
    scripts = code.scripts(repository, contents.records.values())
    texts = _papers(contents)
    for item in [*contents.items.values(), *workflow, *scripts.values(), *texts]:
        _copy(item, folder / item.path)
    citation = yaml.safe_load((folder / CITATION).read_text(encoding="utf-8"))
    describe(contents, workflow, scripts, texts, citation).metadata.write(folder)


def _papers(contents: Contents) -> list[Item]:
    root = contents.shelf.root
    citation = (root / CITATION).read_bytes()
    texts = {
        "README.md": papers.readme(contents).encode(),
        "dataset_description.json": papers.dataset_description(
            contents, yaml.safe_load(citation)
        ).encode(),
        CITATION: citation,
        LICENCE: (root / LICENCE).read_bytes(),
        "audit.py": Path(verify.__file__).read_bytes(),
    }
    return [
        Item(name, hashlib.sha256(text).hexdigest(), len(text), text)
        for name, text in texts.items()
    ]


def _copy(item: Item, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(item.source, bytes):
        target.write_bytes(item.source)
    elif item.source and item.folder:
        # What records leave out, too.
        shutil.copytree(item.source, target, ignore=shutil.ignore_patterns(STAMP, ".git"))
    elif item.source:
        shutil.copyfile(item.source, target)


def _refuse_faults(folder: Path) -> None:
    """A crate that does not verify proves nothing."""
    for code_, path, text in verify.verify(folder).findings:
        raise BadInput(path, code_, text, "see what `braid audit` says of the figure")
