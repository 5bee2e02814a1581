"""What the rules that train networks read, and what they are told."""

from braid.datasets import rest
from braid.datasets.ds003020 import places
from braid.study.trained import on

# Kind of network to the rule that trains it; `tune` makes one for each subject, or for all.
TRAINED_BY = {
    "masked_autoencoder": "pretrain",
    "autoencoder": "autoencode",
    "transfer": "transfer",
    "transfer_vectors": "transfer",
    "picture_autoencoder": "autoencode_pictures",
    "picture_diffusion": "diffuse",
    "picture_judge": "judge",
}
ALL = "all"


def network_folder(study, network, source, subject=ALL):
    """Where a network lies: trained by its study, or fetched."""
    if network not in study.networks:
        return fetched_model(network, source)
    spec = study.networks[network]
    if spec.kind == "aligner":
        whose = ALL if spec.pooled else subject
        return f"results/{source}/tune/{study.id}/{network}/{whose}"
    return f"results/{source}/{TRAINED_BY[spec.kind]}/{study.id}/{network}"


def network_options(wildcards):
    """What a network is, and how it is trained on this source."""
    return on(network_of(wildcards), wildcards.source).model_dump(mode="json")


def subjects_with(dataset, source, recordings):
    """Subjects who have all of these recordings."""
    of_dataset = datasets.find(dataset)
    return [
        subject
        for subject in of_dataset.subjects(source)
        if set(recordings) <= set(of_dataset.recordings(source, subject))
    ]


def trained_on(wildcards):
    """Data set whose responses a network is trained on."""
    return network_of(wildcards).dataset or study_of(wildcards).dataset


def training_responses(wildcards):
    """Responses of all subjects to the run that an autoencoder is trained on."""
    dataset, source = trained_on(wildcards), wildcards.source
    recordings = network_of(wildcards).recordings(source)
    return [
        path
        for subject in subjects_with(dataset, source, recordings)
        for path in responded(dataset, source, subject, recordings)
    ]


def tuning_vectors(wildcards):
    """Brain vectors of the subject, or of all whom a network is trained on."""
    spec, source = network_of(wildcards), wildcards.source
    recordings = spec.recordings(source)
    pooled = subjects_with(trained_on(wildcards), source, recordings)
    return expand(
        rules.compress.output.brain,
        source=source,
        study=wildcards.study,
        encoder=spec.encoder,
        subject=pooled if wildcards.subject == ALL else wildcards.subject,
    )


def tuning_table(wildcards):
    """Role to path of the stimuli of the data set that a network is trained on."""
    of_dataset = datasets.find(trained_on(wildcards))
    return of_dataset.stimulus_files(tuning_recordings(wildcards), "events")


def tuning_recordings(wildcards):
    return network_of(wildcards).recordings(wildcards.source)


def tuning_files(wildcards):
    paths = tuning_table(wildcards).values()
    return [raw_file(wildcards.source, trained_on(wildcards), path) for path in paths]


def tuning_roles(wildcards):
    return list(tuning_table(wildcards))


def tuning_start(wildcards):
    """The model that a network begins as, which may be another network."""
    start = network_of(wildcards).model[wildcards.source]
    return [
        network_folder(study_of(wildcards), start, wildcards.source, wildcards.subject)
    ]


def tuning_code(wildcards):
    return code("tune.py", datasets.NAMES[trained_on(wildcards)])


def transfer_start(wildcards):
    """The text model that is tuned, or the word vectors of each language."""
    spec, source = network_of(wildcards), wildcards.source
    names = [spec.model[source]] if spec.kind == "transfer" else spec.models[source]
    return [network_folder(study_of(wildcards), name, source) for name in names]


def sentences_archive(wildcards):
    return raw_file(wildcards.source, "xnli", "XNLI-15way.zip")


def resting_archives(wildcards):
    return [package_file(wildcards.source, name) for name in rest.READERS]


def resting_packages(wildcards):
    return list(rest.READERS)


def encoded_dataset(wildcards):
    """Data set whose responses an encoder compresses."""
    encoder, study = encoder_of(wildcards), study_of(wildcards)
    network = getattr(encoder, "network", None)
    trained = study.networks.get(network) if isinstance(network, str) else None
    return (trained and trained.dataset) or study.dataset


def compress_code(wildcards):
    """Its encoder may ask where the voxels of the data set lie."""
    return code("compress.py", f"{datasets.NAMES[encoded_dataset(wildcards)]}.places")


def encoder_options(wildcards):
    return encoder_of(wildcards).model_dump(mode="json")


def encoder_responses(wildcards):
    """All recordings of a subject that networks with this encoder may be trained on."""
    study, source = study_of(wildcards), wildcards.source
    users = [
        network
        for network in study.networks.values()
        if getattr(network, "encoder", None) == wildcards.encoder
    ]
    named = {name for network in users for name in network.recordings(source)}
    chosen_by = getattr(encoder_of(wildcards), "run", {})
    wanted = named | {chosen_by.get(source)}
    dataset = encoded_dataset(wildcards)
    had = datasets.find(dataset).recordings(source, wildcards.subject)
    return responded(
        dataset, source, wildcards.subject, [name for name in had if name in wanted]
    )


def encoder_scores(wildcards):
    """Scores of the fit that chooses voxels, where one does."""
    fit = getattr(encoder_of(wildcards), "fit", None)
    path = rules.encode.output.scores.format
    names = dict(
        source=wildcards.source, study=wildcards.study, subject=wildcards.subject
    )
    return [path(**names, fit=fit)] if fit else []


def encoder_network(wildcards):
    """The trained network of an encoder, where it has one."""
    network = getattr(encoder_of(wildcards), "network", None)
    if isinstance(network, dict):
        network = network[wildcards.source]
    found = [network] if network else []
    return [
        network_folder(study_of(wildcards), name, wildcards.source) for name in found
    ]


def places_table(wildcards):
    """Role to path of what tells where the voxels of a subject lie, for encoders of parcels."""
    if encoder_of(wildcards).kind != "brainlm":
        return {}
    return places.places_files(wildcards.subject)


def encoder_places(wildcards):
    return fetched(wildcards, places_table(wildcards))


def places_roles(wildcards):
    return list(places_table(wildcards))
