rule parcellate:
    """Vertices of fsaverage5 were named after the regions of the atlas of Destrieux et al. 2010."""
    input:
        archive=atlas_package,
    output:
        regions="results/{source}/parcellate/destrieux.nc",
        prov="results/{source}/parcellate/destrieux.prov.json",
    log:
        "logs/{source}/parcellate/destrieux.log",
    conda:
        "../../envs/braid.yaml"
    resources:
        # 20,484 names.
        mem_mb=memory("parcellate"),
    params:
        code=digest("parcellate.py"),
    script:
        "../scripts/parcellate.py"
