"""Pictures from decoded latents and conditioning, by diffusers' own pipelines.

Source: Takagi & Nishimoto 2023, `diffusion_decoding.py`: the picture that a decoded z stands for
is resized, encoded again, and sent part of the way back to noise, from where it returns under the
decoded c. Diffusers adds the noise of the step that it begins at, their sampler that of the step
before.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import (
    StableDiffusionImg2ImgPipeline,
)
from jaxtyping import Float32, Int, UInt8
from PIL import Image

from braid.errors import BadInput
from braid.features.diffusion.batches import batches
from braid.features.diffusion.latents import decode, require_size, resize
from braid.features.diffusion.model import Diffusion
from braid.features.diffusion.noise import moments, picture_seed
from braid.features.diffusion.text import encode_text
from braid.study.names import Source
from braid.study.pictures import Reconstruct

PARTS = ("vae", "text_encoder", "tokenizer", "unet", "scheduler")
Latents = Float32[np.ndarray, "image channel h w"]
States = Float32[np.ndarray, "image token width"]


def seeds(
    seed: int, numbers: Int[np.ndarray, " image"], samples: int
) -> Int[np.ndarray, "image sample"]:
    """Give the seed of each sample of each picture, which depends on nothing beside it."""
    return np.array([[picture_seed(seed, int(n), k) for k in range(samples)] for n in numbers])


def generate(
    diffusion: Diffusion,
    z: Latents | None,
    c: States | None,
    spec: Reconstruct,
    source: Source,
    drawn: Int[np.ndarray, "image sample"],
) -> Iterator[UInt8[np.ndarray, "pair row column 3"]]:
    """Yield pictures, a batch at a time: all samples of the first, then of the second, and so on.

    Parameters
    ----------
    diffusion
        What generates.
    z
        Latents, of any size; without them pictures begin as noise, and strength is 1.
    c
        States of tokens; without them the text is empty, and nothing guides.
    spec, source
        What a study says of the reconstruction, and for which source.
    drawn
        What `seeds` gave: of the noise.

    Raises
    ------
    BadInput
        When the features are not of this model's shape, the size does not fit it, or the strength
        is less than a step.
    """
    _require(diffusion, z, c, spec, source)
    images, samples = np.indices(drawn.shape).reshape(2, -1)
    options = {
        "num_inference_steps": spec.steps[source],
        "guidance_scale": 1.0 if c is None else spec.guidance,
        "output_type": "np",
    }
    kind = StableDiffusionPipeline if z is None else StableDiffusionImg2ImgPipeline
    made_by = pipeline(diffusion, kind)

    def work(pairs: slice) -> UInt8[np.ndarray, "pair row column 3"]:
        own = images[pairs]
        generators = [_generator(seed) for seed in drawn[own, samples[pairs]].tolist()]
        begin = _begin(diffusion, z, own, spec, source)
        with diffusion.precision():
            found = made_by(generator=generators, **begin, **_text(diffusion, c, own), **options)
        return np.rint(found.images * 255).astype(np.uint8)

    for _, pictures in batches(len(images), diffusion.device, work):
        yield pictures


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _text(diffusion: Diffusion, c: States | None, own: Int[np.ndarray, " pair"]) -> dict:
    """Both texts as states: given a text, the pipelines would not use `encode_text`."""
    empty = encode_text(diffusion, [""]).expand(len(own), -1, -1)
    states = empty if c is None else torch.from_numpy(c[own]).to(diffusion.device)
    return {"prompt_embeds": states, "negative_prompt_embeds": empty}


def _begin(
    diffusion: Diffusion,
    z: Latents | None,
    own: Int[np.ndarray, " pair"],
    spec: Reconstruct,
    source: Source,
) -> dict:
    """What a pipeline begins with: noise, or the pictures that latents stand for."""
    size = spec.size[source]
    if z is None:
        return {"height": size, "width": size}
    return {"image": _pictures(diffusion, z, own, size), "strength": spec.strength}


def _pictures(
    diffusion: Diffusion, z: Latents, own: Int[np.ndarray, " pair"], size: int
) -> list[Image.Image]:
    """Each decoded once, and resized as the source's script does, by Pillow's default."""
    rows, where = np.unique(own, return_inverse=True)
    pictures = decode(diffusion, torch.from_numpy(z[rows]))
    resized = [Image.fromarray(resize(one, size, Image.Resampling.BICUBIC)) for one in pictures]
    return [resized[row] for row in where]


def pipeline(diffusion: Diffusion, kind: Callable[..., Any]) -> Any:
    """Give diffusers' pipeline of a kind, made of a model's parts, without a word to the log."""
    parts = {part: getattr(diffusion, part) for part in PARTS}
    made = kind(**parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    made.set_progress_bar_config(disable=True)
    return made


def _require(
    diffusion: Diffusion, z: Latents | None, c: States | None, spec: Reconstruct, source: Source
) -> None:
    """Refuse features of another model, and a recipe that this one cannot follow."""
    require_size(diffusion, spec.size[source])
    if z is not None:
        moments(diffusion, spec.steps[source], spec.strength)
        _require_shape(diffusion, "channels of z", z.shape[1:2], (diffusion.channels,))
    if c is not None:
        _require_shape(diffusion, "tokens and width of c", c.shape[1:], diffusion.text_shape)


def _require_shape(
    diffusion: Diffusion, what: str, found: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    if found != wanted:
        problem = f"{found}, of this model {wanted}"
        raise BadInput(diffusion.folder, what, problem, "decode features of the same model")
