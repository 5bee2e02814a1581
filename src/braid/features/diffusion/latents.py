"""Between pictures and latents."""

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from PIL import Image

from braid.errors import BadInput
from braid.features.diffusion.model import Diffusion
from braid.timing import Stimulus


def require_size(diffusion: Diffusion, size: int) -> None:
    """Refuse a side of pictures that latents, or diffusers' pipelines (8), do not divide.

    Raises
    ------
    BadInput
        Naming the model.
    """
    step = max(diffusion.factor, 8)
    if size % step:
        problem = f"a side of {size} pixels is not a multiple of {step}"
        raise BadInput(diffusion.folder, "size", problem, "choose another size in the study file")


def read_pixels(
    stimulus: Stimulus, numbers: Int[np.ndarray, " image"], size: int
) -> Float[torch.Tensor, "image 3 size size"]:
    """Read pictures, resize each to a square of this side, and scale to [-1, 1].

    Resized by Pillow's Lanczos filter (Takagi & Nishimoto 2023, `img2feat_sd.py`).

    Raises
    ------
    BadInput
        When the stimulus has no pictures, or not these.
    """
    if stimulus.images is None:
        raise BadInput("stimulus", "images", "there are none", "take a data set of pictures")
    try:
        pictures = stimulus.images.read(numbers)
    except (OSError, IndexError, ValueError) as error:
        field = f"pictures {numbers.min()} to {numbers.max()}"
        cure = "fetch it again and check its digest against the lock"
        raise BadInput(stimulus.images.path, field, str(error), cure) from error
    return scale(
        np.stack([resize(picture, size, Image.Resampling.LANCZOS) for picture in pictures])
    )


def resize(
    picture: UInt8[np.ndarray, "row column 3"], size: int, resampling: Image.Resampling
) -> UInt8[np.ndarray, "size size 3"]:
    """Bring a picture to a square of this side."""
    return np.asarray(Image.fromarray(picture).resize((size, size), resampling))


def scale(pictures: UInt8[np.ndarray, "image row column 3"]) -> Float[torch.Tensor, "image 3 r c"]:
    """Bring 0..255 to -1..1, channels first."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2) / 127.5 - 1


@torch.inference_mode()
def encode(
    diffusion: Diffusion, pixels: Float[torch.Tensor, "image 3 r c"]
) -> Float[torch.Tensor, "image channel row column"]:
    """Latents of pictures: the mean of what the autoencoder says, times its scaling factor.

    The source draws from that distribution; its mean is what draws scatter around, by little, and
    is the same in every run.
    """
    with diffusion.precision():
        (posterior,) = diffusion.vae.encode(pixels.to(diffusion.device), return_dict=False)
    return posterior.mean.float() * diffusion.vae.config["scaling_factor"]


@torch.inference_mode()
def decode(
    diffusion: Diffusion, latents: Float[torch.Tensor, "image channel h w"]
) -> UInt8[np.ndarray, "image row column 3"]:
    """Pictures of latents, by the autoencoder alone."""
    with diffusion.precision():
        scaled = latents.to(diffusion.device) / diffusion.vae.config["scaling_factor"]
        (pixels,) = diffusion.vae.decode(scaled, return_dict=False)
    bytes_ = ((pixels.float() + 1) * 127.5).clamp(0, 255).round().to(torch.uint8)
    return bytes_.permute(0, 2, 3, 1).cpu().numpy()
