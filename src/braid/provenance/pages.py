"""What the report says, taken from the records of its figures and nowhere else."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from braid.drawing.report import Data, Entry, Report, Study
from braid.provenance.chain import chain, read
from braid.provenance.schema import Record

SUMMARY = (
    "Each figure was made by Snakemake jobs from verified raw files. Its passport, which the "
    "picture carries too, leads to the record of the job that drew it, and from there to every "
    "file, parameter, version and digest behind it."
)


def gather(
    studies: Mapping[str, Mapping[str, Any]], records: Iterable[Path], methods: Mapping[str, str]
) -> Report:
    """Collect what the report shows.

    Parameters
    ----------
    studies
        Study to `title` and `citation`, in the order to show them.
    records
        Record of every figure.
    methods
        Methods sentence of every rule, in pipeline order.
    """
    chains = {path: chain(path) for path in records}
    upstream = {k: v for found in chains.values() for k, v in found.items()}
    return Report(
        title="BRAID report",
        summary=SUMMARY,
        commit=_commits(upstream.values()),
        studies=tuple(_study(name, study, chains, methods) for name, study in studies.items()),
        software=_software(upstream.values()),
        data=tuple(_data(upstream.values())),
    )


def _study(
    name: str,
    study: Mapping[str, Any],
    chains: Mapping[Path, Mapping[Path, Record]],
    methods: Mapping[str, str],
) -> Study:
    mine = {p: c for p, c in chains.items() if read(p).params["figure"]["study"] == name}  # pyright: ignore
    used = {record.rule for found in mine.values() for record in found.values()}
    return Study(
        name=name,
        title=study["title"],
        citation=study["citation"],
        entries=tuple(_entry(path, found[path]) for path, found in mine.items()),
        methods={rule: text for rule, text in methods.items() if rule in used},
    )


def _entry(path: Path, record: Record) -> Entry:
    """One figure: what its study says of it, and the files that its job wrote."""
    options: Mapping[str, Any] = record.params["figure"]  # pyright: ignore
    files = {file.role: Path(file.path) for file in record.outputs}
    return Entry(
        name=f"{options['study']}_{files['png'].stem}",
        title=options["title"],
        caption=options["caption"],
        image=files["png"].read_bytes(),
        digest=record.passport,
        record=str(path),
        simulated=options["simulated"],
        verdicts=tuple(files["findings"].read_text(encoding="utf-8").splitlines()),
        viewer=files["html"].read_text(encoding="utf-8") if "html" in files else None,
        rows=pd.read_csv(files["csv"]) if record.rule == "table" else None,
    )


def _commits(records: Iterable[Record]) -> str:
    """Commits that the jobs ran at; results of several may stand side by side."""
    states = [record.code for record in records]
    commits = ", ".join(dict.fromkeys(state.commit or "no commit" for state in states))
    return commits + (" with uncommitted changes" if any(state.dirty for state in states) else "")


def _software(records: Iterable[Record]) -> dict[str, str]:
    found = {"python": ""}
    for record in records:
        found |= {"python": record.software.python, **record.software.packages}
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def _data(records: Iterable[Record]) -> list[Data]:
    """Each data set and each set of weights, once."""
    describe = {"fetch": _dataset, "fetch_model": _weights}
    told = (describe[record.rule](record.params) for record in records if record.rule in describe)
    found = {data.name: data for data in told}
    return [found[name] for name in sorted(found)]


def _dataset(params: Mapping[str, Any]) -> Data:
    origin = params["origin"]
    release = origin["release"]
    if origin["simulated"]:
        return Data(f"{release['dataset']} (twin)", "simulated here", "as BRAID", origin["place"])
    version = release["commit"] or release["version"]
    place = origin["place"] or f"package {release['package']}"
    return Data(release["dataset"], version, release["licence"], place)


def _weights(params: Mapping[str, Any]) -> Data:
    model = params["model"]
    place = f"{model['kind']} {model['origin']}"
    return Data(model["model"], model["revision"], model["licence"], place)
