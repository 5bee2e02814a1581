"""What the jobs of each rule take, by the shapes that the tables know."""

import math
from functools import cache

from braid import costs

# Of read speech; tokens of a word, and the two marks around the text of a TR.
WORDS_PER_SECOND = 2.7
TOKENS_PER_WORD = 1.3
MARKS = 2


@cache
def rows_of(dataset, source):
    """TRs of all recordings of a data set, each stimulus once."""
    rows = {
        recording: dataset.shape(source, subject, recording).rows
        for subject in dataset.subjects(source)
        for recording in dataset.recordings(source, subject)
    }
    return sum(rows.values())


def texts_of(feature, dataset, source):
    """Texts that a feature is extracted from, and the tokens that each costs."""
    trs = rows_of(dataset, source)
    words = WORDS_PER_SECOND * dataset.TR
    if getattr(feature, "unit", "word") == "tr":
        return trs, MARKS + round(TOKENS_PER_WORD * words)
    passes = 1 + getattr(feature, "context", 0) / getattr(feature, "stride", 1)
    return round(trs * words), round(TOKENS_PER_WORD * passes)


def cost_of_fetch(wildcards):
    locked = origin_of(wildcards).locked
    return costs.fetch(locked.bytes or 0 if locked else 0)


def cost_of_respond(wildcards):
    dataset, source = dataset_of(wildcards), wildcards.source
    return costs.respond(*dataset.shape(source, wildcards.subject, wildcards.recording))


def cost_of_extract(wildcards):
    feature, source = feature_of(wildcards), wildcards.source
    texts, tokens = texts_of(feature, dataset_of(wildcards), source)
    layers = layers_of(feature_study(wildcards), feature, source)
    return costs.extract(texts, *layers, tokens)


def cost_of_align(wildcards):
    feature, source = feature_of(wildcards), wildcards.source
    dataset = dataset_of(wildcards)
    texts, _ = texts_of(feature, dataset, source)
    layers = layers_of(feature_study(wildcards), feature, source)
    return costs.align(texts, rows_of(dataset, source), *layers)


def fit_size(wildcards):
    """Size of the fit of one part of the voxels."""
    study, fit, source = study_of(wildcards), fit_of(wildcards), wildcards.source
    dataset, subject = dataset_of(wildcards), wildcards.subject
    shapes = [dataset.shape(source, subject, name) for name in recordings_of(wildcards)]
    designs = [
        (
            (lambda values, layers: (layers - 1, values))(
                *values_of(study, feature, source)
            )
            if is_of_pictures(feature)
            else layers_of(study, feature, source)
        )
        for feature in map(study.features.get, fit.features)
    ]
    return costs.Fit(
        rows=sum(shape.rows for shape in shapes),
        width=sum(width for _, width in designs),
        delays=len(fit.delays),
        layers=(
            max(layers for layers, _ in designs) + 1
            if fit.layer_on(source) is None
            else 1
        ),
        voxels=math.ceil(shapes[0].voxels / parts_of(wildcards)),
        alphas=len(fit.alphas),
        folds=fit.inner.count(len(shapes)),
        outer=split_of(wildcards).count(len(shapes)),
    )


def blocks_held(wildcards, size):
    """Bytes of responses: a block, the next one, its training rows, left-out rows in float64."""
    fit = fit_of(wildcards)
    streams = fit.solver == "ridge" and not fit.scheme
    voxels = min(size.voxels, voxel_parts.BLOCK) if streams else size.voxels
    return 5 * costs.FLOAT * size.rows * voxels


def solved(wildcards, size):
    """What the solver of a fit takes."""
    fit = fit_of(wildcards)
    if fit.solver == "banded":
        return costs.banded(size, fit.n_draws)
    return costs.ridge(size)


def cost_of_search(wildcards):
    """Every layer is fitted; no weights are kept."""
    size = fit_size(wildcards)
    cost = costs.ridge(size)
    return cost._replace(memory=cost.memory + blocks_held(wildcards, size), disk=0.0)


def cost_of_fit(wildcards):
    """The chosen layer, and every layer where there is no search before. Parts are temporary."""
    size = fit_size(wildcards)
    layers = 1 if searches(wildcards) else size.layers
    held = solved(wildcards, size).memory + blocks_held(wildcards, size)
    cost = solved(wildcards, size._replace(layers=layers))
    return cost._replace(memory=held, disk=0.0)


