rule pretrain:
    """A masked autoencoder was trained to rebuild hidden patches of real resting BOLD; it was
    compared with the mean and with interpolation on subjects that it never saw."""
    input:
        archives=resting_archives,
    output:
        folder=directory("results/{source}/pretrain/{study}/{network}"),
        prov="results/{source}/pretrain/{study}/{network}.prov.json",
    log:
        "logs/{source}/pretrain/{study}/{network}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # A hundred recordings of a few hundred parcels, and a small network: see `costs`.
        **asks("pretrain", NETWORKS_GPU),
    params:
        code=digest("pretrain.py"),
        key=key,
        network=network_options,
        packages=resting_packages,
        seed=seed,
    script:
        "../scripts/pretrain.py"


rule autoencode:
    """An autoencoder was trained to rebuild the responses of all subjects from a short code, and
    stopped by rows that it was not trained on."""
    input:
        responses=training_responses,
    output:
        folder=directory("results/{source}/autoencode/{study}/{network}"),
        prov="results/{source}/autoencode/{study}/{network}.prov.json",
    log:
        "logs/{source}/autoencode/{study}/{network}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # 46,840 by 8,192 weights twice, their gradients and two moments: 12 GB; see `costs`.
        **asks("autoencode", NETWORKS_GPU),
    params:
        code=digest("autoencode.py"),
        key=key,
        network=network_options,
        seed=seed,
    script:
        "../scripts/autoencode.py"


rule compress:
    """Responses became one brain vector per TR, by an encoder that has seen no test run."""
    input:
        responses=encoder_responses,
        scores=encoder_scores,
        network=encoder_network,
        places=encoder_places,
    output:
        brain="results/{source}/compress/{study}/{encoder}/{subject}.nc",
        prov="results/{source}/compress/{study}/{encoder}/{subject}.prov.json",
    log:
        "logs/{source}/compress/{study}/{encoder}/{subject}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # A block of voxels of all runs, and 10,000 numbers for each of 30,000 TRs: see `costs`.
        **asks("compress", NETWORKS_GPU),
    params:
        code=compress_code,
        key=key,
        encoder=encoder_options,
        dataset=encoded_dataset,
        places=places_roles,
    script:
        "../scripts/compress.py"


rule tune:
    """A language model was tuned with brain vectors on training runs, and stopped by others; it
    never met a test run."""
    input:
        brain=tuning_vectors,
        files=tuning_files,
        model=tuning_start,
    output:
        folder=directory("results/{source}/tune/{study}/{network}/{subject}"),
        prov="results/{source}/tune/{study}/{network}/{subject}.prov.json",
    log:
        "logs/{source}/tune/{study}/{network}/{subject}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # Weights, moments of the trained ones, and a batch of states: see `costs`.
        **asks("tune", NETWORKS_GPU),
    params:
        code=tuning_code,
        key=key,
        network=network_options,
        dataset=trained_on,
        roles=tuning_roles,
        recordings=tuning_recordings,
        seed=seed,
    script:
        "../scripts/tune.py"


rule transfer:
    """A text model was trained to tell translations from other pairs of sentences, and tested on
    pairs whose sentences it never met."""
    input:
        archive=sentences_archive,
        model=transfer_start,
    output:
        folder=directory("results/{source}/transfer/{study}/{network}"),
        prov="results/{source}/transfer/{study}/{network}.prov.json",
    log:
        "logs/{source}/transfer/{study}/{network}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # Weights, gradients and two moments of all layers: see `costs`.
        **asks("transfer", NETWORKS_GPU),
    params:
        code=digest("transfer.py"),
        key=key,
        network=network_options,
        seed=seed,
    script:
        "../scripts/transfer.py"


rule autoencode_pictures:
    """An autoencoder was trained to rebuild scenes from latents near a normal distribution."""
    input:
        archives=scene_archives,
    output:
        folder=directory("results/{source}/autoencode_pictures/{study}/{network}"),
        prov="results/{source}/autoencode_pictures/{study}/{network}.prov.json",
    log:
        "logs/{source}/autoencode_pictures/{study}/{network}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # 20,000 scenes of 48 x 48 pixels, and a batch through a small network.
        **asks("autoencode_pictures", NETWORKS_GPU),
    params:
        code=digest("autoencode_pictures.py"),
        key=key,
        network=network_options,
        seed=seed,
    script:
        "../scripts/autoencode_pictures.py"


rule judge:
    """A network was trained to name the thing on a scene, on garments that no generator met."""
    input:
        archives=scene_archives,
    output:
        folder=directory("results/{source}/judge/{study}/{network}"),
        prov="results/{source}/judge/{study}/{network}.prov.json",
    log:
        "logs/{source}/judge/{study}/{network}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    resources:
        # 20,000 scenes of 48 x 48 pixels, and a batch through a small network.
        **asks("judge", NETWORKS_GPU),
    params:
        code=digest("judge.py"),
        key=key,
        network=network_options,
        seed=seed,
    script:
        "../scripts/judge.py"


rule diffuse:
    """A latent diffusion model was trained on scenes and their captions, and an independent judge
    named what it makes of captions."""
    input:
        archives=scene_archives,
        autoencoder=part_of_network("autoencoder"),
        judge=part_of_network("judge"),
        text=text_folder,
    output:
        folder=directory("results/{source}/diffuse/{study}/{network}"),
        prov="results/{source}/diffuse/{study}/{network}.prov.json",
    log:
        "logs/{source}/diffuse/{study}/{network}.log",
    cache: True
    conda:
        "../../envs/braid.yaml"
    threads: 2
    resources:
        # 20,000 latents and states of 75 captions, and a batch through a small U-Net.
        **asks("diffuse", NETWORKS_GPU),
    params:
        code=digest("diffuse.py"),
        key=key,
        network=network_options,
        seed=seed,
    script:
        "../scripts/diffuse.py"
