rule recover:
    """What was found in simulated data was compared with what had been planted there."""
    input:
        scores="results/twin/encode/{study}/{subject}/{fit}.nc",
        baseline=recovery_baseline,
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
        **asks("recover"),
    params:
        code=digest("recover.py"),
    script:
        "../scripts/recover.py"
