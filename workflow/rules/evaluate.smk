rule evaluate:
    """Scores were summarised over all unmasked voxels, for each subject and model."""
    input:
        scores=study_scores,
    output:
        summary="results/{source}/evaluate/{study}.csv",
        prov="results/{source}/evaluate/{study}.prov.json",
    log:
        "logs/{source}/evaluate/{study}.log",
    conda:
        "../../envs/braid.yaml"
    resources:
        # Ten numbers for each of 95,000 voxels, one file at a time.
        mem_mb=memory("evaluate"),
    params:
        code=digest("evaluate.py"),
    script:
        "../scripts/evaluate.py"


rule recover:
    """What was found in simulated data was compared with what had been planted there."""
    input:
        scores="results/twin/encode/{study}/{subject}/{fit}.nc",
        truth=truth,
    output:
        recovery="results/twin/recover/{study}/{subject}/{fit}.nc",
        prov="results/twin/recover/{study}/{subject}/{fit}.prov.json",
    log:
        "logs/twin/recover/{study}/{subject}/{fit}.log",
    conda:
        "../../envs/braid.yaml"
    resources:
        # Ten numbers for each voxel of a twin.
        mem_mb=memory("recover"),
    params:
        code=digest("recover.py"),
    script:
        "../scripts/recover.py"
