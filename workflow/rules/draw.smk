rule surface:
    """Surfaces of the subjects were prepared for flatmaps once, so that drawing only reads."""
    input:
        files=surface_files,
    output:
        store=directory("results/{source}/surface/{dataset}"),
        prov="results/{source}/surface/{dataset}.prov.json",
    log:
        "logs/{source}/surface/{dataset}.log",
    conda:
        "../../envs/braid.yaml"
    resources:
        # 300,000 vertices and their flat pixels: pycortex takes 740 MB.
        **asks("surface"),
    params:
        code=digest("surface.py"),
        subjects=surface_table,
    script:
        "../scripts/surface.py"


# One rule for each kind of figure: its inputs are what the figure's fits and decoders made.
for kind in NEEDS:

    rule:
        """A figure was drawn, with a passport that leads to its record."""
        name:
            kind
        input:
            unpack(figure_inputs),
        output:
            **figure_outputs(kind),
        log:
            "logs/{source}/figures/{figure}.log",
        wildcard_constraints:
            figure=figures_of(kind),
        conda:
            "../../envs/braid.yaml"
        resources:
            # A flatmap of 300,000 vertices takes 740 MB; the other kinds less.
            **asks("figure"),
        params:
            code=figure_code(kind),
            kind=kind,
            figure=figure_options,
        script:
            "../scripts/figures/{params.kind}.py"


rule report:
    """Figures, how they were made and from what, on one page that opens offline: those of the
    demo, or all."""
    input:
        template="workflow/report/report.html.j2",
        figures=report_figures,
        records=report_records,
        claims=report_claims,
    output:
        page="results/{page}.html",
        prov="results/{page}.prov.json",
    log:
        "logs/{page}.log",
    wildcard_constraints:
        page="report|report-all",
    conda:
        "../../envs/braid.yaml"
    resources:
        # Every figure once in memory.
        **asks("report"),
    params:
        code=digest("report.py"),
        studies=report_studies,
        methods=report_methods,
    script:
        "../scripts/report.py"
