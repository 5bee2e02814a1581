"""The simulator against closed forms: haemodynamics, clock, ceiling, autocorrelation."""

import numpy as np
import pytest
from scipy.stats import gamma, zscore

from braid.twins import responses
from braid.twins.textgrids import Interval

TRS = 60
CLOCK = responses.Clock(TRS, tr=2.0, lead=10.0, dropped=(10, 10))
KEPT = 2.0 * np.arange(10, TRS - 10) - 9  # s after the sound starts


def test_first_kept_tr_is_centred_11_s_after_the_sound() -> None:
    assert KEPT[0] == 11
    word = [Interval(20.0, 20.6, "Alice")]
    bold = responses.scan(responses.hear_words(word, np.array([[2.0]]), CLOCK), CLOCK)
    late = KEPT - 20.3
    expected = 2 * (gamma.pdf(late, 6) - gamma.pdf(late, 16) / 6)
    assert bold.shape == (TRS - 20, 1)
    np.testing.assert_allclose(bold[:, 0], expected, atol=2e-4)  # the tail beyond 32 s is cut


def test_another_scanner_keeps_its_own_trs() -> None:
    clock = responses.Clock(40, tr=1.5, lead=0.6, dropped=(4, 0))
    drive = responses.hear_words([Interval(12.0, 12.8, "Alice")], np.ones((1, 1)), clock)
    late = 1.5 * np.arange(4, 40) + 0.75 - 13.0  # s after the word, as the scanner's clock has it
    expected = gamma.pdf(late, 6) - gamma.pdf(late, 16) / 6
    np.testing.assert_allclose(responses.scan(drive, clock)[:, 0], expected, atol=6e-3)
    assert responses.scan(drive, clock).shape == (36, 1)


def test_words_add_up() -> None:
    words = [Interval(12.0, 12.4, "a"), Interval(30.0, 30.8, "b")]
    vectors = np.array([[1.0, 0.0], [0.5, 3.0]])
    together = responses.scan(responses.hear_words(words, vectors, CLOCK), CLOCK)
    alone = [
        responses.scan(responses.hear_words([word], vector[None], CLOCK), CLOCK)
        for word, vector in zip(words, vectors, strict=True)
    ]
    np.testing.assert_allclose(together, np.sum(alone, axis=0), atol=1e-12)


def test_loudness_lies_where_the_sound_is() -> None:
    rate = 1000
    sound = np.zeros(60 * rate, np.int16)
    sound[30 * rate : 32 * rate] = np.tile([300, -300], rate)
    drive = responses.hear_loudness(sound, rate, CLOCK)[:, 0]
    assert len(drive) == TRS * 20
    np.testing.assert_allclose(drive[400:420], 300)
    assert drive[:400].max() == drive[420:].max() == 0


@pytest.mark.parametrize("ceiling", [0.0, 0.5, 0.8])
def test_measurement_correlates_with_the_signal_by_the_ceiling(ceiling: float) -> None:
    rng = np.random.default_rng(0)
    signal = zscore(np.cumsum(rng.standard_normal((400, 300)), axis=0), axis=0)
    bold = responses.measure(signal, np.full(300, ceiling), rng)
    r = (zscore(signal, axis=0) * bold).mean(axis=0)
    assert r.mean() == pytest.approx(ceiling, abs=0.02)


def test_measurement_is_standardised_and_its_noise_autocorrelated() -> None:
    rng = np.random.default_rng(1)
    bold = responses.measure(np.zeros((400, 300)), np.zeros(300), rng)
    np.testing.assert_allclose(bold.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(bold.std(axis=0), 1)
    for lag in (1, 2, 3):
        found = (bold[lag:] * bold[:-lag]).mean()
        assert found == pytest.approx(0.4**lag, abs=0.02)


def test_noise_is_as_large_at_the_start_as_later() -> None:
    bold = responses.measure(np.zeros((60, 4000)), np.zeros(4000), np.random.default_rng(2))
    spread = bold.std(axis=1)
    assert spread[0] == pytest.approx(spread.mean(), rel=0.05)
