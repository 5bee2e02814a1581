"""The study file itself, and the checks that cross its sections."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from braid.errors import BadInput
from braid.study.chance import Chance
from braid.study.features import Feature
from braid.study.fits import Decoder, Fit, Folds, HeldOut
from braid.study.names import Name, Source, Strict, Text
from braid.study.yaml import Problem, validate

Kind = Literal[
    "bands",
    "confusion",
    "difference",
    "flatmap",
    "identification",
    "recovery",
    "slices",
    "table",
]


class Figure(Strict):
    """One figure or table of a study; its target is `<study>_<figure>`."""

    kind: Kind
    title: Text
    caption: Text
    fits: tuple[Name, ...] = ()
    baselines: tuple[Name, ...] = ()
    """Fits without a claim, whose mean r is said beside that of a map."""
    decoders: tuple[Name, ...] = ()
    sources: tuple[Source, ...] = ("public", "twin")
    """Sources on which the figure exists: only a twin has a planted truth to recover."""


class Study(Strict):
    """One study: data set, features, fits and figures."""

    id: Name
    title: Text
    citation: Text
    dataset: Name
    default_source: Source
    """Where responses come from unless `--config source=` says otherwise."""
    simulated: tuple[Source, ...] = ()
    """Sources whose responses are simulated."""
    subjects: dict[Source, Annotated[tuple[Name, ...], Field(min_length=1)]]
    seed: NonNegativeInt = 0
    """Of permutations, shifts, draws and random weights."""
    chance: Chance
    split: Folds
    """Folds whose left-out rows are the test data."""
    features: dict[Name, Feature] = {}
    fits: dict[Name, Fit] = {}
    decoders: dict[Name, Decoder] = {}
    figures: Annotated[dict[Name, Figure], Field(min_length=1)]

    def figures_on(self, source: str) -> dict[str, Figure]:
        """Figures that exist on `source`, by name."""
        return {name: figure for name, figure in self.figures.items() if source in figure.sources}


def load_study(path: str | Path) -> Study:
    """Read and check one study file.

    Raises
    ------
    BadInput
        Listing every problem of the file, each with its line.
    """
    study = validate(Path(path), Study, _contradictions)
    if study.id != Path(path).stem:
        raise BadInput(path, "id", f"is {study.id!r}", f"name it {Path(path).stem!r}, as the file")
    return study


def load_studies(folder: str | Path) -> dict[str, Study]:
    """Read every `*.yaml` of a folder; returns studies by id, in alphabetical order.

    Raises
    ------
    BadInput
        As `load_study`, and when two studies of one data set mean different things by the name of
        a feature: they share its files.
    """
    paths = sorted(Path(folder).glob("*.yaml"))
    studies = [load_study(path) for path in paths]
    meanings: dict[tuple[str, str], Feature] = {}
    for path, study in zip(paths, studies, strict=True):
        for name, feature in study.features.items():
            if meanings.setdefault((study.dataset, name), feature) != feature:
                raise BadInput(
                    path,
                    f"features.{name}",
                    f"another study of {study.dataset} means something else by it",
                    "give one of them another name",
                )
    return {study.id: study for study in studies}


def restrict(studies: Mapping[str, Study], subjects: Collection[str]) -> dict[str, Study]:
    """Keep only these subjects, in the studies that have any of them; with none, keep all.

    Raises
    ------
    BadInput
        When no study has a subject of that name.
    """
    known = {s for study in studies.values() for names in study.subjects.values() for s in names}
    if unknown := sorted(set(subjects) - known):
        cure = f"known subjects: {', '.join(sorted(known))}"
        raise BadInput("config/config.yaml", "subjects", f"no study has {unknown}", cure)
    return {name: _restricted(study, subjects) for name, study in studies.items()}


def _restricted(study: Study, subjects: Collection[str]) -> Study:
    kept = {
        source: tuple(s for s in names if s in subjects) or names
        for source, names in study.subjects.items()
    }
    return study.model_copy(update={"subjects": kept})


def _contradictions(study: Study) -> Iterator[Problem]:
    """Yield what no single field shows: names that dangle, penalties chosen on test runs."""
    if study.chance.block != "matched" and study.chance.kind != "block_permutation":
        yield ("chance", "block"), f"{study.chance.kind} has no block to choose"
    for name, fit in study.fits.items():
        yield from _unknown(("fits", name, "features"), fit.features, study.features)
        yield from _shared_runs(("fits", name, "inner"), study.split, fit.inner)
    for name, figure in study.figures.items():
        yield from _unknown(("figures", name, "fits"), figure.fits, study.fits)
        yield from _unknown(("figures", name, "baselines"), figure.baselines, study.fits)
        yield from _unknown(("figures", name, "decoders"), figure.decoders, study.decoders)


def _unknown(place: tuple[str, ...], names: tuple[str, ...], known: dict) -> Iterator[Problem]:
    for i, name in enumerate(names):
        if name not in known:
            yield (*place, i), f"{name!r} is not defined here (known: {', '.join(known) or 'none'})"


def _shared_runs(place: tuple[str, ...], outer: Folds, inner: Folds) -> Iterator[Problem]:
    if isinstance(outer, HeldOut) and isinstance(inner, HeldOut):
        for source, runs in outer.runs.items():
            if both := sorted(set(runs) & set(inner.runs.get(source, ()))):
                yield place, f"test runs of {source} would choose the penalty: {', '.join(both)}"
