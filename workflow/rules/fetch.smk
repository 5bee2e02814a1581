localrules:
    fetch,
    fetch_model,


rule simulate:
    """A twin of the data set was simulated: the same files, with responses planted in them."""
    input:
        table="resources/{dataset}/twin.tsv",
        text="results/twin/fetch/alice/brotli-1.2.1.tar.gz",
        vectors="results/twin/fetch_model/wordllama",
    output:
        commit="results/twin/simulate/{dataset}.commit",
        data=directory("results/twin/simulate/{dataset}"),
        truth=directory("results/twin/simulate/{dataset}.truth"),
        prov="results/twin/simulate/{dataset}.prov.json",
    log:
        "logs/twin/simulate/{dataset}.log",
    wildcard_constraints:
        dataset="ds003020",
    conda:
        "../../envs/braid.yaml"
    resources:
        # One story at a time in float64, and the surfaces of one subject.
        mem_mb=2000,
    params:
        code=digest("simulate.py"),
        seed=0,
    script:
        "../scripts/simulate.py"


rule fetch:
    """Raw files were fetched at a pinned version and verified against their digests."""
    input:
        commit=simulated_commit,
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
        commit=commit,
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
