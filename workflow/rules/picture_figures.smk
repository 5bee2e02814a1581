"""What figures of pictures are drawn from, and what they say of themselves."""

# What a control decodes from that must not lead to the picture.
WRONG_BRAIN = ("noise", "shuffled", "other")


def all_reconstructions(figure):
    return [*figure.reconstructions, *figure.controls]


def made_of(path):
    """Files of the reconstructions of a figure, subject by subject."""

    def of_figure(study, figure, source):
        pairs = reconstructed(study, all_reconstructions(figure), source)
        return [
            path(source=source, study=study.id, subject=subject, reconstruction=name)
            for subject, name in pairs
        ]

    return of_figure


def levels_of_figure(study, figure, source):
    """Scores of the fits that are shown as lines."""
    return scores_of(study, [level.fit for level in figure.levels], source)


def level_rows(study, figure, source):
    """Of each of these scores' fits, where it stands on which line."""
    return [level.model_dump(mode="json") for level in figure.levels]


def seen_in(study, source):
    """Sessions of all subjects of a study."""
    of_dataset = datasets.find(study.dataset)
    return [n for s in study.subjects[source] for n in of_dataset.recordings(source, s)]


def seen_table(study, source, kind):
    """Role to fetched file of the pictures or their captions, for figures that need them."""
    files = datasets.find(study.dataset).stimulus_files
    return {
        role: raw_file(source, study.dataset, path)
        for role, path in files(tuple(seen_in(study, source)), kind).items()
    }


def seen_of_figure(kind):
    """Files of pictures or captions."""

    def of_figure(study, figure, source):
        return list(seen_table(study, source, kind).values())

    return of_figure


def decoded_of_figure(study, figure, source):
    return gathered(rules.decode.output.decoded, study, source, decoder=figure.decoders)


def vectors_table(study, figure, source):
    """Features that the decoders of a figure decode, each to its files."""
    names = dict.fromkeys(study.decoders[name].feature for name in figure.decoders)
    return {name: embedded(study, name, source) for name in names}


def vectors_of_figure(study, figure, source):
    table = vectors_table(study, figure, source)
    return [path for files in table.values() for path in files]


def nulls_of(study, figure):
    """Controls whose decoders do not see the subject's own responses to the picture."""
    found = {name: study.reconstructions[name] for name in figure.controls}
    return [
        name
        for name, made in found.items()
        if any(
            study.decoders[decoder].responses in WRONG_BRAIN
            for decoder in filter(None, (made.z, made.c))
        )
    ]


def judges_of(study, source):
    """Label of a metric to the network and layer that it compares."""
    return {
        metric.label: f"{metric.model[source]} {metric.layer[source]}"
        for metric in metrics_on(study, source).values()
        if metric.model
    }


def split_text(study, source):
    """The split of the pictures in words."""
    sessions = study.split.sessions[source]
    return f"sessions 1-{sessions}, shared pictures left out, their trials averaged"


def options_of_pictures(study, figure, source):
    """What figures of pictures say of themselves; of others nothing."""
    if figure.kind == "feature_maps":
        return {"levels": level_rows(study, figure, source)}
    if figure.kind == "reconstructions":
        return {
            "against": figure.against,
            "metric": study.metrics[figure.metric].label,
            "count": figure.count,
            "stimuli": {"images": seen_table(study, source, "images")},
            "recordings": seen_in(study, source),
        }
    if figure.kind == "languages":
        return {
            "vectors": vectors_table(study, figure, source),
            "stimuli": {"captions": seen_table(study, source, "captions")},
            "recordings": seen_in(study, source),
            "seed": study.seed,
        }
    if figure.kind == "picture_table":
        return {
            "against": figure.against,
            "controls": list(figure.controls),
            "nulls": nulls_of(study, figure),
            "seed": study.seed,
            "split": split_text(study, source),
            "samples": study.reconstructions[figure.against].samples[source],
            "networks": judges_of(study, source),
        }
    return {}


GATHER_PICTURES = {
    "captions": seen_of_figure("captions"),
    "decoded": decoded_of_figure,
    "evaluated": made_of(rules.evaluate.output.scores.format),
    "generated": made_of(rules.generate.output.pictures.format),
    "levels": levels_of_figure,
    "pictures": seen_of_figure("images"),
    "vectors": vectors_of_figure,
}
