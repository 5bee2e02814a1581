"""What the pages that show figures are made from."""


def shown(study, wildcards):
    """Figures of a study that a page has, by name."""
    found = study.figures_on(source_of(study))
    return [
        name
        for name, figure in found.items()
        if figure.demo or wildcards.page == "report-all"
    ]


def shown_studies(wildcards):
    return [study for study in STUDIES.values() if shown(study, wildcards)]


def report_figures(wildcards):
    """Figures of every study, each on its source, in the order of the page."""
    return [
        figure_file(study, name, source_of(study))
        for study in shown_studies(wildcards)
        for name in shown(study, wildcards)
    ]


def report_records(wildcards):
    """The record of every figure: it names what the figure was made from."""
    return [path.replace(".png", ".prov.json") for path in report_figures(wildcards)]


def report_claims(wildcards):
    """What the sources of the studies printed."""
    return [f"resources/claims/{study.id}.yaml" for study in shown_studies(wildcards)]


def report_studies(wildcards):
    """What the page says of each study."""
    return {
        study.id: {"title": study.title, "citation": study.citation}
        for study in shown_studies(wildcards)
    }


def report_methods(wildcards):
    """The Methods sentence of each rule, in pipeline order: its docstring."""
    stages = [one for one in workflow.rules if one.script and one.name not in NEEDS]
    return {one.name: " ".join(one.docstring.split()) for one in stages}
