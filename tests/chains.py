"""Records of jobs that never ran, sealed and chained as real ones are."""

import hashlib
import json
from pathlib import Path

from braid.provenance.schema import Record, claim
from braid.provenance.shelf import SUFFIX
from braid.store import sha256

PACKAGED = {
    "release": {
        "dataset": "haxby2001",
        "version": "2.6.5",
        "commit": None,
        "package": "pymvpa2",
        "licence": "CC-BY-SA-3.0",
    },
    "package": {"bytes": 10, "sha256": ""},
    "place": "",
    "simulated": False,
    "locked": None,
}


def digest(name):
    return hashlib.sha256(name.encode()).hexdigest()


def described(path, role, **facts):
    return {"path": path, "role": role, "bytes": 10, "sha256": digest(path)} | facts


def write(root, name, rule, reads=(), tracked=(), params=None, wildcards=None, **changes):
    """Write the record of a job that made `results/<name>.nc`; give the path it is recorded by.

    `reads` are such paths, of jobs upstream; `tracked` are files of the repository. `changes` are
    fields of a record, or of its parts, as `usage__seconds=3`.
    """
    path = f"results/{name}{SUFFIX}"
    inputs = [_made(root, record) for record in reads]
    told = {
        "path": path,
        "passport": "",
        "rule": rule,
        "wildcards": wildcards or {"name": name},
        "params": params or {},
        "config": {"source": "twin"},
        "threads": 1,
        "resources": {},
        "inputs": inputs + [described(file, "table") for file in tracked],
        "outputs": [described(f"results/{name}.nc", "out")],
        "code": {"commit": "c" * 40, "dirty": False, "diff_sha256": None, "modules": {}},
        "software": {"python": "3.11.7", "packages": {"numpy": "2.4"}, "blas": []},
        "machine": {"host": "here", "platform": "Linux", "cpus": 2, "device": "cpu", "env": {}},
        "usage": {
            "started": "2026-01-01T00:00:00+00:00",
            "seconds": 1.0,
            "cpu_seconds": 2.0,
            "peak_rss_bytes": 100,
            "record_seconds": 0.0,
        },
    }
    for field, value in changes.items():
        part, _, inner = field.partition("__")
        told[part] = told[part] | {inner: value} if inner else value
    place = Path(root, path)
    place.parent.mkdir(parents=True, exist_ok=True)
    record = Record.model_validate(told)
    asked = claim(record.rule, record.wildcards, record.params, record.inputs)
    sealed = record.model_copy(update={"passport": asked}).sealed()
    place.write_text(sealed.model_dump_json(indent=1) + "\n")
    return path


def raw(root, path, origin, file=None):
    """Write the record of a fetched file."""
    made = [described(f"results/fetch/{path}", "file", **(file or {}))]
    told = {"params": {"origin": origin}, "wildcards": {"path": path}, "outputs": made}
    return write(root, f"fetch/{path}", "fetch", **told)


def _made(root, record):
    """The file that a record upstream says its job wrote, as an input of the next."""
    [file] = json.loads(Path(root, record).read_text())["outputs"]
    return file | {"made_by": {"record": record, "sha256": sha256(Path(root, record))}}
