"""Where arrays live: numpy, or torch on the CPU or a GPU. The rest of the engine does not ask."""

from types import ModuleType
from typing import Any, Literal

import array_api_compat
import numpy as np

Backend = Literal["numpy", "torch", "torch_cuda"]


def to_backend(array: np.ndarray, backend: Backend) -> Any:
    """Hand an array to numpy or torch, in its own memory where that can be.

    Raises
    ------
    RuntimeError
        When torch finds no GPU.
    """
    if backend == "numpy":
        return array
    import torch

    return torch.from_numpy(array).to("cuda" if backend == "torch_cuda" else "cpu")


def to_numpy(array: Any) -> np.ndarray:
    """Bring an array back, from a GPU where it lies on one."""
    return array if isinstance(array, np.ndarray) else array.cpu().numpy()


def namespace(array: Any) -> ModuleType:
    """Functions of the array API for this kind of array."""
    return array_api_compat.array_namespace(array)


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether a GPU has run out of memory; nothing else can be cured by smaller blocks."""
    return type(error).__name__ == "OutOfMemoryError"


def eigh(matrix: Any) -> tuple[Any, Any]:
    """Eigenvalues and eigenvectors, ascending; in main memory where a GPU has too little."""
    xp = namespace(matrix)
    try:
        return xp.linalg.eigh(matrix)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
    squares, axes = np.linalg.eigh(to_numpy(matrix))
    return tuple(xp.asarray(part, device=matrix.device) for part in (squares, axes))
