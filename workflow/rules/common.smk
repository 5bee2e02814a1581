"""What the rules share: the studies, what wildcards may be, and where inputs lie."""

import os
import re
from pathlib import Path

from braid import datasets, features
from braid.provenance import code
from braid.sources.origins import origins
from braid.sources.tables import load_datasets, load_lock, load_models, load_packages
from braid.study import load_config, load_studies, names

CONFIG = load_config(config)
STUDIES = load_studies("config/studies")
PACKAGES = load_packages(Path("config/packages.tsv"))
MODELS = load_models(Path("config/models.tsv"))
RELEASES = load_datasets(Path("config/datasets.tsv"))
ORIGINS = origins(RELEASES, PACKAGES, CONFIG.mirrors)
LOCKS = {path.stem: load_lock(path) for path in Path("resources/locks").glob("*.tsv")}

# Wildcards may be what names in a study may be.
NAME = names.NAME.strip("^$")

# Nothing that a job starts may write into the home directory.
os.environ["XDG_CACHE_HOME"] = os.path.abspath(".cache")
os.environ["MPLCONFIGDIR"] = os.path.abspath(".cache/matplotlib")


wildcard_constraints:
    source="public|twin",
    dataset="|".join(datasets.NAMES),
    study="|".join(STUDIES),
    subject=NAME,
    recording=NAME,
    feature=NAME,
    fit=NAME,
    decoder=NAME,
    model="|".join(map(re.escape, MODELS)),


# --- parameters --------------------------------------------------------------------------------


def digest(script, *modules):
    """The `code` parameter of a rule; `modules` are found at run time and may name wildcards."""

    def of_job(wildcards):
        return code(script, *(module.format(**wildcards) for module in modules))

    return of_job


def key(wildcards, input):
    """What a cache must know besides contents: the wildcards, and which file plays which role."""
    roles = {name: str(item) for name, item in input.items()}
    return {"wildcards": dict(wildcards), "roles": roles}


def source_of(study):
    """The source that `--config source=` asks for, or the study's own default."""
    return CONFIG.source or study.default_source


def study_of(wildcards):
    return STUDIES[wildcards.study]


def dataset_of(wildcards):
    """The module of the data set that the wildcards name, themselves or through their study."""
    return datasets.find(
        getattr(wildcards, "dataset", None) or study_of(wildcards).dataset
    )


def feature_of(wildcards):
    """The feature of that name in the studies of the data set; they agree on what it is."""
    for study in STUDIES.values():
        if study.dataset == wildcards.dataset and wildcards.feature in study.features:
            return study.features[wildcards.feature]
    raise WorkflowError(
        f"no study of {wildcards.dataset} has a feature {wildcards.feature}"
    )


def fit_of(wildcards):
    return study_of(wildcards).fits[wildcards.fit]


def decoder_of(wildcards):
    return study_of(wildcards).decoders[wildcards.decoder]


def origin(wildcards):
    """Where a file comes from; a twin is cloned from what `simulate` made."""
    found = ORIGINS[wildcards.dataset]
    if simulated_commit(wildcards):
        place = rules.simulate.output.data.format(**wildcards)
        twin = {"place": place, "simulated": True}
        return found.model_copy(update=twin).model_dump(mode="json")
    locked = LOCKS.get(wildcards.dataset, {}).get(wildcards.path)
    return found.model_copy(update={"locked": locked}).model_dump(mode="json")


def commit(wildcards):
    """Commit of the published data set; a package has none, and a twin its own."""
    published = RELEASES[wildcards.dataset].commit or ""
    return "" if simulated_commit(wildcards) else published


def model_row(wildcards):
    return MODELS[wildcards.model].model_dump(mode="json")


def model_packages(wildcards):
    """The package that a model travels in, by name."""
    name = MODELS[wildcards.model].origin
    return {name: PACKAGES[name].model_dump(mode="json")} if name in PACKAGES else {}


def feature_kind(wildcards):
    return feature_of(wildcards).kind


def feature_options(wildcards):
    return feature_of(wildcards).model_dump(mode="json", exclude={"kind", "model"})


def extractor_code(wildcards):
    extractor = features.KINDS[feature_of(wildcards).kind]
    return code("extract.py", extractor, datasets.NAMES[wildcards.dataset])


