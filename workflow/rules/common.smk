"""What the rules share: tables, what wildcards may be, and what they stand for."""

import os
import re
from pathlib import Path

from braid import datasets, features, twins
from braid.evaluation import parts as voxel_parts
from braid.provenance import code, tether
from braid.provenance.runs import say_if_left_locked
from braid.sources.licences import refuse_open_cache, warn_of_writable_cache
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

CACHE = os.environ.get("SNAKEMAKE_OUTPUT_CACHE")
if ACCEPTED:
    refuse_open_cache(CACHE)
warn_of_writable_cache(CACHE)

if workflow.is_main_process:
    say_if_left_locked(Path(".snakemake"))

# Wildcards may be what names in a study may be.
NAME = names.NAME.strip("^$")

# GPUs that a job asks for.
FITS_GPU = int(CONFIG.backend == "torch_cuda")
NETWORKS_GPU = int(CONFIG.gpu)

# Jobs end with the Snakemake that reads this: see `braid.provenance.tether`.
os.environ[tether.VARIABLE] = str(os.getpid())

# Nodes may have no internet: models are read from folders that `fetch_model` made.
os.environ["HF_HUB_OFFLINE"] = "1"

# Nothing that a job starts may write into the home directory.
os.environ["XDG_CACHE_HOME"] = os.path.abspath(".cache")
os.environ["MPLCONFIGDIR"] = os.path.abspath(".cache/matplotlib")


# Built from envs/braid.def; used by `--software-deployment-method apptainer` alone.
container: "envs/braid.sif"


wildcard_constraints:
    source="public|twin",
    dataset="|".join(datasets.NAMES),
    study="|".join(STUDIES),
    subject=NAME,
    recording=NAME,
    feature=rf"{NAME}(@{NAME})?",
    fit=NAME,
    network=NAME,
    encoder=NAME,
    part=r"\d+",
    decoder=NAME,
    reconstruction=NAME,
    shard=r"\d+",
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


def feature_study(wildcards):
    """A study of the data set that has a feature of that name; all agree on what it is."""
    name = wildcards.feature.partition("@")[0]
    for study in STUDIES.values():
        if study.dataset == wildcards.dataset and name in study.features:
            return study
    raise WorkflowError(f"no study of {wildcards.dataset} has a feature {name}")


def feature_of(wildcards):
    """The feature of that name; `bert@UTS01` is that of a model tuned to one subject."""
    name = wildcards.feature.partition("@")[0]
    return feature_study(wildcards).features[name]


def network_of(wildcards):
    return study_of(wildcards).networks[wildcards.network]


def encoder_of(wildcards):
    return study_of(wildcards).encoders[wildcards.encoder]


def fit_of(wildcards):
    return study_of(wildcards).fits[wildcards.fit]


def split_of(wildcards):
    """Folds whose left-out rows a fit is scored on."""
    return fit_of(wildcards).split or study_of(wildcards).split


def recordings_of(wildcards):
    """Recordings that the fit of a subject is made of."""
    dataset, runs = dataset_of(wildcards), fit_of(wildcards).runs
    if split_of(wildcards).kind == "echo":
        return dataset.echoes(wildcards.source, wildcards.subject)
    names = dataset.recordings(wildcards.source, wildcards.subject)
    return tuple(name for name in names if not runs or name in runs[wildcards.source])


def subjects_of(study, fit, source):
    """Subjects that a fit is made for."""
    wanted = study.fits[fit].subjects
    return [s for s in study.subjects[source] if not wanted or s in wanted]


def fits_of(study, fits, source):
    """Pairs of subject and fit, subject by subject."""
    return [
        (subject, fit)
        for subject in study.subjects[source]
        for fit in fits
        if subject in subjects_of(study, fit, source)
    ]


def parts_of(wildcards):
    """How many jobs share the voxels of a subject; schemes of sources see all at once."""
    if fit_of(wildcards).scheme:
        return 1
    first, source, subject = (
        recordings_of(wildcards)[0],
        wildcards.source,
        wildcards.subject,
    )
    voxels = dataset_of(wildcards).shape(source, subject, first).voxels
    return voxel_parts.count(voxels, CONFIG.voxels_per_job)


def base_model(study, name, source):
    """Row of config/models.tsv that a network, or what it starts from, began as."""
    while name in study.networks:
        name = study.networks[name].model[source]
    return MODELS[name]


def layers_of(study, feature, source):
    """Layers and width of a feature; those without a model have a few columns."""
    if is_of_pictures(feature):
        values, layers = values_of(study, feature, source)
        return layers - 1, values
    if feature.kind == "tuned_model":
        row = base_model(study, feature.names()[0], source)
    else:
        models = getattr(feature, "model", {})
        row = MODELS[models[source]] if models else None
    return (row.layers, row.width) if row else (0, 16)


def is_chosen_over_voxels(wildcards):
    """Whether a layer, or a penalty that all voxels share, is to be chosen."""
    study, fit = study_of(wildcards), fit_of(wildcards)
    layered = fit.layer_on(wildcards.source) is None and any(
        layers_of(study, study.features[name], wildcards.source)[0]
        for name in fit.features
    )
    return layered or fit.alpha == "shared"


def is_own(study, feature):
    """Whether each subject has files of its own of a feature: those of a model of its own."""
    if feature.kind != "tuned_model":
        return False
    shared = isinstance(feature.network, str) and study.networks[feature.network].pooled
    return not shared


def design_of(study, fit, feature, subject):
    """The file of a feature, `bert@UTS01` of a subject's own model, and how it is aligned."""
    spec = study.features[feature]
    own = f"@{subject}" if is_own(study, spec) else ""
    words = getattr(spec, "unit", "word") == "word" and spec.kind != "run_time"
    how = f"+{fit.alignment}" if words and fit.alignment != "lanczos" else ""
    echo = "+echo" if fit.split and fit.split.kind == "echo" else ""
    return f"{feature}{own}", f"{how}{echo}"


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
