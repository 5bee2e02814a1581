rule extract:
    """Features were extracted from the stimuli on their own clock, all layers in one pass."""
    input:
        files=stimulus_files,
        model=model_folder,
    output:
        features="results/{source}/extract/{dataset}/{feature}.nc",
        prov="results/{source}/extract/{dataset}/{feature}.prov.json",
    log:
        "logs/{source}/extract/{dataset}/{feature}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # BERT-large, word by word: 25 layers of 1,024 for 160,000 words are 16 GB, held twice.
        **asks("extract", NETWORKS_GPU),
    params:
        code=extractor_code,
        key=key,
        roles=stimulus_roles,
        recordings=all_recordings,
        kind=feature_kind,
        options=feature_options,
    script:
        "../scripts/extract.py"
