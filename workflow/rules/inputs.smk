"""What the jobs of the rules read."""


def truth(wildcards):
    """What was planted in one subject."""
    return f"results/twin/simulate/{dataset_name(wildcards)}.truth"


def response_files(wildcards):
    roles = dataset_of(wildcards).response_files(wildcards.subject, wildcards.recording)
    return fetched(wildcards, roles)


def stimulus_files(wildcards):
    return fetched(wildcards, stimulus_table(wildcards))


def surface_files(wildcards):
    table = surface_table(wildcards)
    return [path for files in table.values() for path in files.values()]


def twin_files(wildcards):
    return list(twin_given(wildcards).values())


def atlas_package(wildcards):
    return package_file(wildcards.source, "fsaverage")


def simulated_lock(wildcards):
    """What must be there before a file can be fetched: a twin is simulated first."""
    return [rules.simulate.output.lock] if is_twin(wildcards) else []


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


def parts(path, wildcards):
    """Files of all parts of the voxels, in order."""
    return expand(path, **dict(wildcards) | {"part": range(parts_of(wildcards))})


def searches(wildcards):
    """Scores of the candidates in every part, where jobs must agree on what is chosen."""
    shared = parts_of(wildcards) > 1 and is_chosen_over_voxels(wildcards)
    return parts(rules.search.output.scores, wildcards) if shared else []


def fitted_scores(wildcards):
    return parts(rules.fit.output.scores, wildcards)


def fitted_weights(wildcards):
    return parts(rules.fit.output.weights, wildcards)


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
