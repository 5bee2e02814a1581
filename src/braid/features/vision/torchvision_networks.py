"""Networks that torchvision builds, whose `avgpool` is compared.

Nothing else of BRAID needs torchvision, so it is imported only when one of them is asked for.
"""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from torch import nn

from braid.errors import BadInput
from braid.features.vision.network import Network, fill, imagenet, read_weights

# What saved weights of several GPUs puts before every name.
_PREFIX = "module."


def load_inception_v3(folder: Path) -> Network:
    """Load Inception v3 (Szegedy et al. 2016).

    Raises
    ------
    BadInput
        When torchvision is not installed, or the weights are absent or of another network; so do
        the other two.
    """
    # Its weights came from TensorFlow and expect pixels in [-1, 1], which it makes itself.
    module = _torchvision("inception-v3").inception_v3(
        weights=None, init_weights=False, transform_input=True
    )
    return imagenet(fill(module, read_weights(folder), folder))


def load_efficientnet_b1(folder: Path) -> Network:
    """Load EfficientNet-B1 (Tan & Le 2019)."""
    module = _torchvision("efficientnet-b1").efficientnet_b1(weights=None)
    return imagenet(fill(module, read_weights(folder), folder))


def load_swav(folder: Path) -> Network:
    """Load the ResNet-50 of SwAV (Caron et al. 2020), without what its training compared."""
    module = _torchvision("swav").resnet50(weights=None)
    module.fc = nn.Identity()
    places = module.state_dict()
    weights = {k.removeprefix(_PREFIX): v for k, v in read_weights(folder).items()}
    return imagenet(fill(module, {k: v for k, v in weights.items() if k in places}, folder))


def _torchvision(model: str) -> ModuleType:
    try:
        return import_module("torchvision.models")
    except (ImportError, RuntimeError) as error:
        problem = f"needs torchvision, which cannot be imported ({error})"
        cure = "install the torchvision that belongs to the torch that is installed"
        raise BadInput(model, "network", problem, cure) from None
