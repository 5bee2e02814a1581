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
    """Where the model of a feature lies, if it has one: fetched, or trained by its study."""
    feature, source = feature_of(wildcards), wildcards.source
    study = feature_study(wildcards)
    if feature.kind == "tuned_model":
        subject = wildcards.feature.partition("@")[2] or ALL
        return [network_folder(study, feature.of(subject), source, subject)]
    models = getattr(feature, "model", {})
    return [network_folder(study, models[source], source)] if models else []


def fetched_model(model, source):
    return f"results/{source}/fetch_model/{model}"


def decoder_model(wildcards):
    model = getattr(decoder_of(wildcards), "model", None)
    return [fetched_model(model, wildcards.source)] if model else []


def responses(wildcards):
    """All recordings of one subject."""
    dataset = dataset_of(wildcards)
    names = dataset.recordings(wildcards.source, wildcards.subject)
    return responded(dataset.NAME, wildcards.source, wildcards.subject, names)


def fit_responses(wildcards):
    """Recordings that the fit of a subject is made of."""
    dataset, names = dataset_of(wildcards).NAME, recordings_of(wildcards)
    return responded(dataset, wildcards.source, wildcards.subject, names)


def responded(dataset, source, subject, recordings):
    return expand(
        rules.respond.output.responses,
        source=source,
        dataset=dataset,
        subject=subject,
        recording=recordings,
    )


def designs(wildcards):
    names = study_of(wildcards).features
    return [
        (
            presented_design(wildcards, feature)
            if is_of_pictures(names[feature])
            else aligned_design(wildcards, feature)
        )
        for feature in fit_of(wildcards).features
    ]


def aligned_design(wildcards, feature):
    """A feature on the TRs of all recordings."""
    study, fit = study_of(wildcards), fit_of(wildcards)
    name, how = design_of(study, fit, feature, wildcards.subject)
    path, dataset = rules.align.output.design.format, study.dataset
    return path(source=wildcards.source, dataset=dataset, feature=name, how=how)


def presented_design(wildcards, feature):
    """A feature of pictures on the trials of one subject."""
    return rules.present.output.design.format(
        source=wildcards.source,
        dataset=dataset_of(wildcards).NAME,
        feature=feature,
        subject=wildcards.subject,
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


def scores_of(study, fits, source):
    """Scores of these fits, each of the subjects that it is made for, subject by subject."""
    return [
        rules.encode.output.scores.format(
            source=source, study=study.id, subject=subject, fit=fit
        )
        for subject, fit in fits_of(study, fits, source)
    ]


def recovery_baseline(wildcards):
    """Scores of the fit over which a gain is recovered, where a figure asks for one."""
    study = study_of(wildcards)
    names = {
        figure.against
        for figure in study.figures.values()
        if figure.kind == "recovery" and wildcards.fit in figure.fits
    } - {None}
    path = rules.encode.output.scores.format
    subject = wildcards.subject
    return [
        path(source="twin", study=study.id, subject=subject, fit=name) for name in names
    ]
