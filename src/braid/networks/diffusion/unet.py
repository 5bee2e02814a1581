"""Train the U-Net of a latent diffusion model on latents of scenes and states of their captions."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from jaxtyping import Float, Float32, Int
from torch import nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from braid.features.diffusion.model import Diffusion
from braid.features.diffusion.text import encode_text
from braid.study.generators import PictureDiffusion

BATCH = 128  # latents at a time where nothing is trained
GROUPS = 16  # of channels that are normalised together
NOISES = 1000  # steps that noise is counted in


class Denoising:
    """Noise from latents under captions, a `braid.networks.updates.Task`.

    The network predicts the velocity (Salimans & Ho 2022, appendix D) under a schedule that ends in
    noise alone (Lin et al. 2024): with few updates and few levels a picture's mean colour would
    otherwise leak through the noise. Of the captions of a picture a random number is averaged,
    because decoders predict the mean of all.

    Parameters
    ----------
    network
        The U-Net.
    scheduler
        How much noise there is at each step.
    latents
        Scaled, of training and validation pictures.
    captions
        Of each of these pictures, numbers of its captions.
    states
        Of every caption; those of the empty text come last.
    drop
        Share of the examples whose caption is empty.
    """

    divisible = True

    def __init__(
        self,
        network: nn.Module,
        scheduler: DDIMScheduler,
        latents: tuple[Float32[torch.Tensor, "_ c h w"], Float32[torch.Tensor, "_ c h w"]],
        captions: tuple[Int[torch.Tensor, "_ caption"], Int[torch.Tensor, "_ caption"]],
        states: Float32[torch.Tensor, "text token width"],
        drop: float,
    ) -> None:
        self.network = network
        self.scheduler = scheduler
        self.latents, self.captions, self.states = latents, captions, states
        self.size = len(latents[0])
        self.drop = drop

    def loss(
        self, examples: Int[torch.Tensor, " batch"], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Mean squared error of the velocity of some latents, at random amounts of noise."""
        latents = self.latents[0][examples]
        noise = torch.randn(latents.shape, generator=generator)
        steps = torch.randint(NOISES, (len(latents),), generator=generator)
        states = self._described(self.captions[0][examples], generator)
        dropped = torch.rand(len(latents), generator=generator) < self.drop
        return self._loss(
            latents, noise, steps, states.where(~dropped[:, None, None], self.states[-1])
        )

    def validation_loss(self) -> float:
        """The same of the validation latents, with the same noise every time."""
        generator, total = torch.Generator().manual_seed(0), 0.0
        for latents, captions in zip(
            self.latents[1].split(BATCH), self.captions[1].split(BATCH), strict=True
        ):
            noise = torch.randn(latents.shape, generator=generator)
            steps = torch.linspace(0, NOISES - 1, len(latents)).long()
            states = self.states[captions].mean(dim=1)
            total += self._loss(latents, noise, steps, states).item() * len(latents)
        return total / len(self.latents[1])

    def _described(
        self, captions: Int[torch.Tensor, "batch caption"], generator: torch.Generator
    ) -> Float[torch.Tensor, "batch token width"]:
        """States of some captions of each picture, averaged; as many of each."""
        order = torch.randperm(captions.shape[1], generator=generator)
        many = int(torch.randint(1, captions.shape[1] + 1, (), generator=generator))
        return self.states[captions[:, order[:many]]].mean(dim=1)

    def _loss(
        self,
        latents: Float[torch.Tensor, "batch c h w"],
        noise: Float[torch.Tensor, "batch c h w"],
        steps: Int[torch.Tensor, " batch"],
        states: Float[torch.Tensor, "batch token width"],
    ) -> Float[torch.Tensor, ""]:
        device = next(self.network.parameters()).device
        noisy = self.scheduler.add_noise(latents, noise, steps)  # pyright: ignore[reportArgumentType]
        velocity = self.scheduler.get_velocity(latents, noise, steps)  # pyright: ignore[reportArgumentType]
        given = (noisy.to(device), steps.to(device), states.to(device))
        return functional.mse_loss(self.network(*given).sample, velocity.to(device))


def make_scheduler() -> DDIMScheduler:
    """Give the schedule of noise that the U-Net is trained with."""
    return DDIMScheduler(
        num_train_timesteps=NOISES,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        steps_offset=1,
    )


def make_unet(spec: PictureDiffusion, latent: int, side: int, width: int) -> UNet2DConditionModel:
    """Make an untrained U-Net.

    The innermost level attends to the tokens; every level is told of the text as it is told of the
    step, by an attentive mean of the tokens. Attention at the outer levels costs half as much again
    and, in as many minutes, teaches less.

    Parameters
    ----------
    spec
        Its channels, blocks and heads.
    latent, side
        Channels of a latent and its side.
    width
        Of the states of a text.
    """
    outer = len(spec.channels) - 1
    return UNet2DConditionModel(
        sample_size=side,
        in_channels=latent,
        out_channels=latent,
        down_block_types=(*["DownBlock2D"] * outer, "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", *["UpBlock2D"] * outer),
        block_out_channels=spec.channels,
        layers_per_block=spec.blocks,
        attention_head_dim=spec.heads,
        cross_attention_dim=width,
        addition_embed_type="text",
        addition_embed_type_num_heads=spec.heads,
        norm_num_groups=GROUPS,
    )


def text_parts(folder: Path, tokens: int) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Text encoder and tokenizer of a transformer, which is told of what only fills a text.

    Parameters
    ----------
    folder
        In the format of Hugging Face.
    tokens
        Of every text.
    """
    encoder = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    encoder.config.use_attention_mask = True
    tokenizer = AutoTokenizer.from_pretrained(
        folder, local_files_only=True, model_max_length=tokens
    )
    return encoder.eval().requires_grad_(False), tokenizer


def describe(
    diffusion: Diffusion, captions: Sequence[Sequence[str]]
) -> tuple[Int[torch.Tensor, "picture caption"], Float32[torch.Tensor, "text token width"]]:
    """Number the captions of pictures, and give the states of each, and of the empty text last.

    Parameters
    ----------
    diffusion
        What encodes text.
    captions
        As many of each picture.
    """
    texts = sorted({text for each in captions for text in each})
    numbers = {text: number for number, text in enumerate(texts)}
    table = np.array([[numbers[text] for text in each] for each in captions])
    # A copy: tensors made without gradients cannot be kept for one.
    return torch.from_numpy(table), encode_text(diffusion, [*texts, ""]).cpu().clone()
