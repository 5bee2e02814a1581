rule sample:
    """A random part of the voxels was fitted again with what had been chosen over all of them."""
    input:
        designs=designs,
        responses=fit_responses,
        scores=rules.encode.output.scores,
    output:
        sample="results/{source}/sample/{study}/{subject}/{fit}/{n}-{seed}.nc",
        prov="results/{source}/sample/{study}/{subject}/{fit}/{n}-{seed}.prov.json",
    log:
        "logs/{source}/sample/{study}/{subject}/{fit}/{n}-{seed}.log",
    wildcard_constraints:
        n=r"[1-9]\d*",
        seed=r"\d+",
    conda:
        "../../envs/braid.yaml"
    resources:
        # As a fit of one layer and few voxels: see `costs`.
        **asks("sample", FITS_GPU),
    params:
        code=digest("sample.py"),
        plan=plan,
        draw=lambda wildcards: [int(wildcards.n), int(wildcards.seed)],
    script:
        "../scripts/sample.py"
