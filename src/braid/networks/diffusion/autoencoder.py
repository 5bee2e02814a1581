"""Train the autoencoder of pictures whose latents a diffusion model denoises."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from jaxtyping import Float, Float32, Int, UInt8
from torch import nn
from torch.nn import functional

from braid.networks.training import train, write
from braid.sources.folders import atomic_folder, let_read
from braid.study.generators import PictureAutoencoder
from braid.study.networks import Schedule

BATCH = 64  # pictures at a time where nothing is trained
GROUPS = 8  # of channels that are normalised together
QUIET = -6.0  # logarithm of the variance of a latent before training


class Reconstruction:
    """Pictures from their latents, a `braid.networks.updates.Task`.

    It is trained on square parts of pictures, which are as good and cost less. Errors are counted
    in colours of equal variance: grey varies most, and what is left would be learned last.

    Parameters
    ----------
    network
        The autoencoder.
    training, validation
        Pictures.
    whitening
        What brings colours to equal variance.
    spec
        Side of the parts, and what the divergence from the standard normal counts.
    """

    divisible = True

    def __init__(
        self,
        network: AutoencoderKL,
        training: UInt8[np.ndarray, "_ side side 3"],
        validation: UInt8[np.ndarray, "_ side side 3"],
        whitening: Float[torch.Tensor, "3 3"],
        spec: PictureAutoencoder,
    ) -> None:
        self.network: nn.Module = network
        self.whitening = whitening
        self.training, self.validation = training, validation
        self.size = len(training)
        self.spec = spec

    def loss(
        self, examples: Int[torch.Tensor, " batch"], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Error of a pixel and divergence of parts of pictures, their latents drawn at random."""
        last = self.training.shape[1] - self.spec.part
        row, column = torch.randint(last + 1, (2,), generator=generator).tolist()
        rows, columns = slice(row, row + self.spec.part), slice(column, column + self.spec.part)
        pictures = self._pictures(self.training[examples.numpy()][:, rows, columns])
        latents = self.network.encode(pictures).latent_dist  # pyright: ignore[reportCallIssue]
        noise = torch.randn(latents.mean.shape, generator=generator).to(pictures)
        rebuilt = self._decoded(latents.mean + latents.std * noise)
        divergence = latents.kl().mean() / latents.mean[0].numel()
        return self._error(rebuilt, pictures) + self.spec.divergence * divergence

    def validation_loss(self) -> float:
        """Error of a pixel of the validation pictures, from the means of their latents."""
        total = 0.0
        for start in range(0, len(self.validation), BATCH):
            pictures = self._pictures(self.validation[start : start + BATCH])
            latents = self.network.encode(pictures).latent_dist  # pyright: ignore[reportCallIssue]
            total += self._error(self._decoded(latents.mean), pictures).item() * len(pictures)
        return total / len(self.validation)

    def _error(self, rebuilt: torch.Tensor, pictures: torch.Tensor) -> Float[torch.Tensor, ""]:
        colours = self.whitening.to(pictures)
        return functional.conv2d(rebuilt - pictures, colours[:, :, None, None]).abs().mean()

    def _decoded(self, latents: torch.Tensor) -> torch.Tensor:
        return self.network.decode(latents).sample  # pyright: ignore[reportCallIssue]

    def _pictures(self, pixels: np.ndarray) -> Float[torch.Tensor, "picture 3 side side"]:
        return as_input(pixels).to(next(self.network.parameters()).device)


def as_input(
    pixels: UInt8[np.ndarray, "picture side side 3"],
) -> Float[torch.Tensor, "picture 3 side side"]:
    """Pictures as networks take them, -1 to 1."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1


def fit_autoencoder(
    training: UInt8[np.ndarray, "_ side side 3"],
    validation: UInt8[np.ndarray, "_ side side 3"],
    spec: PictureAutoencoder,
    schedule: Schedule,
    seed: int,
    folder: Path,
    checkpoint: Path,
) -> None:
    """Train an autoencoder, and write it in the format of diffusers.

    The scale that brings latents to unit variance is written into its configuration, as Rombach et
    al. (2022, appendix G) have it.

    Parameters
    ----------
    training, validation
        Pictures.
    spec, schedule
        What is trained, and how.
    seed
        Of weights, order and latents.
    folder
        To be made, with log.csv and training.json.
    checkpoint
        Folder of the state of training, which goes on from there if there is one.
    """
    whitening = whiten(as_input(training))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = _network(spec, whitening)
    task = Reconstruction(network, training, validation, whitening, spec)
    outcome = train(task, schedule, seed, checkpoint)
    network.register_to_config(scaling_factor=1 / float(encode(network, validation).std()))
    with atomic_folder(folder) as partial:
        network.save_pretrained(partial)
        write(outcome, partial, {"kind": spec.kind, "pictures": len(training)})
        let_read(partial)


@torch.inference_mode()
def encode(
    network: AutoencoderKL, pixels: UInt8[np.ndarray, "picture side side 3"]
) -> Float32[torch.Tensor, "picture channel row column"]:
    """Means of the latents of pictures, not scaled, on the CPU."""
    batches = (
        network.encode(as_input(pixels[start : start + BATCH]).to(network.device))
        for start in range(0, len(pixels), BATCH)
    )
    return torch.cat([batch.latent_dist.mean.cpu() for batch in batches])  # pyright: ignore[reportAttributeAccessIssue]


def whiten(pictures: Float[torch.Tensor, "picture 3 side side"]) -> Float[torch.Tensor, "3 3"]:
    """Give the symmetric matrix that makes the colours of pixels uncorrelated, of variance 1."""
    values, axes = torch.linalg.eigh(torch.cov(pictures.transpose(0, 1).flatten(1)))
    return axes @ torch.diag(values**-0.5) @ axes.T


def _network(spec: PictureAutoencoder, whitening: Float[torch.Tensor, "3 3"]) -> AutoencoderKL:
    """An untrained network that sees and says colours of equal variance, almost without noise."""
    levels = len(spec.channels)
    make: Any = AutoencoderKL  # annotated as if it had one level
    network = make(
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=spec.channels,
        layers_per_block=spec.blocks,
        latent_channels=spec.latent,
        norm_num_groups=GROUPS,
        sample_size=spec.size,
        mid_block_add_attention=False,
    )
    first, last = network.encoder.conv_in.weight, network.decoder.conv_out.weight
    with torch.no_grad():
        first.copy_(torch.einsum("oihw,ij->ojhw", first, whitening))
        last.copy_(torch.einsum("ij,jchw->ichw", torch.linalg.inv(whitening), last))
        network.quant_conv.bias[spec.latent :] = QUIET
    return network