def cost_of_encode(wildcards):
    """Weights of all parts are read and written."""
    size, parts = fit_size(wildcards), parts_of(wildcards)
    values = size.width * size.delays * size.voxels * parts
    cost = costs.small(0.5e9, 2 * values / costs.READ)
    return cost._replace(disk=costs.FLOAT * values)


def cost_of_sample(wildcards):
    """The chosen layer on few voxels, whole blocks of them; the responses of all are read."""
    size = fit_size(wildcards)
    read = size.rows * size.voxels * parts_of(wildcards)
    few = math.ceil(int(wildcards.n) / voxel_parts.BLOCK + 1) * voxel_parts.BLOCK
    part = size._replace(layers=1, voxels=few)
    cost = solved(wildcards, part)
    held = cost.memory + blocks_held(wildcards, part)
    return costs.sample(cost._replace(memory=held), read)


def cost_of_pretrain(wildcards):
    """Windows of parcels, cut into patches; encoder and decoder are trained whole."""
    spec, schedule = network_of(wildcards), schedule_of(wildcards)
    layers = spec.layers + spec.decoder_layers
    tokens = spec.parcels * spec.window // spec.patch
    size = costs.Network(layers, spec.hidden, layers)
    return costs.train(size, schedule.steps, passes_of(schedule), tokens)


def cost_of_autoencode(wildcards):
    spec, schedule = network_of(wildcards), schedule_of(wildcards)
    dataset, source = datasets.find(trained_on(wildcards)), wildcards.source
    subjects = subjects_with(dataset.NAME, source, [spec.cut.run])
    rows, voxels, _ = dataset.shape(source, subjects[0], spec.cut.run)
    sizes, batch = spec.sizes[source], passes_of(schedule)
    return costs.autoencode(voxels, sizes, rows * len(subjects), schedule.steps, batch)


def cost_of_compress(wildcards):
    """Numbers of a brain vector: the chosen voxels, or some thousand states."""
    dataset, source = datasets.find(encoded_dataset(wildcards)), wildcards.source
    recordings = dataset.recordings(source, wildcards.subject)
    shapes = [dataset.shape(source, wildcards.subject, name) for name in recordings]
    width = getattr(encoder_of(wildcards), "voxels", {}).get(source, 1280)
    rows = sum(shape.rows for shape in shapes)
    return costs.compress(
        rows, shapes[0].voxels, width, cost_of_states(wildcards, rows)
    )


# Of BrainLM (Ortega Caro et al. 2024), which sees 200 TRs of 424 parcels as patches of 20; windows
# start every 5 TRs.
PATCHES = 424 * 200 // 20
STRIDE = 5


def cost_of_states(wildcards, rows):
    """What a fetched masked autoencoder takes for the states of a subject; a trained one is small."""
    encoder = encoder_of(wildcards)
    if encoder.kind != "brainlm":
        return None
    row = MODELS.get(encoder.network[wildcards.source])
    return row and costs.passes(rows // STRIDE, row.layers, row.width, PATCHES)


def cost_of_tune(wildcards):
    """Sequences of words of some TRs; the text of each TR alone is shorter."""
    return cost_of_text(wildcards, network_of(wildcards).length)


def cost_of_transfer(wildcards):
    """Pairs of sentences of about 30 tokens."""
    if network_of(wildcards).kind == "transfer_vectors":
        return costs.small(1.5e9, 20)
    return cost_of_text(wildcards, 2 * 30)


def cost_of_text(wildcards, length):
    """Training a text model on examples of so many tokens."""
    spec, schedule = network_of(wildcards), schedule_of(wildcards)
    row = base_model(study_of(wildcards), wildcards.network, wildcards.source)
    trained = row.layers if spec.trained_layers == "all" else spec.trained_layers
    # Embeddings of 30,000 tokens.
    size = costs.Network(row.layers, row.width, trained, 30_000 * row.width)
    return costs.train(size, schedule.steps, passes_of(schedule), length)


def schedule_of(wildcards):
    return network_of(wildcards).schedule[wildcards.source]


def passes_of(schedule):
    """Examples of an update."""
    return schedule.batch * schedule.accumulate
