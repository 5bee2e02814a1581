"""Attacks on a crate: whoever changes a part of it is found out, with Python alone."""

import json
import shutil
import subprocess
import sys

import pytest
from cratetoys import build

from braid.provenance.crate.export import export
from braid.provenance.crate.verify import verify
from braid.provenance.schema import seal
from braid.store import sha256

METADATA = "ro-crate-metadata.json"
FIGURES = "results/public/figures/toy/"
RECORD = f"{FIGURES}map.prov.json"
RAW = "results/public/fetch/toy/raw data.bin"
RESPOND = "results/public/respond/toy/S1.prov.json"


def new_key(path):
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", path]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return new_key(tmp_path_factory.mktemp("key") / "id")


@pytest.fixture(scope="module")
def made(tmp_path_factory, key):
    folder = tmp_path_factory.mktemp("made")
    run = build(folder / "repo")
    export([run.figure], run.results, folder / "crate", key=key)
    return folder


@pytest.fixture
def crate(made, tmp_path):
    return shutil.copytree(made / "crate", tmp_path / "elsewhere")


@pytest.fixture
def signers(key, tmp_path):
    path = tmp_path / "signers"
    path.write_text(f"ada {key.with_suffix('.pub').read_text()}")
    return path


def codes(crate, **options):
    return {finding.code for finding in verify(crate, **options).findings}


def relist(crate, path):
    """Make the metadata list a file as it is now."""
    metadata = crate / METADATA
    told = json.loads(metadata.read_text())
    for entity in told["@graph"]:
        if entity["@id"] == path:
            entity["sha256"] = sha256(crate / path)
    metadata.write_text(json.dumps(told))


def edit(crate, path, change, sealed=True):
    """Change a record, and seal it anew."""
    record = json.loads((crate / path).read_text())
    change(record)
    if sealed:
        record["seal"] = seal(record)
    (crate / path).write_text(json.dumps(record))


def audit(crate, *words):
    """Run the crate's own verifier without any package, in a folder of its own."""
    command = [sys.executable, "-I", "-S", crate / "audit.py", *words]
    return subprocess.run(command, cwd=crate.parent, capture_output=True, text=True, check=False)


def test_a_crate_verifies_elsewhere_with_python_alone(crate):
    run = audit(crate)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("verified: ")
    told = json.loads(audit(crate, "--json").stdout)
    assert (told["verdict"], told["findings"]) == ("verified", [])
    assert told["elsewhere"] == 4


def test_data_that_are_elsewhere_are_found_by_their_digests(crate, made, tmp_path):
    shutil.copytree(made / "repo/results/public/fetch_model", tmp_path / "data/renamed")
    shutil.copy(made / "repo" / RAW, tmp_path / "data/other name")
    before, after = verify(crate), verify(crate, data=tmp_path / "data")
    assert (before.elsewhere, after.elsewhere) == (4, 2)
    assert after.bytes - before.bytes == 22 + 10


@pytest.mark.parametrize("end", ["png", "svg", "csv", "html", "txt"])
def test_a_byte_of_a_figure(crate, end):
    path = crate / f"{FIGURES}map.{end}"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert codes(crate) == {"OUTPUT_CHANGED"}
    assert audit(crate).returncode == 1


def test_a_changed_figure_with_its_digest_changed_in_the_metadata(crate):
    (crate / f"{FIGURES}map.txt").write_text("Another finding.\n")
    relist(crate, f"{FIGURES}map.txt")
    assert codes(crate) == {"METADATA_DISAGREES"}


def test_a_figure_of_another_record(crate):
    path = crate / f"{FIGURES}map.csv"
    path.write_text("x,data,passport\n1,measured data,abc\n")
    relist(crate, f"{FIGURES}map.csv")
    assert "PASSPORT_WRONG" in codes(crate)


def test_an_edited_record(crate):
    edit(crate, RESPOND, lambda record: record["usage"].update(seconds=1.0), sealed=False)
    relist(crate, RESPOND)
    assert "RECORD_EDITED" in codes(crate)


def test_a_record_that_was_edited_and_sealed_anew_breaks_the_chain(crate):
    edit(crate, RESPOND, lambda record: record["code"].update(commit="f" * 40))
    relist(crate, RESPOND)
    assert codes(crate) == {"CHAIN_BROKEN"}