def response_roles(wildcards):
    return list(
        dataset_of(wildcards).response_files(wildcards.subject, wildcards.recording)
    )


def stimulus_roles(wildcards):
    return list(dataset_of(wildcards).stimulus_files(all_recordings(wildcards)))


def surface_table(wildcards):
    """Subject to role to fetched file, for every subject that a study of the data set has."""
    dataset = dataset_of(wildcards)
    studies = (study for study in STUDIES.values() if study.dataset == dataset.NAME)
    subjects = sorted(
        {s for study in studies for s in study.subjects[wildcards.source]}
    )
    roles = {subject: dataset.anatomy_files(subject) for subject in subjects}
    return {
        s: dict(zip(files, fetched(wildcards, files), strict=True))
        for s, files in roles.items()
    }


def decoder_code(script):
    """The `code` parameter of a decoding rule, whose data set stands in its study."""

    def of_job(wildcards):
        return code(script, datasets.NAMES[study_of(wildcards).dataset])

    return of_job


def decoder_options(wildcards):
    return decoder_of(wildcards).model_dump(mode="json")


def dataset_name(wildcards):
    return dataset_of(wildcards).NAME


def seed(wildcards):
    return study_of(wildcards).seed


def plan(wildcards):
    """What an encoding job needs to know of its study."""
    study = study_of(wildcards)
    return {
        "fit": fit_of(wildcards).model_dump(mode="json"),
        "split": study.split.model_dump(mode="json"),
        "chance": study.chance.model_dump(mode="json"),
        "source": wildcards.source,
        "tr": dataset_of(wildcards).TR,
        "seed": study.seed,
    }


# --- inputs ------------------------------------------------------------------------------------


def truth(wildcards):
    """What was planted in one subject."""
    return f"results/twin/simulate/{dataset_name(wildcards)}.truth"


def all_recordings(wildcards):
    """Recordings that any subject of the data set has, in presentation order."""
    dataset = dataset_of(wildcards)
    of_subject = (
        dataset.recordings(wildcards.source, s)
        for s in dataset.subjects(wildcards.source)
    )
    return tuple(dict.fromkeys(name for names in of_subject for name in names))


def fetched(wildcards, files):
    """Fetched files of a data set, in the order of their roles."""
    return expand(
        rules.fetch.output.file,
        source=wildcards.source,
        dataset=dataset_of(wildcards).NAME,
        path=list(files.values()),
    )


def response_files(wildcards):
    roles = dataset_of(wildcards).response_files(wildcards.subject, wildcards.recording)
    return fetched(wildcards, roles)


def stimulus_files(wildcards):
    return fetched(
        wildcards, dataset_of(wildcards).stimulus_files(all_recordings(wildcards))
    )


def surface_files(wildcards):
    table = surface_table(wildcards)
    return [path for files in table.values() for path in files.values()]


def simulated_commit(wildcards):
    """What must be there before a file can be fetched: a twin is simulated first."""
    twin = wildcards.source == "twin" and ORIGINS[wildcards.dataset].place
    return [rules.simulate.output.commit] if twin else []


def model_folder(wildcards):
    models = getattr(feature_of(wildcards), "model", {})
    return (
        [f"results/{wildcards.source}/fetch_model/{models[wildcards.source]}"]
        if models
        else []
    )


def decoder_model(wildcards):
    model = getattr(decoder_of(wildcards), "model", None)
    return [f"results/{wildcards.source}/fetch_model/{model}"] if model else []


def responses(wildcards):
    """All recordings of one subject."""
    dataset = dataset_of(wildcards)
    return expand(
        rules.respond.output.responses,
        source=wildcards.source,
        dataset=dataset.NAME,
        subject=wildcards.subject,
        recording=dataset.recordings(wildcards.source, wildcards.subject),
    )


def designs(wildcards):
    return expand(
        rules.align.output.design,
        source=wildcards.source,
        dataset=dataset_of(wildcards).NAME,
        feature=fit_of(wildcards).features,
    )


def study_scores(wildcards):
    """Scores of every subject and fit of a study."""
    study = study_of(wildcards)
    return expand(
        rules.encode.output.scores,
        source=wildcards.source,
        study=study.id,
        subject=study.subjects[wildcards.source],
        fit=list(study.fits),
    )
