"""What the jobs of pictures take, by the shapes that the tables know."""

from braid.costs import pictures as picture_costs


def model_size(study, name):
    """Size of a diffusion model: a fetched one is a Stable Diffusion, a trained one is small."""
    trained = name in study.networks
    return picture_costs.SCENES if trained else picture_costs.STABLE


def text_size(study, name, source):
    """Tokens of a text and width of their states."""
    spec = study.networks.get(name)
    if spec is None:
        return 77, 768
    return spec.tokens, MODELS[spec.text[source]].width


def values_of(study, feature, source):
    """Numbers of one layer of a feature of pictures, and its layers."""
    if feature.kind == "picture_statistics":
        return 4, 1
    name = feature.model[source]
    if feature.kind == "caption_vectors":
        return MODELS[name].width, 1
    tokens, width = text_size(study, name, source)
    if feature.kind == "diffusion_c":
        return (tokens * width if feature.tokens == "all" else width), 1
    if feature.kind == "diffusion_unet":
        return feature.pool**2 * 1280, len(feature.moments)
    points = (feature.size[source] // model_size(study, name).factor) ** 2
    return 4 * points, len(getattr(feature, "strengths", [0]))


def passes_of_feature(feature, source):
    """Passes of the U-Net for one picture: with the text and without, at every step."""
    steps = getattr(feature, "steps", {source: 0})[source]
    shares = getattr(feature, "strengths", [getattr(feature, "strength", 0)])
    return round(2 * steps * sum(shares))


def cost_of_embed(wildcards):
    study, feature, source = (
        feature_study(wildcards),
        feature_of(wildcards),
        wildcards.source,
    )
    values, layers = values_of(study, feature, source)
    if feature.kind == "picture_statistics":
        return costs.small(0.5e9, 10)
    if feature.kind == "caption_vectors":
        row = MODELS[feature.model[source]]
        return picture_costs.caption_vectors(row.layers, row.width, SHARD)
    return picture_costs.embed(
        model_size(study, feature.model[source]),
        SHARD,
        getattr(feature, "size", {source: 0})[source],
        passes_of_feature(feature, source),
        values * layers,
    )


def trials_of(wildcards, subject):
    dataset, source = dataset_of(wildcards), wildcards.source
    names = dataset.recordings(source, subject)
    return sum(dataset.shape(source, subject, name).rows for name in names)


def cost_of_present(wildcards):
    values, layers = values_of(
        feature_study(wildcards), feature_of(wildcards), wildcards.source
    )
    trials = trials_of(wildcards, wildcards.subject)
    return picture_costs.present(trials, SHARD, values * layers)


def cost_of_decode(wildcards):
    """A region holds at most a quarter of the voxels; a third of the trials is of test pictures."""
    study, spec, source = (
        study_of(wildcards),
        decoder_of(wildcards),
        wildcards.source,
    )
    dataset, subject = dataset_of(wildcards), wildcards.subject
    names = dataset.recordings(source, subject)
    voxels = dataset.shape(source, subject, names[0]).voxels // 4
    values, _ = values_of(study, study.features[spec.feature], source)
    trials = trials_of(wildcards, subject)
    fits = spec.hold_out or 1
    return picture_costs.decode(trials, voxels, values, TEST_PICTURES, spec.folds, fits)


# Of public data; those of a twin are fewer.
TEST_PICTURES = 1000


def cost_of_generate(wildcards):
    study, made, source = (
        study_of(wildcards),
        reconstruction_of(wildcards),
        wildcards.source,
    )
    model = model_size(study, made.model[source])
    pictures = TEST_PICTURES * made.samples[source]
    return picture_costs.generate(
        model, pictures, made.size[source], made.steps[source]
    )


def cost_of_evaluate(wildcards):
    made, source = reconstruction_of(wildcards), wildcards.source
    pictures = TEST_PICTURES * (1 + made.samples[source])
    networks = len(metric_names(wildcards))
    return picture_costs.evaluate(pictures, made.size[source], networks, TEST_PICTURES)


def cost_of_learning(points):
    """Training on scenes, a network that passes over so many points of each."""

    def of_job(wildcards):
        spec, schedule = network_of(wildcards), schedule_of(wildcards)
        weights = 40 * sum(channels**2 for channels in spec.channels)
        return picture_costs.learn(
            weights, points(spec), schedule.steps, passes_of(schedule)
        )

    return of_job


PICTURE_COSTS = {
    "autoencode_pictures": cost_of_learning(lambda spec: spec.part**2),
    "decode": cost_of_decode,
    "diffuse": cost_of_learning(lambda spec: (spec.size // 4) ** 2),
    "embed": cost_of_embed,
    "evaluate": cost_of_evaluate,
    "generate": cost_of_generate,
    "judge": cost_of_learning(lambda spec: spec.size**2 // 4),
    "present": cost_of_present,
}
