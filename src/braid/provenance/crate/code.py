"""The code behind some records: as their commits hold it, not as it is now."""

import hashlib
import re
from collections.abc import Iterable

from braid.errors import BadInput
from braid.provenance.crate.contents import Item
from braid.provenance.repository import Repository
from braid.provenance.schema import Record

WORKFLOW = "Snakefile"
SCRIPTS = "workflow/scripts/"
_INCLUDE = re.compile(r'^include:\s*"(.+)"', re.MULTILINE)


def workflow(repository: Repository, record: Record) -> list[Item]:
    """Give the Snakefile, and the rule files that it includes, at the commit of a record.

    Raises
    ------
    BadInput
        When neither the commit nor the checkout has a Snakefile.
    """
    main = _content(repository, record, WORKFLOW)
    if main is None:
        raise BadInput(repository.root, WORKFLOW, "not there", "name the results of a checkout")
    rules = _INCLUDE.findall(main.decode())
    found = {path: _content(repository, record, path) for path in rules}
    return [_item(path, content) for path, content in ({WORKFLOW: main} | found).items() if content]


def scripts(repository: Repository, records: Iterable[Record]) -> dict[str, Item]:
    """Give the script of each record, by path of the record.

    A script is in the crate when commit or checkout have it as it ran, and only named else. Of
    two versions of a script the later ones go to a folder of their own.
    """
    found: dict[str, Item] = {}
    taken: dict[str, str] = {}
    for record in records:
        path = next(path for path in record.code.modules if path.startswith(SCRIPTS))
        digest = record.code.modules[path]
        place = path if taken.setdefault(path, digest) == digest else f"code/{digest[:12]}/{path}"
        found[record.path] = _script(repository, record, path)._replace(path=place)
    return found


def _script(repository: Repository, record: Record, path: str) -> Item:
    digest = record.code.modules[path]
    content = _content(repository, record, path)
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        return Item(path, digest, None, None, "this version is in no commit that is known here")
    return _item(path, content)


def _content(repository: Repository, record: Record, path: str) -> bytes | None:
    """Of a tracked file when a job ran; of an uncommitted one, as it is in the checkout now."""
    commit, now = record.code.commit, repository.root / path
    if commit and not record.code.dirty and (kept := repository.blob(commit, path)):
        return kept
    return now.read_bytes() if now.is_file() else None


def _item(path: str, content: bytes) -> Item:
    return Item(path, hashlib.sha256(content).hexdigest(), len(content), content)
