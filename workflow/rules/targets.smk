"""What one can ask for by name."""


localrules:
    demo,
    twins,
    all,


rule demo:
    """Three studies: two on real brain data, one on its twin, and a page that shows them."""
    default_target: True
    input:
        rules.report.output.page.format(page="report"),


rule twins:
    """Every study on its twin."""
    input:
        [path for study in STUDIES.values() for path in figures_on(study, "twin")],


rule all:
    """Every figure of every study, and a page that shows them."""
    input:
        rules.report.output.page.format(page="report-all"),


# Each study under its own name, and each figure, whose title `--list-target-rules` prints.
for study in STUDIES.values():

    rule:
        name:
            study.id
        input:
            figures_on(study, source_of(study)),
        localrule: True

    workflow.get_rule(study.id).docstring = f"All of: {study.title}"
    for name, figure in study.figures_on(source_of(study)).items():

        rule:
            name:
                f"{study.id}_{name}"
            input:
                figure_file(study, name, source_of(study)),
            localrule: True

        workflow.get_rule(f"{study.id}_{name}").docstring = figure.title
