"""What the jobs of the rules are told."""


def digest(script, *modules):
    """The `code` parameter of a rule; `modules` are found at run time and may name wildcards."""

    def of_job(wildcards):
        return code(script, *(module.format(**wildcards) for module in modules))

    return of_job


def key(wildcards, input):
    """What a cache must know besides contents: the wildcards, and which file plays which role."""
    roles = {name: str(item) for name, item in input.items()}
    return {"wildcards": dict(wildcards), "roles": roles}


def origin(wildcards):
    return origin_of(wildcards).model_dump(mode="json")


def twin_given(wildcards):
    """What a twin is made of: name to file of each package, and to folder of each model."""
    twin = twins.find(wildcards.dataset)
    files = {name: package_file("twin", name) for name in twin.PACKAGES}
    folders = {
        name: rules.fetch_model.output.folder.format(source="twin", model=name)
        for name in twin.MODELS
    }
    return files | folders


def mode_of(dataset):
    """Permissions of what holds data: those under a licence are for their holder alone."""
    return 0o644 if RELEASES[dataset].access == "open" else 0o600


def mode(wildcards):
    return mode_of(wildcards.dataset)


def cleaning(wildcards):
    return list(dataset_of(wildcards).CLEANING)


def model_row(wildcards):
    return MODELS[wildcards.model].model_dump(mode="json")


def model_packages(wildcards):
    """The package that a model travels in, by name."""
    name = MODELS[wildcards.model].origin
    return {name: PACKAGES[name].model_dump(mode="json")} if name in PACKAGES else {}


def feature_kind(wildcards):
    return feature_of(wildcards).kind


def feature_options(wildcards):
    return feature_of(wildcards).model_dump(
        mode="json", exclude={"kind", "model", "network"}
    )


def extractor_code(wildcards):
    extractor = features.KINDS[feature_of(wildcards).kind]
    return code("extract.py", extractor, datasets.NAMES[wildcards.dataset])


def response_roles(wildcards):
    return list(
        dataset_of(wildcards).response_files(wildcards.subject, wildcards.recording)
    )


def aligned_recordings(wildcards):
    """Recordings whose TRs features are brought to: all, or the echoes of all."""
    if not wildcards.how.endswith("+echo"):
        return all_recordings(wildcards)
    dataset, source = dataset_of(wildcards), wildcards.source
    return tuple(e for s in dataset.subjects(source) for e in dataset.echoes(source, s))


def alignment(wildcards):
    """How words reach the TRs."""
    return next((m for m in ("fla", "vla") if f"+{m}" in wildcards.how), "lanczos")


def heard(wildcards):
    """Recording to the one whose stimulus it shares: an echo has that of its run."""
    return {name: name.partition("_echo-")[0] for name in aligned_recordings(wildcards)}


def series(wildcards):
    """Recording to what it is a part of, whose parts follow one another: a book in a language."""
    return series_of(aligned_recordings(wildcards))


def series_of(names):
    return {name: re.sub(r"_section\d+", "", name) for name in names}


def stimulus_table(wildcards):
    """Role to path of what holds the events of all recordings, and the times of the TRs."""
    return dataset_of(wildcards).stimulus_files(all_recordings(wildcards), "events")


def stimulus_roles(wildcards):
    return list(stimulus_table(wildcards))


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


def chance(wildcards):
    """The test of chance of a fit: its own, or the study's."""
    chosen = fit_of(wildcards).chance or study_of(wildcards).chance
    return chosen.model_dump(mode="json")


def part(wildcards):
    """Which part of the voxels, and of how many."""
    return [int(wildcards.part), parts_of(wildcards)]


def plan(wildcards):
    """What an encoding job needs to know of its study, and of the machine."""
    study = study_of(wildcards)
    return {
        "fit": fit_of(wildcards).model_dump(mode="json"),
        "split": split_of(wildcards).model_dump(mode="json"),
        "chance": chance(wildcards),
        "source": wildcards.source,
        "tr": dataset_of(wildcards).TR,
        "seed": study.seed,
        "backend": CONFIG.backend,
    }