def test_parameters_that_were_edited_and_sealed_anew_are_not_those_of_the_passport(crate):
    edit(crate, RECORD, lambda record: record["params"].update(code="nicer"))
    relist(crate, RECORD)
    assert codes(crate) == {"RECORD_EDITED"}


def test_an_output_that_is_not_what_the_next_job_read(crate):
    edit(crate, RESPOND, lambda record: record["outputs"][0].update(sha256="0" * 64))
    relist(crate, RESPOND)
    assert codes(crate) == {"CHAIN_BROKEN", "METADATA_DISAGREES"}


def test_two_swapped_records(crate):
    one, other = crate / RESPOND, crate / f"{RAW}.prov.json"
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    relist(crate, RESPOND)
    relist(crate, f"{RAW}.prov.json")
    assert "RECORD_MISPLACED" in codes(crate)


def test_a_record_that_is_none(crate):
    (crate / RESPOND).write_text("[]")
    assert "RECORD_INVALID" in codes(crate)


@pytest.mark.parametrize("path", [f"{FIGURES}map.svg", RESPOND, "Snakefile", "README.md"])
def test_a_missing_file_cannot_be_verified(crate, path):
    (crate / path).unlink()
    assert codes(crate) == {"FILE_MISSING"}
    assert audit(crate).returncode == 2


def test_a_record_that_nothing_lists_any_more(crate):
    (crate / RESPOND).unlink()
    text = (crate / METADATA).read_text()
    told = json.loads(text)
    told["@graph"] = [entity for entity in told["@graph"] if entity["@id"] != RESPOND]
    (crate / METADATA).write_text(json.dumps(told))
    assert "RECORD_MISSING" in codes(crate)


def test_a_file_that_was_added(crate):
    (crate / "results/more.csv").write_text("x\n1\n")
    assert codes(crate) == {"UNLISTED"}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(sha_of_raw(text), "0" * 64),
        lambda text: text.replace('"result"', '"outcome"'),
    ],
)
def test_changed_metadata(crate, change):
    (crate / METADATA).write_text(change((crate / METADATA).read_text()))
    assert "METADATA_DISAGREES" in codes(crate)


def sha_of_raw(text):
    return next(e["sha256"] for e in json.loads(text)["@graph"] if e.get("name") == "raw data.bin")


@pytest.mark.parametrize("content", ["", "{}", '{"@graph": [{"@id": "../x", "sha256": ""}]}'])
def test_no_metadata(crate, content):
    (crate / METADATA).write_text(content)
    assert codes(crate) == {"METADATA_INVALID"}


def test_simulated_data_under_a_name_that_hides_it(tmp_path):
    run = build(tmp_path / "repo", simulated=True)
    export([run.figure], run.results, tmp_path / "crate")
    assert codes(tmp_path / "crate") == set()
    metadata = tmp_path / "crate" / METADATA
    metadata.write_text(metadata.read_text().replace("simulated", "measured"))
    assert codes(tmp_path / "crate") == {"SIMULATED_AS_PUBLIC"}


def test_a_signature_vouches_for_the_metadata(crate, signers):
    assert codes(crate, signers=signers) == set()
    (crate / METADATA).write_text((crate / METADATA).read_text() + "\n")
    assert codes(crate) == set()
    assert codes(crate, signers=signers) == {"SIGNATURE_BAD"}


def test_a_signature_of_someone_else(crate, signers, tmp_path):
    other = new_key(tmp_path / "other")
    signers.write_text(f"ada {other.with_suffix('.pub').read_text()}")
    assert codes(crate, signers=signers) == {"SIGNATURE_BAD"}


def test_a_signature_that_is_gone_cannot_be_checked(crate, signers):
    (crate / f"{METADATA}.sig").unlink()
    assert audit(crate, "--signers", signers).returncode == 2
    assert codes(crate, signers=signers) == {"SIGNATURE_UNCHECKED"}


def test_no_key_goes_into_the_crate(crate, key):
    secret = key.read_bytes()
    assert all(secret not in path.read_bytes() for path in crate.rglob("*") if path.is_file())
