import diffusion_toys as toys
import numpy as np
import pytest
import torch

from braid.features.diffusion.text import count_cut, encode_text, mean_state, tokenise

TEXTS = ["", "a red coat", "a penguin on grass", " ".join(["a"] * 80)]


def test_tokens_are_cut_and_filled_to_the_length(diffusion, clip):
    given = tokenise(diffusion, TEXTS)
    assert given["input_ids"].shape == (4, 16)
    assert given["input_ids"][1].tolist() == [2, 4, 5, 6, 3, *[0] * 11]
    assert given["attention_mask"].sum(1).tolist() == [2, 5, 6, 16]
    assert tokenise(clip, TEXTS)["input_ids"][1].tolist() == [2, 4, 5, 6, 3, *[3] * 72]


def test_masked_states_are_those_of_the_text_alone_and_then_zero(diffusion):
    states = encode_text(diffusion, TEXTS)
    assert states.shape == (4, 16, toys.WIDTH)
    for text, found in zip(TEXTS[:3], states, strict=False):
        ids = diffusion.tokenizer(text, return_tensors="pt")["input_ids"]
        alone = diffusion.text_encoder(ids).last_hidden_state[0]
        np.testing.assert_allclose(found[: len(alone)], alone, atol=1e-5)
        assert not found[len(alone) :].any()


def test_clip_reads_its_filling(clip):
    states = encode_text(clip, TEXTS)
    alone = clip.text_encoder(tokenise(clip, TEXTS)["input_ids"]).last_hidden_state
    np.testing.assert_allclose(states, alone, atol=1e-5)
    assert states[0, -1].abs().max() > 0.1
    assert (states[1, -1] - states[2, -1]).abs().max() > 1e-3


@pytest.mark.parametrize("model", ["diffusion", "clip"])
def test_states_do_not_depend_on_other_texts(model, request):
    model = request.getfixturevalue(model)
    alone = torch.cat([encode_text(model, [text]) for text in TEXTS])
    np.testing.assert_allclose(encode_text(model, TEXTS), alone, atol=1e-5)


def test_mean_state_leaves_out_filling(clip):
    expected = encode_text(clip, TEXTS)[1, :5].mean(0)
    np.testing.assert_allclose(mean_state(clip, TEXTS)[1], expected, atol=1e-6)


def test_long_texts_are_counted(diffusion, clip):
    assert count_cut(diffusion, TEXTS) == count_cut(clip, TEXTS) == 1
    just = " ".join(["a"] * 14)
    assert count_cut(diffusion, [just, f"{just} a"]) == 1
