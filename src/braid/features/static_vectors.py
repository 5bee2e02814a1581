"""Static word vectors: one vector per word whatever its context."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from jaxtyping import Float32
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from braid.errors import BadInput
from braid.features.rows import event_features
from braid.timing import Stimulus


def extract(stimulus: Stimulus, model: Path) -> xr.Dataset:
    """One row per word at its middle, in a single layer; zeros for a word without a vector.

    The attribute `unknown` is the share of words without one.
    """
    vectors = embed(list(stimulus.events["label"]), model)
    unknown = float((vectors == 0).all(axis=1).mean())
    return event_features(vectors[:, None], stimulus.events).assign_attrs(unknown=unknown)


def embed(texts: Sequence[str], folder: Path) -> Float32[np.ndarray, "text dim"]:
    """Mean of the vectors of each text's tokens, without special tokens.

    Parameters
    ----------
    texts
        Words or phrases, none empty.
    folder
        Holds tokenizer.json and one .safetensors file with one table (token, dim).

    Raises
    ------
    BadInput
        When the folder does not hold exactly one table.
    """
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    table = _table(folder)
    distinct, where = np.unique(np.array(texts, dtype=str), return_inverse=True)
    tokens = tokenizer.encode_batch(list(map(str, distinct)), add_special_tokens=False)
    return np.stack([table[encoding.ids].mean(axis=0) for encoding in tokens])[where]


def _table(folder: Path) -> Float32[np.ndarray, "token dim"]:
    tables = [table for file in folder.glob("*.safetensors") for table in load_file(file).values()]
    if len(tables) != 1:
        raise BadInput(folder, "*.safetensors", f"holds {len(tables)} tables", "keep exactly one")
    return tables[0].astype(np.float32)
