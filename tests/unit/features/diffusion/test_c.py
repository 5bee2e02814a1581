import numpy as np
import pandas as pd

from braid.features.diffusion.c import extract
from braid.features.diffusion.text import encode_text, mean_state
from braid.timing import Stimulus


def test_states_are_averaged_over_captions(clip_folder, clip, shown, numbers):
    found = extract(shown, clip_folder, numbers, 0)
    assert found.attrs["shape"] == (77, 12)
    expected = encode_text(clip, ["a red", "a coat"]).mean(0).flatten()
    np.testing.assert_allclose(found["features"][0, 0], expected, atol=1e-5)


def test_mean_over_tokens(folder, diffusion, shown, numbers):
    found = extract(shown, folder, numbers, 0, tokens="mean")
    assert found.attrs["shape"] == (12,)
    expected = mean_state(diffusion, ["a on", "a grass"]).mean(0)
    np.testing.assert_allclose(found["features"][2, 0], expected, atol=1e-5)


def test_states_do_not_depend_on_the_batch(folder, shown, numbers, one_by_one):
    together = extract(shown, folder, numbers, 0)
    one_by_one()
    np.testing.assert_allclose(
        together["features"], extract(shown, folder, numbers, 0)["features"], atol=1e-5
    )


def test_captions_that_were_cut_are_counted(folder):
    texts = pd.DataFrame({"image": [0, 0, 1], "caption": ["a " * 20, "a", "coat " * 15]})
    shown = Stimulus(pd.DataFrame(), {}, captions=texts.assign(language="en"))
    found = extract(shown, folder, np.array([0, 1]), 0)
    assert found.attrs["cut"] == 2
