rule search:
    """Each layer was scored inside the training runs, voxel by voxel; the layer, or a penalty that
    all voxels share, is the best over all voxels of the subject.
    """
    input:
        designs=designs,
        responses=fit_responses,
    output:
        scores=temp("results/{source}/search/{study}/{subject}/{fit}/{part}.nc"),
        prov="results/{source}/search/{study}/{subject}/{fit}/{part}.prov.json",
    log:
        "logs/{source}/search/{study}/{subject}/{fit}/{part}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # One layer, decomposed on every inner fold, and a block of voxels: see `costs`.
        **asks("search", FITS_GPU),
    params:
        code=digest("search.py"),
        key=key,
        plan=plan,
        part=part,
    script:
        "../scripts/search.py"


rule fit:
    """Each voxel was predicted by ridge regression from delayed features; layer and penalty were
    chosen inside the training runs, the left-out runs scored once, against a null.
    """
    input:
        designs=designs,
        responses=fit_responses,
        searches=searches,
    output:
        scores=temp("results/{source}/fit/{study}/{subject}/{fit}/{part}.nc"),
        weights=temp("results/{source}/fit/{study}/{subject}/{fit}/{part}.weights.nc"),
        prov="results/{source}/fit/{study}/{subject}/{fit}/{part}.prov.json",
    log:
        "logs/{source}/fit/{study}/{subject}/{fit}/{part}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # The design, decomposed on every fold, a block of voxels and the weights: see `costs`.
        **asks("fit", FITS_GPU),
    params:
        code=digest("fit.py"),
        key=key,
        plan=plan,
        part=part,
    script:
        "../scripts/fit.py"


rule encode:
    """Parts of the voxels were gathered, and p-values corrected over all voxels of the subject."""

    # Not cached: the parts are, and a cache would hold all weights twice.
    input:
        scores=fitted_scores,
        weights=fitted_weights,
    output:
        scores="results/{source}/encode/{study}/{subject}/{fit}.nc",
        weights="results/{source}/encode/{study}/{subject}/{fit}.weights.nc",
        prov="results/{source}/encode/{study}/{subject}/{fit}.prov.json",
    log:
        "logs/{source}/encode/{study}/{subject}/{fit}.log",
    conda:
        "../../envs/braid.yaml"
    resources:
        # Ten numbers, and one for each test run, for each of 95,000 voxels, and a block of weights.
        **asks("encode"),
    params:
        code=digest("encode.py"),
        chance=chance,
    script:
        "../scripts/encode.py"
