"""What each figure is drawn from."""

# Kind of figure to what it needs, each a function below of the study, the figure and the source.
NEEDS = {
    "bands": ("scores", "anatomy"),
    "confusion": ("classified",),
    "difference": ("scores",),
    "flatmap": ("scores", "baselines", "store", "template"),
    "identification": ("identified",),
    "recovery": ("recovered",),
    "slices": ("scores", "baselines", "anatomy"),
    "table": ("summary", "claims"),
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
        "simulated": wildcards.source in study.simulated,
        "anatomy": anatomy_table(study, figure, wildcards.source),
    }


def figure_file(study, name, source):
    return f"results/{source}/figures/{study.id}/{name}.png"


def figures_on(study, source):
    """Pictures of a study that exist on a source."""
    return [figure_file(study, name, source) for name in study.figures_on(source)]


def report_figures(wildcards):
    """Figures of every study, each on its source, in the order of the page."""
    return [
        path
        for study in STUDIES.values()
        for path in figures_on(study, source_of(study))
    ]


def report_records(wildcards):
    """The record of every figure: it names what the figure was made from."""
    return [path.replace(".png", ".prov.json") for path in report_figures(wildcards)]


def report_claims(wildcards):
    """What the sources of the studies printed."""
    return sorted(Path("resources/claims").glob("*.yaml"))


def gathered(path, study, source, **names):
    return expand(
        path, source=source, study=study.id, subject=study.subjects[source], **names
    )


def scores_of_figure(study, figure, source):
    return gathered(rules.encode.output.scores, study, source, fit=figure.fits)


def baselines_of_figure(study, figure, source):
    """Scores of fits without a claim; none for a figure that names none."""
    return gathered(rules.encode.output.scores, study, source, fit=figure.baselines)


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


def summary_of_figure(study, figure, source):
    return rules.evaluate.output.summary.format(source=source, study=study.id)


def claims_of_figure(study, figure, source):
    return f"resources/claims/{study.id}.yaml"


def template_of_figure(study, figure, source):
    return "workflow/report/viewer.html.j2"


GATHER = {
    "anatomy": anatomy_of_figure,
    "baselines": baselines_of_figure,
    "claims": claims_of_figure,
    "classified": classified_of_figure,
    "identified": identified_of_figure,
    "recovered": recovered_of_figure,
    "scores": scores_of_figure,
    "store": store_of_figure,
    "summary": summary_of_figure,
    "template": template_of_figure,
}


def report_studies(wildcards):
    """What the page says of each study."""
    return {s.id: {"title": s.title, "citation": s.citation} for s in STUDIES.values()}


def report_methods(wildcards):
    """The Methods sentence of each rule, in pipeline order: its docstring."""
    stages = [one for one in workflow.rules if one.script and one.name not in NEEDS]
    return {one.name: " ".join(one.docstring.split()) for one in stages}
