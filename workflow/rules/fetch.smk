localrules:
    fetch,
    fetch_model,


rule simulate:
    """A twin of the data set was simulated: the same files, with responses planted in them."""
    input:
        table="resources/{dataset}/twin.tsv",
        given=twin_files,
    output:
        lock="results/twin/simulate/{dataset}.lock.tsv",
        data=directory("results/twin/simulate/{dataset}"),
        truth=directory("results/twin/simulate/{dataset}.truth"),
        prov="results/twin/simulate/{dataset}.prov.json",
    log:
        "logs/twin/simulate/{dataset}.log",
    wildcard_constraints:
        dataset="|".join(twins.NAMES),
    conda:
        "../../envs/braid.yaml"
    resources:
        # One run at a time in float64, and the surfaces or pictures of one subject.
        **asks("simulate"),
    params:
        code=digest("simulate.py", "braid.twins.{dataset}"),
        given=twin_given,
        seed=0,
    script:
        "../scripts/simulate.py"


rule fetch:
    """Raw files were fetched at a pinned version and verified against their digests."""
    input:
        lock=simulated_lock,
    output:
        file="results/{source}/fetch/{dataset}/{path}",
        prov="results/{source}/fetch/{dataset}/{path}.prov.json",
    log:
        "logs/{source}/fetch/{dataset}/{path}.log",
    wildcard_constraints:
        dataset="|".join(RELEASES),
        path=r"(?!.*\.prov\.json$).+",
    conda:
        "../../envs/braid.yaml"
    params:
        code=digest("fetch.py"),
        origin=origin,
    script:
        "../scripts/fetch.py"


rule fetch_model:
    """Weights and word vectors were fetched by name, version and SHA-256, and never executed."""
    output:
        folder=directory("results/{source}/fetch_model/{model}"),
        prov="results/{source}/fetch_model/{model}.prov.json",
    log:
        "logs/{source}/fetch_model/{model}.log",
    conda:
        "../../envs/braid.yaml"
    params:
        code=digest("fetch_model.py"),
        model=model_row,
        packages=model_packages,
    script:
        "../scripts/fetch_model.py"
