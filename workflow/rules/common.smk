"""What the rules share: tables, what wildcards may be, and what they stand for."""

import os
import re
from pathlib import Path

from braid import datasets, features, twins
from braid.evaluation import parts as voxel_parts
from braid.provenance import code
from braid.sources.licences import refuse_open_cache
from braid.sources.origins import origins
from braid.sources.tables import load_datasets, load_lock, load_models, load_packages
from braid.study import load_config, load_studies, names, restrict

CONFIG = load_config(config)
STUDIES = restrict(load_studies("config/studies"), CONFIG.subjects)
PACKAGES = load_packages(Path("config/packages.tsv"))
MODELS = load_models(Path("config/models.tsv"))
RELEASES = load_datasets(Path("config/datasets.tsv"))
ACCEPTED = {name: str(who) for name, who in CONFIG.licences.items()}
ORIGINS = origins(RELEASES, PACKAGES, CONFIG.mirrors, ACCEPTED)
LOCKS = {path.stem: load_lock(path) for path in Path("resources/locks").glob("*.tsv")}

if ACCEPTED:
    refuse_open_cache(os.environ.get("SNAKEMAKE_OUTPUT_CACHE"))

# Wildcards may be what names in a study may be.
NAME = names.NAME.strip("^$")

# What jobs ask for that may use a GPU.
GPU = {"gpu": 1} if CONFIG.backend == "torch_cuda" else {}

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
    part=r"\d+",
    decoder=NAME,
    model="|".join(map(re.escape, MODELS)),


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


def parts_of(wildcards):
    """How many jobs share the voxels of a subject; schemes of sources see all at once."""
    if fit_of(wildcards).scheme:
        return 1
    dataset, source, subject = (
        dataset_of(wildcards),
        wildcards.source,
        wildcards.subject,
    )
    first = dataset.recordings(source, subject)[0]
    voxels = dataset.shape(source, subject, first).voxels
    return voxel_parts.count(voxels, CONFIG.voxels_per_job)


def layers_of(feature, source):
    """Layers and width of a feature; those without a model have a few columns."""
    models = getattr(feature, "model", {})
    row = MODELS[models[source]] if models else None
    return (row.layers, row.width) if row else (0, 16)


def is_chosen_over_voxels(wildcards):
    """Whether a layer, or a penalty that all voxels share, is to be chosen."""
    study, fit = study_of(wildcards), fit_of(wildcards)
    layered = any(
        layers_of(study.features[name], wildcards.source)[0] for name in fit.features
    )
    return layered or fit.alpha == "shared"


def decoder_of(wildcards):
    return study_of(wildcards).decoders[wildcards.decoder]


def origin_of(wildcards):
    """Where a file comes from; a twin is taken from what `simulate` made."""
    found = ORIGINS[wildcards.dataset]
    if is_twin(wildcards):
        place = rules.simulate.output.data.format(**wildcards)
        return found.model_copy(update={"place": place, "simulated": True})
    if wildcards.dataset not in LOCKS:
        return found
    locked = LOCKS[wildcards.dataset].get(wildcards.path)
    lock = Path(f"resources/locks/{wildcards.dataset}.tsv")
    return found.model_copy(update={"locked": locked, "lock": lock})


def is_twin(wildcards):
    return wildcards.source == "twin" and wildcards.dataset in twins.NAMES


def package_file(source, name):
    """The fetched archive of a package, which is a data set of its name."""
    return raw_file(source, name, PACKAGES[name].filename)


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
    dataset = dataset_of(wildcards).NAME
    return [raw_file(wildcards.source, dataset, path) for path in files.values()]


def raw_file(source, dataset, path):
    """A fetched file; `//coco/captions.zip` is one of another data set."""
    if path.startswith("//"):
        dataset, _, path = path.removeprefix("//").partition("/")
    return rules.fetch.output.file.format(source=source, dataset=dataset, path=path)
