"""A small latent diffusion model that a study trains, and the judge of what it makes."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from braid.study.names import Name, Source, Strict

Channels = Annotated[tuple[PositiveInt, ...], Field(min_length=2)]


class OnScenes(Strict):
    """Trained on scenes that are composed from pictures of packages."""

    size: PositiveInt
    """Side of a scene in pixels."""
    scenes: PositiveInt
    """To train on."""
    held_out: PositiveInt
    """To stop by."""


class PictureAutoencoder(OnScenes):
    """From pictures to latents and back, by a KL-regularised autoencoder (`AutoencoderKL`)."""

    kind: Literal["picture_autoencoder"]
    channels: Channels
    """Of each level; from one to the next the side is halved."""
    blocks: NonNegativeInt
    """Residual blocks of each level; the decoder has one more. Without any, channels are equal."""
    latent: PositiveInt
    """Channels of the latent."""
    part: PositiveInt
    """Side in pixels of the parts of a scene that it is trained on."""
    divergence: NonNegativeFloat
    """What the divergence from the standard normal counts beside the error of a pixel."""


class PictureDiffusion(OnScenes):
    """Noise to latents under a caption, by a U-Net (`UNet2DConditionModel`)."""

    kind: Literal["picture_diffusion"]
    autoencoder: Name
    """Network of the study that makes the latents."""
    judge: Name
    """Network of the study that tells what the samples show."""
    text: dict[Source, Name]
    """Text encoder, a row of config/models.tsv, frozen."""
    tokens: PositiveInt
    """Of a caption; shorter ones are filled up."""
    channels: Channels
    """Of each level."""
    blocks: PositiveInt
    """Residual blocks of each level."""
    heads: PositiveInt
    """Of attention."""
    drop: Annotated[float, Field(ge=0, lt=1)]
    """Share of the examples whose caption is empty, for guidance."""
    samples: PositiveInt
    """Pictures of each caption that are judged after training."""
    steps: PositiveInt
    """Of DDIM, for these."""
    guidance: PositiveFloat
    """For these."""


class PictureJudge(OnScenes):
    """Which thing a picture shows, by a convolutional network that no generator has met."""

    kind: Literal["picture_judge"]
    channels: Channels
    """Of each convolution; after each the side is halved."""
