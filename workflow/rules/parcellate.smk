rule parcellate:
    """Vertices of fsaverage5 were named after the regions of an atlas: Destrieux et al. 2010, or
    Desikan et al. 2006."""
    input:
        archive=atlas_package,
    output:
        regions="results/{source}/parcellate/{atlas}.nc",
        prov="results/{source}/parcellate/{atlas}.prov.json",
    log:
        "logs/{source}/parcellate/{atlas}.log",
    wildcard_constraints:
        atlas="destrieux|desikan",
    conda:
        "../../envs/braid.yaml"
    resources:
        # 20,484 names.
        **asks("parcellate"),
    params:
        code=digest("parcellate.py"),
    script:
        "../scripts/parcellate.py"
