rule align:
    """Features were brought to the middles of the TRs (words by Lanczos interpolation unless said
    otherwise), trimmed as the responses are, and z-scored within runs."""
    input:
        files=stimulus_files,
        features=rules.extract.output.features,
    output:
        design="results/{source}/align/{dataset}/{feature}{how}.nc",
        prov="results/{source}/align/{dataset}/{feature}{how}.prov.json",
    log:
        "logs/{source}/align/{dataset}/{feature}{how}.log",
    wildcard_constraints:
        how=r"(\+(fla|vla))?(\+echo)?",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # BERT-large on words of 84 stories: 16 GB of features, and 3 GB of TRs three times.
        **asks("align"),
    params:
        code=digest("align.py", "braid.datasets.{dataset}"),
        key=key,
        roles=stimulus_roles,
        recordings=aligned_recordings,
        method=alignment,
        heard=heard,
        series=series,
    script:
        "../scripts/align.py"
