import json
import math

import pytest
import torch

from braid.errors import BadInput
from braid.networks.checkpoints import Checkpoint, Row, load, save

IDENTITY = {"seed": 3, "schedule": {"steps": 4}}


@pytest.fixture
def state():
    log = [Row(0, math.nan, math.nan, 1 / 3), Row(1, 0.1, 2 / 7, math.nan)]
    weights = {"layer.weight": torch.rand(3, 2)}
    return Checkpoint(
        log, weights, {"layer.weight": torch.rand(2, 3).T}, {"0.step": torch.ones(())}
    )


def test_state_comes_back_bit_by_bit(tmp_path, state):
    save(tmp_path / "c", IDENTITY, state)
    again = load(tmp_path / "c", IDENTITY)
    assert str(again.log) == str(state.log)
    for part in ("weights", "best", "moments"):
        was, now = getattr(state, part), getattr(again, part)
        assert was.keys() == now.keys()
        assert all(torch.equal(was[name], now[name]) for name in was)


def test_newer_state_replaces_the_older(tmp_path, state):
    save(tmp_path / "c", IDENTITY, state)
    save(tmp_path / "c", IDENTITY, state._replace(log=state.log[:1]))
    assert len(load(tmp_path / "c", IDENTITY).log) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_another_identity_is_refused(tmp_path, state):
    save(tmp_path / "c", IDENTITY, state)
    with pytest.raises(BadInput, match=r"seed: is of another training: 3, now 4\n.*delete"):
        load(tmp_path / "c", {**IDENTITY, "seed": 4})


@pytest.mark.parametrize(
    "name", ["progress.json", "weights.safetensors", "best.safetensors", "moments.safetensors"]
)
@pytest.mark.parametrize("keep", [None, 0, 10])
def test_damaged_checkpoint_is_one_bad_input(tmp_path, state, name, keep):
    save(tmp_path / "c", IDENTITY, state)
    path = tmp_path / "c" / name
    content = path.read_bytes()
    path.unlink()
    if keep is not None:
        path.write_bytes(content[:keep])
    with pytest.raises(BadInput, match="checkpoint: damaged"):
        load(tmp_path / "c", IDENTITY)


@pytest.mark.parametrize("progress", [[], {}, {"identity": IDENTITY, "log": [[1]]}])
def test_progress_of_another_form_is_one_bad_input(tmp_path, state, progress):
    save(tmp_path / "c", IDENTITY, state)
    (tmp_path / "c" / "progress.json").write_text(json.dumps(progress))
    with pytest.raises(BadInput, match="checkpoint: damaged"):
        load(tmp_path / "c", IDENTITY)
