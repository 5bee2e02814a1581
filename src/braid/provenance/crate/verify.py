"""Verify a crate with Python alone: `python audit.py` inside it, or `braid audit CRATE`.

Files, metadata, records, seals and passports must agree; a signature says who vouches for them.
"""

import argparse
import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

METADATA = "ro-crate-metadata.json"
SIGNATURE = f"{METADATA}.sig"
PASSPORT = re.compile(rb'braid:passport(?:\0|:|" content=")([0-9a-f]+)')
UNKNOWN = {"METADATA_INVALID", "FILE_MISSING", "RECORD_MISSING", "SIGNATURE_UNCHECKED"}


class Finding(NamedTuple):
    """One thing that is not as it must be."""

    code: str
    path: str
    text: str


class Verdict(NamedTuple):
    """What was found, how much was hashed, and how much is only named and was not found."""

    findings: list[Finding]
    files: int
    bytes: int
    elsewhere: int
    elsewhere_bytes: int

    @property
    def exit(self) -> int:
        """0 verified, 1 mismatch, 2 cannot verify."""
        return min((1 + (finding.code in UNKNOWN) for finding in self.findings), default=0)

    @property
    def word(self) -> str:
        """The exit code in words."""
        return ("verified", "mismatch", "cannot verify")[self.exit]


class Listed(NamedTuple):
    """A file or folder that the metadata list; unless it is `here`, they only name it."""

    sha256: str
    bytes: int
    here: bool


class Crate(NamedTuple):
    """What a crate says of itself; its records as far as they are whole."""

    folder: Path
    entities: dict[str, Any]
    listed: dict[str, Listed]
    records: dict[str, Any]


def verify(folder: Path, data: Path | None = None, signers: Path | None = None) -> Verdict:
    """Verify a crate.

    Parameters
    ----------
    folder
        The crate.
    data
        A folder in which to look for files that the crate only names, by their digests.
    signers
        File of allowed signers, in the form of `ssh-keygen`.
    """
    try:
        entities = {e["@id"]: e for e in json.loads((folder / METADATA).read_bytes())["@graph"]}
        listed = dict(_listed(entities))
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Verdict([Finding("METADATA_INVALID", METADATA, repr(error))], 0, 0, 0, 0)
    crate = Crate(folder, entities, listed, {})
    findings = [*_signature(folder, signers), *_files(crate), *_records(crate)]
    for path, record in crate.records.items():
        for look in (_told, _chain, _passports):
            findings += look(crate, path, record)
    found = _found(crate, data) if data else set()
    seen = [one.bytes for one in listed.values() if one.here or one.sha256 in found]
    size = sum(one.bytes for one in listed.values())
    return Verdict(findings, len(seen), sum(seen), len(listed) - len(seen), size - sum(seen))


def _found(crate: Crate, data: Path) -> set[str]:
    """Digests of the files in a folder, and of recorded folders whose files are all there."""
    found = {_digest(path) for path in data.rglob("*") if path.is_file()}
    made = [file for record in crate.records.values() for file in record["outputs"]]
    folders = {file["sha256"]: set(file["files"].values()) for file in made if file["files"]}
    return found | {sha256 for sha256, members in folders.items() if members <= found}


def _listed(entities: dict[str, Any]) -> Iterator[tuple[str, Listed]]:
    for name, entity in entities.items():
        if "sha256" in entity:
            path, here = unquote(name.removeprefix("#")).rstrip("/"), not name.startswith("#")
            if path.startswith("/") or ".." in path.split("/"):
                raise ValueError(f"{path} leads out of the crate")
            yield path, Listed(entity["sha256"], int(entity.get("contentSize", 0)), here)


def _files(crate: Crate) -> Iterator[Finding]:
    here = {path: listed.sha256 for path, listed in crate.listed.items() if listed.here}
    for path, sha256 in here.items():
        if not (crate.folder / path).exists():
            yield Finding("FILE_MISSING", path, "the metadata list it, but it is not here")
        elif _digest(crate.folder / path) != sha256:
            yield Finding("OUTPUT_CHANGED", path, "not what the metadata list")
    for path in sorted(path for path in crate.folder.rglob("*") if not path.is_dir()):
        name = path.relative_to(crate.folder)
        if {METADATA, SIGNATURE, *here}.isdisjoint(map(str, (name, *name.parents))):
            yield Finding("UNLISTED", str(name), "the metadata do not list this file")


def _records(crate: Crate) -> Iterator[Finding]:
    for path, listed in crate.listed.items():
        place = crate.folder / path
        if path.endswith(".prov.json") and listed.here and place.exists():
            try:
                record = json.loads(place.read_bytes())
                wrong = list(_wrong(path, record))
                crate.records.update({} if wrong else {path: record})
                yield from wrong
            except (ValueError, KeyError, TypeError) as error:
                yield Finding("RECORD_INVALID", path, repr(error))


