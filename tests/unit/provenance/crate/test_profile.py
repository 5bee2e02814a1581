"""The RO-Crate validator, offline: every REQUIRED and RECOMMENDED check of Provenance Run Crate."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from braid.provenance.crate.export import export

VALIDATOR = Path(sys.prefix) / "validator/bin"
PROFILES = {
    "ro-crate-1.1",
    "workflow-ro-crate-1.0",
    "process-run-crate-0.5",
    "workflow-run-crate-0.5",
    "provenance-run-crate-0.5",
}
# It asks that the identifiers of scripts and of the workflow begin with http, while Workflow
# RO-Crate requires that the workflow is a file of the crate: no crate on a disk passes it.
CONTRADICTORY = "process-run-crate-0.5_5.1"
# Fills the cache of the validator with the JSON-LD context that the rocrate beside it ships.
WARM = """
import io, pathlib, sys
import requests, requests_cache, rocrate, urllib3

class Shipped(requests.adapters.HTTPAdapter):
    def send(self, request, **options):
        body = pathlib.Path(rocrate.__file__).with_name("data") / "ro-crate.jsonld"
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(body.read_bytes()),
            headers={"Content-Type": "application/ld+json"},
            status=200,
            preload_content=False,
            request_url=request.url,
        )
        return self.build_response(request, raw)

session = requests_cache.CachedSession(cache_name=sys.argv[1], backend="sqlite", expire_after=-1)
session.mount("https://", Shipped())
accept = "application/ld+json, application/json, */*;q=0.1"
session.get("https://w3id.org/ro/crate/1.1/context", headers={"Accept": accept})
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    path = tmp_path_factory.mktemp("contexts") / "cache"
    subprocess.run([VALIDATOR / "python", "-c", WARM, path], check=True)
    return path


@pytest.fixture
def validated(cache, tmp_path):
    """Validate a crate and give the report."""

    def validate(crate):
        report = tmp_path / "report.json"
        how = ["--offline", "--cache-path", cache, "--no-paging", "-v", "-f", "json", "-o", report]
        what = ["-p", "provenance-run-crate-0.5", "-l", "recommended", "-s", CONTRADICTORY]
        command = [VALIDATOR / "rocrate-validator", "-y", "validate", *how, *what, crate]
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        return json.loads(report.read_text())

    return validate


def test_a_crate_passes_every_check_of_every_profile(run, tmp_path, validated):
    export([run.figure], run.results, tmp_path / "crate")
    report = validated(tmp_path / "crate")
    assert report["issues"] == []
    assert report["passed"]
    assert set(report["statistics"]["profiles"]) == PROFILES
    assert report["statistics"]["total_passed_checks"] > 180
