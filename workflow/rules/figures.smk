"""What each figure is drawn from."""

# What scores on the template surface are averaged over.
ON_TEMPLATE = ("scores", "groups", "destrieux", "desikan")

# Kind of figure to what it needs, each a function below of the study, the figure and the source.
NEEDS = {
    "alignment": ("stimuli",),
    "bands": ("scores", "anatomy"),
    "change_map": ("scores", "store"),
    "classification": ("trained", "claims"),
    "comparison": ("scores", "against"),
    "confusion": ("classified",),
    "decoding": ("decoded",),
    "difference": ("scores",),
    "feature_maps": ("scores", "baselines", "levels", "anatomy"),
    "flatmap": ("scores", "baselines", "store", "template"),
    "identification": ("identified",),
    "languages": ("decoded", "vectors", "captions"),
    "layers": (*ON_TEMPLATE, "claims"),
    "loss_curves": ("trained",),
    "picture_table": ("evaluated", "claims"),
    "reconstructions": ("evaluated", "generated", "pictures"),
    "recovery": ("recovered",),
    "roi_lines": ON_TEMPLATE,
    "roi_maps": (*ON_TEMPLATE, "store", "claims"),
    "roi_table": (*ON_TEMPLATE, "claims"),
    "samples": ("trained",),
    "slices": ("scores", "baselines", "anatomy"),
    "summary": ("scores",),
    "table": ("scores", "baselines", "against", "claims"),
}


def figures_of(kind):
    """Regular expression of the figures of a kind, as `<study>/<figure>`."""
    names = [
        f"{s.id}/{name}"
        for s in STUDIES.values()
        for name, f in s.figures.items()
        if f.kind == kind
    ]
    return "|".join(names) or "none"


def figure_of(wildcards):
    study, _, name = wildcards.figure.partition("/")
    return STUDIES[study], STUDIES[study].figures[name]


def figure_outputs(kind):
    """Picture, numbers, findings in words, and record; a flatmap is also an interactive page."""
    suffixes = {
        "png": "png",
        "svg": "svg",
        "csv": "csv",
        "findings": "txt",
        "prov": "prov.json",
    }
    pages = {"html": "html"} if kind == "flatmap" else {}
    return {
        role: f"results/{{source}}/figures/{{figure}}.{end}"
        for role, end in (suffixes | pages).items()
    }


def figure_inputs(wildcards):
    study, figure = figure_of(wildcards)
    return {
        need: GATHER[need](study, figure, wildcards.source)
        for need in NEEDS[figure.kind]
    }


def figure_code(kind):
    """The `code` parameter of a figure, whose script may read the anatomy of its data set."""

    def of_job(wildcards):
        study, _ = figure_of(wildcards)
        return code(f"figures/{kind}.py", datasets.NAMES[study.dataset])

    return of_job


def figure_options(wildcards):
    """What a figure says of itself."""
    study, figure = figure_of(wildcards)
    return {
        "study": study.id,
        "dataset": study.dataset,
        "title": figure.title,
        "caption": figure.caption,
        "fits": list(figure.fits),
        "trained": trained_table(study, figure, wildcards.source),
        "predictions": predictions_table(study, figure, wildcards.source),
        "simulated": wildcards.source in study.simulated,
        "anatomy": anatomy_table(study, figure, wildcards.source),
        "stimuli": stimuli_table(study, figure, wildcards.source),
        "series": series_table(study, figure, wildcards.source),
        **options_of_pictures(study, figure, wildcards.source),
    }


def figure_file(study, name, source):
    return f"results/{source}/figures/{study.id}/{name}.png"


def figures_on(study, source):
    """Pictures of a study that exist on a source."""
    return [figure_file(study, name, source) for name in study.figures_on(source)]


def gathered(path, study, source, **names):
    return expand(
        path, source=source, study=study.id, subject=study.subjects[source], **names
    )


def scores_of_figure(study, figure, source):
    return scores_of(study, figure.fits, source)


def baselines_of_figure(study, figure, source):
    """Scores of fits without a claim; none for a figure that names none."""
    return scores_of(study, figure.baselines, source)


def classified_of_figure(study, figure, source):
    return gathered(
        rules.classify.output.decoded, study, source, decoder=figure.decoders
    )


def identified_of_figure(study, figure, source):
    return gathered(
        rules.identify.output.decoded, study, source, decoder=figure.decoders
    )


def recovered_of_figure(study, figure, source):
    return gathered(rules.recover.output.recovery, study, source, fit=figure.fits)


