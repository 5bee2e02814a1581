"""What networks of metrics make of pictures, against the networks asked directly."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from braid.evaluation.pictures.seen import Judge, look
from braid.features.vision.judge import CONFIG
from braid.features.vision.judge import Judge as Network
from braid.study.pictures import Metric

METRICS = [
    Metric(label="PixCorr", kind="pixels", size={"twin": 16}),
    Metric(
        label="Category", kind="category", model={"twin": "critic"}, layer={"twin": "head"},
        size={"twin": 16},
    ),
]  # fmt: skip


@pytest.fixture
def network(tmp_path):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = Network((8, 8), 3).eval()
    save_file(made.state_dict(), tmp_path / "model.safetensors")
    (tmp_path / CONFIG).write_text(json.dumps({"channels": [8, 8], "names": ["a", "b", "c"]}))
    return made


def test_metrics_with_a_network_get_what_its_layer_makes(network, tmp_path):
    random = np.random.default_rng(0)
    presented = random.integers(0, 255, (4, 16, 16, 3), np.uint8)
    generated = random.integers(0, 255, (4, 2, 16, 16, 3), np.uint8)
    judges = {"critic": Judge(tmp_path, "picture_judge")}
    seen = look(METRICS, "twin", judges, presented, generated)
    assert list(seen) == [("critic", "head", 16)]
    for pictures, found in zip((presented, generated), seen["critic", "head", 16], strict=True):
        flat = torch.from_numpy(pictures.reshape(-1, 16, 16, 3)).permute(0, 3, 1, 2)
        with torch.no_grad():
            expected = network(flat.float() / 127.5 - 1).numpy()
        np.testing.assert_allclose(np.concatenate(list(found())), expected, atol=1e-5)
