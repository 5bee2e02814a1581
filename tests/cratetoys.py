"""A toy run under record, from raw files and weights to a figure, for crates to be made of."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

# Every job runs inside Snakemake, so its version is on record.
import snakemake  # noqa: F401
import xarray as xr
from matplotlib.figure import Figure
from toys import Named

from braid.drawing.passport import Passport, write, write_page
from braid.provenance import recorded
from braid.store import save

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "workflow/scripts"
RELEASE = {
    "dataset": "toy",
    "version": "1.0",
    "commit": None,
    "url": None,
    "bucket": "https://data.localhost/toy",
    "package": None,
    "access": "open",
    "licence": "CC0",
    "terms": "public domain",
    "doi": "10.1000/toy",
    "note": "a toy",
}
ORIGIN = {
    "release": RELEASE,
    "package": None,
    "place": "https://data.localhost/toy",
    "simulated": False,
    "locked": None,
}
MODEL = {
    "model": "mini",
    "kind": "hub",
    "origin": "lab/mini",
    "revision": "abc",
    "files": {},
    "licence": "MIT",
    "note": "toy weights",
}
FIGURE = {"study": "toy", "title": "A <map> & more", "caption": "A caption.", "simulated": False}


class Run:
    """What a run left in a folder, as Snakemake would."""

    def __init__(self, folder: Path) -> None:
        self.results = folder / "results"
        self.figure = folder / "results/public/figures/toy/map.png"


def build(folder: Path, **origin) -> Run:
    """Run all jobs in a folder, on data of that origin, over `ORIGIN`."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        jobs = Jobs(monkeypatch, ORIGIN | origin)
        for job in (jobs.fetch, jobs.weights, jobs.respond, jobs.draw):
            job()
    return Run(folder)


class Jobs:
    """Jobs in the folder that one stands in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, origin: dict) -> None:
        self.monkeypatch = monkeypatch
        self.origin = origin

    def job(self, rule, stem, outputs, inputs=None, params=None, script=None, **wildcards):
        self.monkeypatch.setattr(
            sys.modules["__main__"],
            "__file__",
            str(SCRIPTS / (script or f"{rule}.py")),
            raising=False,
        )
        prov = f"results/public/{stem}.prov.json"
        Path(prov).parent.mkdir(parents=True, exist_ok=True)
        return SimpleNamespace(
            rule=rule,
            threads=1,
            input=Named(inputs or {}),
            output=Named(outputs | {"prov": prov}),
            params=Named({"code": "abc"} | (params or {})),
            wildcards=Named(source="public", **wildcards),
            resources=Named(mem_mb=100, tmpdir="/tmp"),
            log=[f"logs/{rule}.log"],
            config={"source": "public"},
        )

    def fetch(self):
        raw = "results/public/fetch/toy/raw data.bin"
        job = self.job(
            "fetch",
            "fetch/toy/raw data.bin",
            {"file": raw},
            params={"origin": self.origin},
            path="raw data.bin",
        )
        with recorded(job):
            Path(raw).write_bytes(b"raw bytes of a scanner")

    def weights(self):
        folder = Path("results/public/fetch_model/mini")
        params = {"model": MODEL, "packages": {}}
        with recorded(
            self.job("fetch_model", "fetch_model/mini", {"folder": str(folder)}, params=params)
        ):
            (folder / "sub").mkdir(parents=True, exist_ok=True)
            (folder / "README.md").write_text("weights")
            (folder / "sub/model.bin").write_bytes(b"123")

    def respond(self):
        bold = "results/public/respond/toy/S1.nc"
        inputs = {
            "files": ["results/public/fetch/toy/raw data.bin"],
            "table": "config/datasets.tsv",
        }
        Path("config").mkdir()
        shutil.copy(ROOT / "config/datasets.tsv", "config")
        with recorded(
            self.job("respond", "respond/toy/S1", {"responses": bold}, inputs, subject="S1")
        ):
            save(bold, xr.Dataset({"bold": (("tr", "voxel"), np.zeros((7, 2)))}))

    def draw(self):
        folder = "results/public/figures/toy"
        outputs = {kind: f"{folder}/map.{kind}" for kind in ("png", "svg", "csv", "html")}
        inputs = {
            "scores": "results/public/respond/toy/S1.nc",
            "model": "results/public/fetch_model/mini",
        }
        job = self.job(
            "slices",
            "figures/toy/map",
            outputs | {"findings": f"{folder}/map.txt"},
            inputs,
            {"figure": FIGURE},
            "figures/slices.py",
            figure="toy/map",
        )
        with recorded(job) as asked:
            passport = Passport(asked.passport, "t", "d", simulated=False)
            pictures = {kind: Path(outputs[kind]) for kind in ("png", "svg")}
            write(Figure(layout="constrained"), pictures, passport)
            write_page("<html><head></head></html>", Path(outputs["html"]), passport)
            Path(outputs["csv"]).write_text(f"x,data,passport\n1,measured data,{asked.passport}\n")
            Path(f"{folder}/map.txt").write_text("A finding.\n")
