"""Study files read and checked, each by itself and all together."""

from collections.abc import Collection, Mapping
from pathlib import Path

from braid.errors import BadInput
from braid.study.contradictions import contradictions
from braid.study.features import Feature, TunedModel
from braid.study.models import Study
from braid.study.yaml import validate


def load_study(path: str | Path) -> Study:
    """Read and check one study file.

    Raises
    ------
    BadInput
        Listing every problem of the file, each with its line.
    """
    study = validate(Path(path), Study, contradictions)
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
    meanings: dict[tuple[str, str], object] = {}
    for path, study in zip(paths, studies, strict=True):
        for name, feature in study.features.items():
            meaning = _meaning(study, feature)
            if meanings.setdefault((study.dataset, name), meaning) != meaning:
                raise BadInput(
                    path,
                    f"features.{name}",
                    f"another study of {study.dataset} means something else by it",
                    "give one of them another name",
                )
    return {study.id: study for study in studies}


def _meaning(study: Study, feature: Feature) -> object:
    """What a feature is: that of a network is the study's own."""
    return (study.id, feature) if isinstance(feature, TunedModel) else feature


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
