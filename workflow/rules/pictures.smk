"""What the rules of pictures read, and what they are told: features, decoding, generation."""

from braid.store import shard_numbers

# Pictures that one job embeds: some minutes of a GPU.
SHARD = 500


def shards_of(dataset, source):
    """Numbers of the jobs that together embed all pictures of a data set."""
    return range(math.ceil(dataset.pictures(source) / SHARD))


def embedded(study, feature, source):
    """Files of a feature of pictures."""
    return expand(
        rules.embed.output.features,
        source=source,
        dataset=study.dataset,
        feature=feature,
        shard=shards_of(datasets.find(study.dataset), source),
    )


def is_of_pictures(feature):
    return feature.kind in features.PICTURE_KINDS


def studied_recordings(wildcards):
    """Sessions of all subjects that a study of the data set has."""
    dataset, source = dataset_of(wildcards), wildcards.source
    studies = [s for s in STUDIES.values() if s.dataset == dataset.NAME]
    subjects = sorted({s for study in studies for s in study.subjects[source]})
    return [name for s in subjects for name in dataset.recordings(source, s)]


def needs_of(wildcards):
    """Kinds of stimuli that a feature is extracted from."""
    return list(features.NEEDS[feature_of(wildcards).kind])


def picture_table(wildcards):
    """Role to path of what holds these stimuli."""
    files = dataset_of(wildcards).stimulus_files
    recordings = tuple(studied_recordings(wildcards))
    return {
        role: path
        for kind in needs_of(wildcards)
        for role, path in files(recordings, kind).items()
    }


def picture_files(wildcards):
    return fetched(wildcards, picture_table(wildcards))


def picture_roles(wildcards):
    return list(picture_table(wildcards))


def picture_options(wildcards):
    """What the extractor is told, with what differs between sources chosen."""
    options = feature_options(wildcards)
    return {
        name: value[wildcards.source] if isinstance(value, dict) else value
        for name, value in options.items()
    }


def picture_code(wildcards):
    extractor = features.PICTURE_KINDS[feature_of(wildcards).kind]
    return code("embed.py", extractor, datasets.NAMES[wildcards.dataset])


def span(wildcards):
    """Numbers of the first picture of a shard and of the one after its last."""
    pictures = dataset_of(wildcards).pictures(wildcards.source)
    numbers = shard_numbers(pictures, SHARD, int(wildcards.shard))
    return [numbers.start, numbers.stop]


def presented_features(wildcards):
    return embedded(feature_study(wildcards), wildcards.feature, wildcards.source)


def presented_table(wildcards):
    """Role to path of what says which pictures a subject saw."""
    dataset = dataset_of(wildcards)
    names = dataset.recordings(wildcards.source, wildcards.subject)
    return dataset.stimulus_files(names, "events")


def presented_files(wildcards):
    return fetched(wildcards, presented_table(wildcards))


def presented_roles(wildcards):
    return list(presented_table(wildcards))


def presented_recordings(wildcards):
    return dataset_of(wildcards).recordings(wildcards.source, wildcards.subject)


def used_responses(wildcards, subject):
    """The sessions of a subject that a decoder uses."""
    dataset, source = dataset_of(wildcards), wildcards.source
    names = dataset.recordings(source, subject)
    used = names[: decoder_of(wildcards).sessions[source]]
    return responded(dataset.NAME, source, subject, used)


def decoding_responses(wildcards):
    return used_responses(wildcards, wildcards.subject)


def other_responses(wildcards):
    """Responses of the next subject, for the control that decodes from another brain."""
    if decoder_of(wildcards).responses != "other":
        return []
    subjects = study_of(wildcards).subjects[wildcards.source]
    place = subjects.index(wildcards.subject) + 1
    return used_responses(wildcards, subjects[place % len(subjects)])


def decoded_feature(wildcards):
    study = study_of(wildcards)
    return embedded(study, decoder_of(wildcards).feature, wildcards.source)


def reconstruction_of(wildcards):
    return study_of(wildcards).reconstructions[wildcards.reconstruction]


def reconstruction_options(wildcards):
    return reconstruction_of(wildcards).model_dump(mode="json")


def decoded_for(role):
    """What was decoded for z or c, where a reconstruction has one."""

    def of_job(wildcards):
        decoder = getattr(reconstruction_of(wildcards), role)
        path, names = rules.decode.output.decoded.format, dict(wildcards)
        return [path(**names, decoder=decoder)] if decoder else []

    return of_job


def true_for(role):
    """The features that were to be decoded."""

    def of_job(wildcards):
        study, made = study_of(wildcards), reconstruction_of(wildcards)
        decoder = getattr(made, role)
        if not decoder:
            return []
        return embedded(study, study.decoders[decoder].feature, wildcards.source)

    return of_job


def generator_folder(wildcards):
    study, made = study_of(wildcards), reconstruction_of(wildcards)
    return [network_folder(study, made.model[wildcards.source], wildcards.source)]


def metrics_on(study, source):
    """Metrics that exist on a source, by name."""
    return {
        name: metric for name, metric in study.metrics.items() if source in metric.size
    }


def metrics_options(wildcards):
    found = metrics_on(study_of(wildcards), wildcards.source)
    return {name: metric.model_dump(mode="json") for name, metric in found.items()}


def metric_names(wildcards):
    """Networks that metrics ask for: the name to what loads them (`braid.features.vision`)."""
    study, source = study_of(wildcards), wildcards.source
    found = metrics_on(study, source).values()
    names = dict.fromkeys(metric.model[source] for metric in found if metric.model)
    return {n: study.networks[n].kind if n in study.networks else n for n in names}


def metric_folders(wildcards):
    study, source = study_of(wildcards), wildcards.source
    return [network_folder(study, name, source) for name in metric_names(wildcards)]


def retrieval(wildcards):
    spec = study_of(wildcards).retrieval
    return spec.model_dump(mode="json")


def reconstructed(study, names, source):
    """Pairs of subject and reconstruction, subject by subject."""
    return [
        (subject, name)
        for subject in study.subjects[source]
        for name in names
        if subject in (study.reconstructions[name].subjects or [subject])
    ]


def shown_table(wildcards):
    """Role to path of the pictures that a subject saw."""
    dataset = dataset_of(wildcards)
    names = dataset.recordings(wildcards.source, wildcards.subject)
    return dataset.stimulus_files(names, "images")


def shown_files(wildcards):
    return fetched(wildcards, shown_table(wildcards))


def shown_roles(wildcards):
    return list(shown_table(wildcards))


def decoded_mode(wildcards):
    """Permissions of what is decoded from responses, or shows what was seen."""
    return mode_of(dataset_of(wildcards).NAME)


def scene_archives(wildcards):
    return [package_file(wildcards.source, name) for name in ("fashion", "tuxpaint")]


def part_of_network(role):
    """Folder of a network that another one is made of."""

    def of_job(wildcards):
        spec, study = network_of(wildcards), study_of(wildcards)
        return network_folder(study, getattr(spec, role), wildcards.source)

    return of_job


def text_folder(wildcards):
    spec, source = network_of(wildcards), wildcards.source
    return network_folder(study_of(wildcards), spec.text[source], source)
