rule encode:
    """Each voxel was predicted by ridge regression from delayed features; layer and penalty were
    chosen inside the training runs, the left-out runs scored once, against circular shifts.
    """
    input:
        designs=designs,
        responses=responses,
    output:
        scores="results/{source}/encode/{study}/{subject}/{fit}.nc",
        weights="results/{source}/encode/{study}/{subject}/{fit}.weights.nc",
        prov="results/{source}/encode/{study}/{subject}/{fit}.prov.json",
    log:
        "logs/{source}/encode/{study}/{subject}/{fit}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # UTS03, whole: 28,000 TRs by 95,556 voxels are 11 GB in float32, held three times.
        mem_mb=memory("encode"),
    params:
        code=digest("encode.py"),
        key=key,
        plan=plan,
    script:
        "../scripts/encode.py"
