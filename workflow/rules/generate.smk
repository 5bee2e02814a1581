rule decode:
    """Features of the presented pictures were decoded from responses by ridge regression; penalties
    were chosen inside the training pictures, trials of a test picture averaged."""
    input:
        responses=decoding_responses,
        others=other_responses,
        features=decoded_feature,
    output:
        decoded="results/{source}/decode/{study}/{subject}/{decoder}.nc",
        prov="results/{source}/decode/{study}/{subject}/{decoder}.prov.json",
    log:
        "logs/{source}/decode/{study}/{subject}/{decoder}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # Trials by voxels of a region, decomposed on every fold, and a block of targets: see `costs`.
        **asks("decode"),
    params:
        code=digest("decode.py"),
        key=key,
        decoder=decoder_options,
        seed=seed,
        mode=decoded_mode,
    script:
        "../scripts/decode.py"


rule generate:
    """Pictures were generated from decoded features by a latent diffusion model, several of each,
    every one from a seed that is kept beside it."""
    input:
        z=decoded_for("z"),
        c=decoded_for("c"),
        true_z=true_for("z"),
        true_c=true_for("c"),
        model=generator_folder,
    output:
        pictures="results/{source}/generate/{study}/{subject}/{reconstruction}.nc",
        prov="results/{source}/generate/{study}/{subject}/{reconstruction}.prov.json",
    log:
        "logs/{source}/generate/{study}/{subject}/{reconstruction}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # Weights of the diffusion model and a batch in it; pictures are written as they are made.
        **asks("generate", NETWORKS_GPU),
    params:
        code=digest("generate.py"),
        key=key,
        reconstruction=reconstruction_options,
        seed=seed,
        mode=decoded_mode,
    script:
        "../scripts/generate.py"


rule evaluate:
    """Generated pictures were compared with the presented ones, by pixels and by features of
    networks that took no part in decoding."""
    input:
        pictures=rules.generate.output.pictures,
        files=shown_files,
        networks=metric_folders,
        z=decoded_for("z"),
        c=decoded_for("c"),
        true_z=true_for("z"),
        true_c=true_for("c"),
    output:
        scores="results/{source}/evaluate/{study}/{subject}/{reconstruction}.nc",
        prov="results/{source}/evaluate/{study}/{subject}/{reconstruction}.prov.json",
    log:
        "logs/{source}/evaluate/{study}/{subject}/{reconstruction}.log",
    conda:
        "../../envs/braid.yaml"
    resources:
        # Features of 4,910 pictures by one network, and a batch in it: see `costs`.
        **asks("evaluate", NETWORKS_GPU),
    params:
        code=decoder_code("evaluate.py"),
        dataset=dataset_name,
        roles=shown_roles,
        recordings=presented_recordings,
        reconstruction=reconstruction_options,
        metrics=metrics_options,
        networks=metric_names,
        retrieval=retrieval,
        seed=seed,
    script:
        "../scripts/evaluate.py"
