"""Rows and sentences of decoders."""

import numpy as np
import pytest
import xarray as xr

from braid.evaluation.regression.rows import decoding_rows, of_decoders
from braid.evaluation.regression.scores import mean_r, score


def found(decoder, responses, subject, signal, seed):
    """What is decoded of 80 features of 60 pictures, one of which does not vary."""
    random = np.random.default_rng(seed)
    truth = random.standard_normal((60, 80))
    truth[:, 3] = 2
    decoded = signal * truth + random.standard_normal((60, 80))
    r, influence = score(truth, decoded.astype(np.float32))
    names = {"subject": subject, "decoder": decoder, "label": f"{decoder} of", "feature": "z"}
    return xr.Dataset(
        {"r": ("feature", r), "influence": ("image", influence)},
        {"image": np.arange(60) * 3},
        names | {"responses": responses},
    )


@pytest.fixture(scope="module")
def decoded():
    cases = [("z", "own", 0.6), ("z_noise", "noise", 0.0)]
    return [found(*case[:2], s, case[2], n) for n, s in enumerate(("a", "b")) for case in cases]


def test_a_row_has_the_mean_of_the_decoder(decoded):
    rows = decoding_rows(decoded)
    assert rows["decoder"].tolist() == ["z", "z_noise"] * 2
    assert rows["subject"].tolist() == ["a", "a", "b", "b"]
    for row, one in zip(rows.to_dict("records"), decoded, strict=True):
        assert (row["r"], row["low"], row["high"]) == mean_r(one)
        assert row["r"] == pytest.approx(np.nanmean(one["r"]))
        assert (row["features"], row["pictures"], row["chance"]) == (79, 60, 0)


def test_sentences_say_what_is_above_chance_and_what_is_a_control(decoded):
    rows = decoding_rows(decoded)
    own, noise = of_decoders(rows)
    mean = rows.loc[rows["decoder"] == "z", "r"].mean()
    assert own.startswith(f"“z of”: mean r {mean:.3f} over features and subjects")
    assert "above 0 in 2 of 2 subjects, holds 0 in 0." in own
    assert noise.startswith("“z_noise of” (a control): mean r ")
    assert "above 0 in 0 of 2 subjects, holds 0 in 2." in noise
