rule respond:
    """Responses of each recording were z-scored within runs; voxels without a finite, varying
    signal were masked and counted."""
    input:
        files=response_files,
    output:
        responses="results/{source}/respond/{dataset}/{subject}/{recording}.nc",
        prov="results/{source}/respond/{dataset}/{subject}/{recording}.prov.json",
    log:
        "logs/{source}/respond/{dataset}/{subject}/{recording}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # Ten repeats of 291 TRs by 95,000 voxels, and their mean, are 1.2 GB in float32.
        **asks("respond"),
    params:
        code=digest("respond.py", "braid.datasets.{dataset}"),
        key=key,
        roles=response_roles,
        cleaning=cleaning,
        mode=mode,
    script:
        "../scripts/respond.py"
