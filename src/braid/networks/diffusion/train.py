"""Train a latent diffusion model on scenes, write it as diffusers does, and judge its samples."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from scipy.stats import binomtest

from braid.features.diffusion.model import Diffusion
from braid.features.diffusion.text import encode_text
from braid.generation.pictures import pipeline
from braid.networks.diffusion.autoencoder import encode
from braid.networks.diffusion.judge import judge
from braid.networks.diffusion.scenes import Described
from braid.networks.diffusion.unet import (
    Denoising,
    describe,
    make_scheduler,
    make_unet,
    text_parts,
)
from braid.networks.training import train, write
from braid.sources.folders import atomic_folder, let_read
from braid.store import save
from braid.study.generators import PictureDiffusion
from braid.study.networks import Schedule


class Parts(NamedTuple):
    """Folders of what a model is made of, and judged by."""

    autoencoder: Path
    judge: Path
    text: Path
    """A transformer, which stays as it is."""


def fit_diffusion(
    training: Described,
    validation: Described,
    parts: Parts,
    spec: PictureDiffusion,
    schedule: Schedule,
    seed: int,
    folder: Path,
    checkpoint: Path,
) -> None:
    """Train a U-Net, and write a whole model in the format of diffusers.

    Beside the model there are log.csv, training.json and samples.nc: `pictures` (caption, sample,
    row, column, channel) of one caption of each thing, and how often the judge names that thing.

    Parameters
    ----------
    training, validation
        Pictures with captions.
    parts
        Of the model, and the judge of its samples.
    spec, schedule
        What is trained, and how.
    seed
        Of weights, order, noise, dropped captions and samples.
    folder
        To be made.
    checkpoint
        Folder of the state of training, which goes on from there if there is one.
    """
    model = _model(parts, spec, seed)
    latents = [_latents(model, part) for part in (training, validation)]
    numbers, states = describe(model, [*training.captions, *validation.captions])
    captions = numbers[: len(training.captions)], numbers[len(training.captions) :]
    task = Denoising(
        model.unet, model.scheduler, (latents[0], latents[1]), captions, states, spec.drop
    )
    outcome = train(task, schedule, seed, checkpoint)
    # Training has moved the U-Net to the GPU, if there is one.
    torch.nn.Module.to(model.vae, model.device)
    model.text_encoder.to(model.device)
    samples = _samples(model, training, parts.judge, spec, seed)
    with atomic_folder(folder) as partial:
        pipeline(model, StableDiffusionPipeline).save_pretrained(partial)
        about = {name: samples.attrs[name] for name in ("accuracy", "low", "high", "chance")}
        write(outcome, partial, {"kind": spec.kind, "pictures": len(training.names)} | about)
        save(partial / "samples.nc", samples)
        let_read(partial)


def _model(parts: Parts, spec: PictureDiffusion, seed: int) -> Diffusion:
    vae = AutoencoderKL.from_pretrained(parts.autoencoder, use_safetensors=True)
    encoder, tokenizer = text_parts(parts.text, spec.tokens)
    latent, width = vae.config["latent_channels"], encoder.config.hidden_size
    side = spec.size // 2 ** (len(vae.config["block_out_channels"]) - 1)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        unet = make_unet(spec, latent, side, width)
    return Diffusion(parts.autoencoder, vae.eval(), unet, make_scheduler(), tokenizer, encoder)


def _latents(model: Diffusion, pictures: Described) -> torch.Tensor:
    return encode(model.vae, pictures.pixels) * model.vae.config["scaling_factor"]


def _samples(
    model: Diffusion, training: Described, judged_by: Path, spec: PictureDiffusion, seed: int
) -> xr.Dataset:
    """Pictures of the first caption of each thing, and how often the judge names it."""
    texts = dict(sorted(zip(training.names, (c[0] for c in training.captions), strict=True)))
    made_by = pipeline(model, StableDiffusionPipeline)
    made = []
    for text in texts.values():
        states = encode_text(model, [text, ""]).expand(2, -1, -1)
        made.append(
            made_by(
                prompt_embeds=states[:1],
                negative_prompt_embeds=states[1:],
                num_images_per_prompt=spec.samples,
                num_inference_steps=spec.steps,
                guidance_scale=spec.guidance,
                generator=torch.Generator().manual_seed(seed),
                height=spec.size,
                width=spec.size,
                output_type="np",
            ).images
        )
    pictures = np.rint(255 * np.stack(made)).astype(np.uint8)
    named = judge(judged_by, pictures.reshape(-1, *pictures.shape[2:]))
    right = [
        name == shown
        for name, shown in zip(named, np.repeat(list(texts), spec.samples), strict=True)
    ]
    found = binomtest(sum(right), len(right))
    interval = found.proportion_ci(method="wilson")
    return xr.Dataset(
        {"pictures": (("caption", "sample", "row", "column", "channel"), pictures)},
        {"caption": list(texts.values()), "name": ("caption", list(texts))},
        {
            "accuracy": found.statistic,
            "low": interval.low,
            "high": interval.high,
            "chance": 1 / len(texts),
            "guidance": spec.guidance,
        },
    )
