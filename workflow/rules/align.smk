rule align:
    """Features were brought to the middles of the TRs (words by Lanczos interpolation), trimmed as
    the responses are, and z-scored within runs."""
    input:
        files=stimulus_files,
        features=rules.extract.output.features,
    output:
        design="results/{source}/align/{dataset}/{feature}.nc",
        prov="results/{source}/align/{dataset}/{feature}.prov.json",
    log:
        "logs/{source}/align/{dataset}/{feature}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # BERT-large on words of 84 stories: 16 GB of features, and 3 GB of TRs three times.
        mem_mb=memory("align"),
    params:
        code=digest("align.py", "braid.datasets.{dataset}"),
        key=key,
        roles=stimulus_roles,
        recordings=all_recordings,
    script:
        "../scripts/align.py"
