rule embed:
    """Features of pictures, or of their captions, were extracted, some hundred pictures to a job;
    those that no subject saw were left out."""
    input:
        files=picture_files,
        model=model_folder,
    output:
        features="results/{source}/embed/{dataset}/{feature}/{shard}.nc",
        prov="results/{source}/embed/{dataset}/{feature}/{shard}.prov.json",
    log:
        "logs/{source}/embed/{dataset}/{feature}/{shard}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # Weights of the diffusion model, a batch in it, and the features of 500 pictures.
        **asks("embed", NETWORKS_GPU),
    params:
        code=picture_code,
        key=key,
        roles=picture_roles,
        needs=needs_of,
        recordings=studied_recordings,
        span=span,
        kind=feature_kind,
        options=picture_options,
        seed=0,
        mode=mode,
    script:
        "../scripts/embed.py"


rule present:
    """The features of each picture were put where a subject saw it, and z-scored over its trials."""
    input:
        files=presented_files,
        features=presented_features,
    output:
        design="results/{source}/present/{dataset}/{feature}/{subject}.nc",
        prov="results/{source}/present/{dataset}/{feature}/{subject}.prov.json",
    log:
        "logs/{source}/present/{dataset}/{feature}/{subject}.log",
    conda:
        "../../envs/braid.yaml"
    resources:
        # 30,000 trials of 6,400 numbers are 768 MB, once as they are and once z-scored.
        **asks("present"),
    params:
        code=digest("present.py", "braid.datasets.{dataset}"),
        roles=presented_roles,
        recordings=presented_recordings,
        mode=mode,
    script:
        "../scripts/present.py"
