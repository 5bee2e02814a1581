import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.fitting.ncsnr import ncsnr, ncsnr_ceiling, zscore_sessions
from braid.fitting.scores import pearson

IMAGES, SESSIONS = 300, 6


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _trials(rng, images=IMAGES):
    """Three presentations of each image, at random over the sessions."""
    shown = rng.permutation(np.repeat(np.arange(images), 3))
    return shown, np.repeat(np.arange(SESSIONS), len(shown) // SESSIONS)


def _betas(rng, shown, sessions, ratio, voxels):
    signal = ratio * rng.normal(size=(shown.max() + 1, voxels))
    betas = signal[shown] + rng.normal(size=(len(shown), voxels))
    # Each session has its own unit and offset, which z-scoring takes away.
    return signal, betas * (1 + sessions[:, None]) + 5 * sessions[:, None]


@settings(max_examples=10, deadline=None)
@given(ratio=st.floats(0.2, 2), seed=st.integers(0, 99))
def test_the_planted_ratio_is_found(ratio, seed):
    rng = np.random.default_rng(seed)
    shown, sessions = _trials(rng)
    _, betas = _betas(rng, shown, sessions, ratio, 100)
    found = ncsnr(zscore_sessions(betas, sessions), shown)
    assert np.sqrt((found**2).mean()) == pytest.approx(ratio, abs=0.03, rel=0.04)


def test_the_definition_image_by_image(rng):
    shown, sessions = _trials(rng, 20)
    betas = zscore_sessions(_betas(rng, shown, sessions, 0.7, 5)[1], sessions)
    variances = [betas[shown == image].var(axis=0, ddof=1) for image in range(20)]
    noise = np.sqrt(np.mean(variances, axis=0))
    signal = np.sqrt(np.maximum(0, 1 - noise**2))
    np.testing.assert_allclose(ncsnr(betas, shown), signal / noise)


def test_the_root_of_the_ceiling_is_what_the_signal_reaches(rng):
    shown, sessions = _trials(rng)
    signal, betas = _betas(rng, shown, sessions, 0.8, 200)
    betas = zscore_sessions(betas, sessions)
    averaged = np.stack([betas[shown == image].mean(axis=0) for image in range(IMAGES)])
    ceiling = ncsnr_ceiling(ncsnr(betas, shown), 3)
    assert np.sqrt(ceiling / 100).mean() == pytest.approx(
        pearson(averaged, signal).mean(), abs=0.02
    )


def test_the_published_percentages():
    np.testing.assert_allclose(ncsnr_ceiling(np.array([0.0, 0.5, 1.0]), 3), [0, 300 / 7, 75])


def test_noise_has_no_signal(rng):
    shown, sessions = _trials(rng)
    found = ncsnr(zscore_sessions(rng.normal(size=(len(shown), 400)), sessions), shown)
    assert np.median(found) < 0.1


def test_images_shown_less_often_are_left_out(rng):
    shown, sessions = _trials(rng, 40)
    betas = zscore_sessions(rng.normal(size=(len(shown), 3)), sessions)
    fewer = np.flatnonzero(shown == 7)[0]
    without = ncsnr(np.delete(betas, fewer, axis=0), np.delete(shown, fewer))
    rest = shown != 7
    np.testing.assert_allclose(without, ncsnr(betas[rest], shown[rest]))
    with pytest.raises(ValueError, match="no image was shown 4 times"):
        ncsnr(betas, shown, presentations=4)


def test_sessions_are_scaled_apart_and_constant_ones_masked(rng):
    betas = rng.integers(-300, 300, (20, 3)).astype(np.int16)
    betas[10:, 1] = 4
    scaled = zscore_sessions(betas, np.repeat([1, 2], 10))
    np.testing.assert_allclose(scaled[:10].std(axis=0), 1)
    np.testing.assert_allclose(scaled[:10].mean(axis=0), 0, atol=1e-12)
    assert np.isnan(scaled[10:, 1]).all()
    assert np.isnan(ncsnr(scaled, np.arange(20) // 2, 2)).tolist() == [False, True, False]


def test_a_voxel_does_not_depend_on_the_voxels_beside_it(rng):
    shown, sessions = _trials(rng, 20)
    betas = rng.normal(size=(len(shown), 1030))
    together = ncsnr(zscore_sessions(betas, sessions), shown)
    for part in ([0], [3, 1029], list(range(9))):
        alone = ncsnr(zscore_sessions(betas[:, part], sessions), shown)
        np.testing.assert_array_equal(alone, together[part])
