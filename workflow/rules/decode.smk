rule classify:
    """The category of each block was decoded from its response pattern by a machine trained on the
    other runs; the null permutes labels within runs."""
    input:
        responses=responses,
        files=stimulus_files,
    output:
        decoded="results/{source}/classify/{study}/{subject}/{decoder}.nc",
        prov="results/{source}/classify/{study}/{subject}/{decoder}.prov.json",
    log:
        "logs/{source}/classify/{study}/{subject}/{decoder}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # A hundred block patterns: megabytes; the libraries take the rest.
        **asks("classify"),
    params:
        code=decoder_code("classify.py"),
        key=key,
        dataset=dataset_name,
        roles=stimulus_roles,
        recordings=all_recordings,
        decoder=decoder_options,
        seed=seed,
    script:
        "../scripts/classify.py"


rule identify:
    """Two categories that training never saw were told apart by ridge regression from patterns of
    the other runs to semantic embeddings; the null is every assignment of labels."""
    input:
        responses=responses,
        files=stimulus_files,
        model=decoder_model,
    output:
        decoded="results/{source}/identify/{study}/{subject}/{decoder}.nc",
        prov="results/{source}/identify/{study}/{subject}/{decoder}.prov.json",
    log:
        "logs/{source}/identify/{study}/{subject}/{decoder}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # MiniLM is 90 MB; torch itself takes 300 MB.
        **asks("identify"),
    params:
        code=decoder_code("identify.py"),
        key=key,
        dataset=dataset_name,
        roles=stimulus_roles,
        recordings=all_recordings,
        decoder=decoder_options,
    script:
        "../scripts/identify.py"