def _wrong(path: str, record: dict[str, Any]) -> Iterator[Finding]:
    content = {key: value for key, value in record.items() if key != "seal"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    inputs = sorted((file["role"], file["path"], file["sha256"]) for file in record["inputs"])
    asked = {key: record[key] for key in ("rule", "wildcards", "params")} | {"inputs": inputs}
    passport = _hash(json.dumps(asked, sort_keys=True))
    if (_hash(text), passport) != (record["seal"], record["passport"]):
        yield Finding("RECORD_EDITED", path, "its seal or its passport is of another record")
    elif record["path"] != path:
        yield Finding("RECORD_MISPLACED", path, f"this is the record {record['path']}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _told(crate: Crate, path: str, record: dict[str, Any]) -> Iterator[Finding]:
    """Whether the metadata tell the same of a job as its record."""
    action = crate.entities.get(f"#job-{quote(path)}", {})
    for field, files in (("object", record["inputs"]), ("result", record["outputs"])):
        told = action.get(field, [])
        several = told if isinstance(told, list) else [told]
        names = {unquote(thing["@id"]).strip("#/") for thing in several} & crate.listed.keys()
        known = {(name, crate.listed[name].sha256) for name in names}
        for file in (file for file in files if (file["path"], file["sha256"]) not in known):
            yield Finding("METADATA_DISAGREES", file["path"], f"{path} says else")
    simulated = record["rule"] == "simulate" or record["params"].get("origin", {}).get("simulated")
    if simulated and "simulated" not in crate.entities["./"]["name"]:
        yield Finding("SIMULATED_AS_PUBLIC", path, "the name of the crate does not say so")


def _chain(crate: Crate, path: str, record: dict[str, Any]) -> Iterator[Finding]:
    """Inputs that are not what their makers wrote (or its record), or not by the same record."""
    for file in (file for file in record["inputs"] if file["made_by"]):
        maker, own = file["made_by"]["record"], file["made_by"]["sha256"]
        outputs = crate.records.get(maker, {}).get("outputs", [])
        made = {maker: own} | {o["path"]: o["sha256"] for o in outputs}
        if maker not in crate.listed:
            yield Finding("RECORD_MISSING", maker, f"{path} read {file['path']}")
        elif crate.listed[maker].sha256 != own:
            yield Finding("CHAIN_BROKEN", path, f"{maker} is not the record that it read")
        elif maker in crate.records and made.get(file["path"]) != file["sha256"]:
            yield Finding("CHAIN_BROKEN", path, f"{maker} wrote another {file['path']}")


def _passports(crate: Crate, path: str, record: dict[str, Any]) -> Iterator[Finding]:
    """Figures that do not carry the passport of their record."""
    for file in record["outputs"] if "figure" in record["params"] else []:
        place = crate.folder / file["path"]
        if file["role"] != "findings" and place.exists() and _passport(place) != record["passport"]:
            yield Finding("PASSPORT_WRONG", file["path"], f"not the passport of {path}")


def _passport(path: Path) -> str | None:
    content = path.read_bytes()
    found = PASSPORT.search(content)
    rows = csv.DictReader(content.decode(errors="replace").splitlines())
    return found[1].decode() if found else next(rows, {}).get("passport")


def _signature(folder: Path, signers: Path | None) -> Iterator[Finding]:
    if signers and not ((folder / SIGNATURE).exists() and shutil.which("ssh-keygen")):
        yield Finding("SIGNATURE_UNCHECKED", SIGNATURE, "no signature, or no ssh-keygen")
    elif signers:
        common = ["-n", "braid", "-f", str(signers), "-s", str(folder / SIGNATURE)]
        who = _ask(folder, "find-principals", *common).stdout.decode().partition("\n")[0]
        if not who or _ask(folder, "verify", "-I", who, *common).returncode:
            yield Finding("SIGNATURE_BAD", SIGNATURE, "no allowed signer signed these metadata")


def _ask(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    content = (folder / METADATA).read_bytes()
    return subprocess.run(["ssh-keygen", "-Y", *words], input=content, capture_output=True)


def _digest(path: Path) -> str:
    """SHA-256 of a file, or of the sorted digests in a folder."""
    if path.is_dir():
        members = sorted(member for member in path.rglob("*") if member.is_file())
        return _hash("".join(f"{_digest(one)}  {one.relative_to(path)}\n" for one in members))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shown(verdict: Verdict, *, as_json: bool = False) -> str:
    """A verdict in words, a line for each finding, or for machines."""
    if as_json:
        told = {"verdict": verdict.word, "exit": verdict.exit, **verdict._asdict()}
        return json.dumps(told | {"findings": [f._asdict() for f in verdict.findings]}, indent=1)
    lines = [f"{f.code:<19}  {f.path}: {f.text}" for f in verdict.findings]
    seen = f"{verdict.word}: {verdict.files} files, {verdict.bytes:,} bytes hashed; "
    away = f"not here: {verdict.elsewhere} files, {verdict.elsewhere_bytes:,} bytes"
    return "\n".join([*lines, seen + away])


def main() -> None:
    """Verify the crate that this file lies in, or another."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="Exit: 0, 1 mismatch, 2 unknown.")
    parser.add_argument("crate", type=Path, nargs="?", default=Path(__file__).parent)
    parser.add_argument("--data", type=Path, help="folder with files that the crate only names")
    parser.add_argument("--signers", type=Path, help="allowed signers, as for ssh-keygen")
    parser.add_argument("--json", action="store_true", help="for machines")
    asked = parser.parse_args()
    verdict = verify(asked.crate, asked.data, asked.signers)
    sys.stdout.write(shown(verdict, as_json=asked.json) + "\n")
    raise SystemExit(verdict.exit)


if __name__ == "__main__":
    main()