def against_of_figure(study, figure, source):
    """Scores of the fit that the others are compared with."""
    return scores_of(study, [figure.against], source)


def trainings_of(study, figure, source):
    """Networks of a figure, each with the subjects that have one of their own, or all."""
    return [
        (name, subject)
        for name in figure.networks
        for subject in (
            [ALL] if study.networks[name].pooled else study.subjects[source]
        )
    ]


def trained_of_figure(study, figure, source):
    """Folders of networks."""
    return [
        network_folder(study, name, source, subject)
        for name, subject in trainings_of(study, figure, source)
    ]


def called(network):
    """Its label, with the languages that it learned to match."""
    pair = "-".join(getattr(network, "languages", ())).upper()
    return f"{network.label}, {pair}" if pair else network.label


def trained_table(study, figure, source):
    """Names of these networks, in the same order."""
    return [
        {"network": called(study.networks[name]), "subject": subject}
        for name, subject in trainings_of(study, figure, source)
    ]


def predictions_table(study, figure, source):
    """Pair of languages to model to its answers, of networks that were trained on pairs."""
    found = {}
    for name in figure.networks:
        spec = study.networks[name]
        if languages := "-".join(getattr(spec, "languages", ())).upper():
            answers = f"{network_folder(study, name, source)}/predictions.csv"
            found.setdefault(languages, {})[spec.label] = answers
    return found


def groups_of_figure(study, figure, source):
    return f"resources/{study.id}/groups.tsv"


def atlas_of_figure(atlas):
    """Names of the vertices of the template in an atlas."""

    def of_figure(study, figure, source):
        return rules.parcellate.output.regions.format(source=source, atlas=atlas)

    return of_figure


def store_of_figure(study, figure, source):
    return expand(rules.surface.output.store, source=source, dataset=study.dataset)


def anatomy_table(study, figure, source):
    """Subject to role to fetched file of its anatomy, for figures drawn on slices."""
    if "anatomy" not in NEEDS[figure.kind]:
        return {}
    dataset = datasets.find(study.dataset)
    path = rules.fetch.output.file.format
    return {
        subject: {
            role: path(source=source, dataset=study.dataset, path=file)
            for role, file in dataset.anatomy_files(subject).items()
        }
        for subject in study.subjects[source]
    }


def anatomy_of_figure(study, figure, source):
    """All files of the table above, each once: a package holds several subjects."""
    table = anatomy_table(study, figure, source)
    return list(
        dict.fromkeys(path for files in table.values() for path in files.values())
    )


def heard_in(study, source):
    """Recordings of all subjects, each once."""
    of_dataset = datasets.find(study.dataset)
    heard = (of_dataset.recordings(source, s) for s in study.subjects[source])
    return list(dict.fromkeys(name for names in heard for name in names))


def stimuli_table(study, figure, source):
    """Words and sounds to role to fetched file, for figures of what was heard."""
    if "stimuli" not in NEEDS[figure.kind]:
        return {}
    files = datasets.find(study.dataset).stimulus_files
    return {
        kind: {
            role: raw_file(source, study.dataset, path)
            for role, path in files(heard_in(study, source), kind).items()
        }
        for kind in ("events", "sound")
    }


def series_table(study, figure, source):
    """Recording to what it is a part of, for the same figures."""
    shown = "stimuli" in NEEDS[figure.kind]
    return series_of(heard_in(study, source)) if shown else {}


def stimuli_of_figure(study, figure, source):
    table = stimuli_table(study, figure, source)
    return list(
        dict.fromkeys(path for files in table.values() for path in files.values())
    )


def claims_of_figure(study, figure, source):
    return f"resources/claims/{study.id}.yaml"


def template_of_figure(study, figure, source):
    return "workflow/report/viewer.html.j2"


GATHER = {
    **GATHER_PICTURES,
    "against": against_of_figure,
    "anatomy": anatomy_of_figure,
    "baselines": baselines_of_figure,
    "claims": claims_of_figure,
    "classified": classified_of_figure,
    "desikan": atlas_of_figure("desikan"),
    "destrieux": atlas_of_figure("destrieux"),
    "groups": groups_of_figure,
    "identified": identified_of_figure,
    "recovered": recovered_of_figure,
    "scores": scores_of_figure,
    "stimuli": stimuli_of_figure,
    "store": store_of_figure,
    "template": template_of_figure,
    "trained": trained_of_figure,
}
