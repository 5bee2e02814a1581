import numpy as np
import pytest
import torch

from braid.errors import BadInput
from braid.features.diffusion.start import start
from braid.features.diffusion.unet import blocks, extract

GIVEN = {"size": 16, "steps": 10, "strength": 0.8, "pool": 2}


def test_states_are_those_of_a_call_by_hand(folder, diffusion, shown, numbers):
    found = extract(
        shown, folder, numbers, 0, block="mid_block", moments=(0.0,), guidance=5.0, **GIVEN
    )
    begin, unet = start(diffusion, shown, numbers, 16, 0), diffusion.unet
    with torch.no_grad():
        time = unet.time_embedding(unet.time_proj(torch.full((4,), 701)))
        state = unet.conv_in(begin.at(701))
        for block in unet.down_blocks:
            given = (begin.states,) if hasattr(block, "attentions") else ()
            state, _ = block(state, time, *given)
        state = unet.mid_block(state, time, begin.states)
    assert state.shape == (4, 16, 4, 4)
    expected = state.reshape(4, 16, 2, 2, 2, 2).mean((3, 5)).flatten(1)
    np.testing.assert_allclose(found["features"][:, 0], expected, atol=1e-5)
    assert found.attrs["shape"] == (16, 2, 2)


def _moments(folder, shown, numbers, guidance, moments):
    given = GIVEN | {"block": "up_blocks.1", "moments": moments, "guidance": guidance}
    return extract(shown, folder, numbers, 0, **given)["features"].to_numpy()


def test_guidance_bends_the_way_but_not_its_first_step(folder, shown, numbers):
    free, bent = (_moments(folder, shown, numbers, g, (0.0, 1.0)) for g in (1.0, 5.0))
    np.testing.assert_allclose(free[:, 0], bent[:, 0], atol=1e-5)
    assert np.abs(free[:, 1] - bent[:, 1]).max() > 1e-3


def test_moments_are_shares_of_the_way(folder, shown, numbers):
    every = tuple(np.arange(8) / 7)
    whole = _moments(folder, shown, numbers, 3.0, every)
    some = _moments(folder, shown, numbers, 3.0, (1.0, 0.0, 0.43))
    np.testing.assert_array_equal(some, whole[:, [7, 0, 3]])
    assert np.abs(np.diff(whole, axis=1)).mean((0, 2)).min() > 1e-4


def test_states_do_not_depend_on_the_batch(folder, shown, numbers, one_by_one):
    together = _moments(folder, shown, numbers, 3.0, (0.5,))
    one_by_one()
    alone = _moments(folder, shown, numbers, 3.0, (0.5,))
    np.testing.assert_allclose(together, alone, rtol=1e-3, atol=1e-4)


def test_layers_of_blocks_are_offered(folder, diffusion, shown, numbers):
    assert {"conv_in", "mid_block", "up_blocks.1.attentions.0"} <= set(blocks(diffusion))
    assert "time_embedding" not in blocks(diffusion)
    for block in blocks(diffusion):
        given = GIVEN | {"block": block, "moments": (0.0,), "guidance": 3.0, "strength": 0.1}
        assert extract(shown, folder, numbers[:1], 0, **given)["features"].size


def test_unknown_block_is_refused_with_those_there_are(folder, shown, numbers):
    with pytest.raises(BadInput, match=r"no up_blocks.7(?s:.)*conv_in, down_blocks.0"):
        extract(
            shown, folder, numbers, 0, block="up_blocks.7", moments=(0.0,), guidance=1.0, **GIVEN
        )
