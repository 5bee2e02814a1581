"""What a layer of a network makes of pictures, batch by batch."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from braid.errors import BadInput
from braid.features.vision import (
    alexnet,
    clip,
    efficientnet_lite0,
    judge,
    torchvision_networks,
    vgg16,
)
from braid.features.vision.network import Network

NETWORKS: Mapping[str, Callable[[Path], Network]] = MappingProxyType(
    {
        "alexnet": alexnet.load,
        "clip-vit-large-patch14": clip.load,
        "efficientnet-b1": torchvision_networks.load_efficientnet_b1,
        "efficientnet-lite0": efficientnet_lite0.load,
        "inception-v3": torchvision_networks.load_inception_v3,
        "picture_judge": judge.load,
        "swav": torchvision_networks.load_swav,
        "vgg16": vgg16.load,
    }
)
"""What loads the folder of a model, by its row of config/models.tsv, or a judge of a study."""


def features(
    pictures: Iterable[UInt8[np.ndarray, "_ row column 3"]], folder: Path, model: str, layer: str
) -> Iterator[Float32[np.ndarray, "_ feature"]]:
    """Yield the features of each batch of pictures, on the GPU if there is one.

    Nothing is loaded before the first batch is asked for.

    Parameters
    ----------
    pictures
        Batches of pictures, already of the size that the network is to see.
    folder
        Of the fetched model.
    model
        Its row of config/models.tsv, a key of `NETWORKS`.
    layer
        Name of a module, such as `features.4` of AlexNet or `blocks.5` of EfficientNet.

    Yields
    ------
    numpy.ndarray
        Of each picture what the layer gives, flattened.

    Raises
    ------
    BadInput
        When the network or the layer is unknown, or the weights cannot be used.
    """
    network = _load(folder, model)
    with _ends_at(network, model, layer):
        for batch in pictures:
            yield _see(network, batch).flatten(1).float().cpu().numpy()


def _load(folder: Path, model: str) -> Network:
    if model not in NETWORKS:
        cure = f"name one of {', '.join(NETWORKS)}"
        raise BadInput(model, "network", "none that is known to see pictures", cure)
    network = NETWORKS[model](folder)
    network.module.eval().to("cuda" if torch.cuda.is_available() else "cpu")
    return network


class _Enough(Exception):
    """Ends a pass: what comes after the layer is not asked for."""

    def __init__(self, made: torch.Tensor) -> None:
        self.made = made


@contextmanager
def _ends_at(network: Network, model: str, layer: str) -> Iterator[None]:
    """Let each pass end with what the layer gave."""
    layers = dict(network.module.named_modules())
    if layer not in layers:
        cure = f"name one of {', '.join(filter(None, layers))}"
        raise BadInput(model, "layer", f"{layer} is none of its layers", cure)

    def end(module: torch.nn.Module, given: object, made: torch.Tensor) -> None:
        raise _Enough(made)

    hook = layers[layer].register_forward_hook(end)
    try:
        yield
    finally:
        hook.remove()


@torch.inference_mode()
def _see(network: Network, pictures: UInt8[np.ndarray, "_ row column 3"]) -> torch.Tensor:
    weight = next(network.module.parameters())
    pixels = torch.from_numpy(pictures.transpose(0, 3, 1, 2).astype(np.float32)).to(weight.device)
    mean, spread = (
        torch.tensor(values, device=weight.device)[:, None, None]
        for values in (network.mean, network.spread)
    )
    try:
        return network.module((pixels - mean) / spread)
    except _Enough as reached:
        return reached.made
