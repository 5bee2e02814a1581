"""A latent diffusion model from a local folder of diffusers' format, part by part."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from safetensors import SafetensorError
from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from braid.errors import BadInput

# Old folders lack both; diffusers' pipelines ask for them: latents go beyond 1, and steps are
# counted from 1.
CONVENTION = {"clip_sample": False, "steps_offset": 1}
WEIGHTS = {"local_files_only": True, "use_safetensors": True, "output_loading_info": True}


@dataclass(frozen=True)
class Diffusion:
    """The parts of a latent diffusion model, and the folder they came from.

    Attributes
    ----------
    folder
        In diffusers' format.
    vae
        Between pictures (channel, row, column) in [-1, 1] and latents.
    unet
        Takes noise from latents, given the states of a text.
    scheduler
        How much noise there is at each step; DDIM, whatever the folder names.
    tokenizer, text_encoder
        From a text to its states.
    """

    folder: Path
    vae: AutoencoderKL
    unet: UNet2DConditionModel
    scheduler: DDIMScheduler
    tokenizer: PreTrainedTokenizerBase
    text_encoder: PreTrainedModel

    @property
    def factor(self) -> int:
        """Pixels along a side of what one point of a latent stands for."""
        return 2 ** (len(self.vae.config["block_out_channels"]) - 1)

    @property
    def channels(self) -> int:
        """Channels of a latent."""
        return self.vae.config["latent_channels"]

    @property
    def text_shape(self) -> tuple[int, int]:
        """Tokens and width of the states of a text."""
        return self.tokenizer.model_max_length, self.text_encoder.config.hidden_size

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.unet.device

    def precision(self) -> AbstractContextManager:
        """On a GPU, products in half precision; on the CPU, float32."""
        device = self.device.type
        return torch.autocast(device, torch.bfloat16, enabled=device != "cpu")


def load(folder: Path) -> Diffusion:
    """Load a folder of diffusers' format without the network or pickles, on the GPU if any.

    Parameters
    ----------
    folder
        Holds vae, unet, scheduler, text_encoder and tokenizer: Stable Diffusion 1.x, or a model
        of its kind at another size.

    Raises
    ------
    BadInput
        When a part is missing or damaged, or the parts do not fit each other.
    """
    model = Diffusion(
        folder,
        vae=_weights(folder, "vae", AutoencoderKL.from_pretrained),
        unet=_weights(folder, "unet", UNet2DConditionModel.from_pretrained),
        scheduler=_scheduler(folder),
        tokenizer=_tokenizer(folder),
        text_encoder=_weights(folder, "text_encoder", AutoModel.from_pretrained),
    )
    _fit(model)
    return model


@contextmanager
def _readable(folder: Path, part: str) -> Iterator[None]:
    """Say of a part that cannot be read which one it is."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise BadInput(folder / part, part, str(error), "fetch the model again") from error


def _weights(folder: Path, part: str, read: Callable[..., Any]) -> Any:
    with _readable(folder, part):
        network, found = read(folder / part, torch_dtype=torch.float32, **WEIGHTS)
        if found["missing_keys"]:
            raise ValueError(f"no weights of {', '.join(sorted(found['missing_keys']))}")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return network.eval().requires_grad_(False).to(device)


def _scheduler(folder: Path) -> Any:
    with _readable(folder, "scheduler"):
        return DDIMScheduler.from_pretrained(
            folder / "scheduler", local_files_only=True, **CONVENTION
        )


def _tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    with _readable(folder, "tokenizer"):
        return AutoTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)


def _fit(model: Diffusion) -> None:
    """Refuse parts of different models."""
    tokens, width = model.text_shape
    unet, positions = model.unet.config, model.text_encoder.config.max_position_embeddings
    checks = (
        ("vae", "channels of a latent", model.channels, unet["in_channels"]),
        ("text_encoder", "width of a state", width, unet["cross_attention_dim"]),
        ("tokenizer", "tokens of a text", max(tokens, positions), positions),
    )
    for part, what, found, wanted in checks:
        if found != wanted:
            raise BadInput(
                model.folder / part, what, f"{found}, not {wanted}", "take all parts from one model"
            )
