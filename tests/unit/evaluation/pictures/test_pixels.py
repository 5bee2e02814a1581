"""Pictures are brought to a size, and compared value by value."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from braid.evaluation.pictures import batches, chroma, luminance, pixels, resize, ssim

REC_709 = (0.2125, 0.7154, 0.0721)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture
def pair():
    """Two pictures, each with three samples that are half the picture and half noise."""
    true = noise(2, 24, 24, 3)
    made = true[:, None] / 2 + noise(2, 3, 24, 24, 3, seed=1) / 2
    return true, made.astype(np.uint8)


def correlated(true, made):
    """Mean over samples of Pearson's correlation, by numpy."""
    pairs = zip(true, made, strict=True)
    return [np.mean([np.corrcoef(a.ravel(), b.ravel())[0, 1] for b in s]) for a, s in pairs]


def test_a_picture_made_half_as_wide_holds_means():
    checks = np.zeros((2, 5, 8, 8, 3), np.uint8)
    checks[..., ::2, ::2, :] = checks[..., 1::2, 1::2, :] = 200
    small = resize(checks, 4)
    assert small.shape == (2, 5, 4, 4, 3)
    assert np.abs(small.astype(int) - 100).max() <= 25
    assert np.abs(small[..., 1:-1, 1:-1, :].astype(int) - 100).max() <= 1


def test_a_picture_made_wider_runs_between_its_values():
    half = np.zeros((1, 2, 2, 3), np.uint8)
    half[:, :, 1] = 200
    np.testing.assert_array_equal(resize(half, 4)[0, 0, :, 0], [0, 50, 150, 200])
    assert resize(half, 2) is half


def test_batches_keep_the_order():
    pictures = noise(9, 5, 6, 7, 3)
    found = np.concatenate(list(batches(pictures, 4)))
    np.testing.assert_array_equal(found, resize(pictures, 4).reshape(45, 4, 4, 3))
    assert [len(one) for one in batches(pictures, 4)] == [32, 13]


def test_correlation_of_pixels_is_that_of_numpy(pair):
    np.testing.assert_allclose(pixels(*pair), correlated(*pair))


def test_luminance_and_chroma_take_a_picture_apart(pair):
    grey = [pictures @ np.array(REC_709) / 255 for pictures in pair]
    left = [p / 255 - g[..., None] for p, g in zip(pair, grey, strict=True)]
    np.testing.assert_allclose(luminance(*pair), correlated(*grey))
    np.testing.assert_allclose(chroma(*pair), correlated(*left))


def test_light_alone_leaves_the_chroma():
    true = noise(1, 24, 24, 3) // 2
    shade = np.linspace(0, 120, 24).astype(np.uint8)[:, None, None]
    made = (true + shade)[:, None]
    assert chroma(true, made)[0] > 0.999
    assert luminance(true, made)[0] < 0.8


@pytest.mark.parametrize("metric", [pixels, luminance, chroma])
def test_a_blank_picture_correlates_with_nothing(metric):
    blank = np.full((2, 1, 24, 24, 3), 77, np.uint8)
    np.testing.assert_array_equal(metric(noise(2, 24, 24, 3), blank), [0, 0])


def test_a_grey_picture_has_no_chroma():
    grey = np.repeat(noise(2, 1, 24, 24, 1), 3, axis=-1)
    np.testing.assert_array_equal(chroma(noise(2, 24, 24, 3), grey), [0, 0])


@pytest.mark.parametrize("metric", [pixels, luminance, chroma, ssim])
def test_the_picture_itself_scores_one_and_noise_near_none(metric):
    true = noise(4, 48, 48, 3)
    np.testing.assert_allclose(metric(true, true[:, None]), 1)
    assert np.abs(metric(true, noise(4, 2, 48, 48, 3, seed=1))).max() < 0.05


def test_structural_similarity_follows_its_formula(pair):
    true, made = (pictures @ np.array(REC_709) / 255 for pictures in pair)
    expected = [[_wang2004(a, b) for b in samples] for a, samples in zip(true, made, strict=True)]
    np.testing.assert_allclose(ssim(*pair), np.mean(expected, axis=1), rtol=1e-6)


def _wang2004(x, y):
    """Equation 13 with windows of 11 by 11 pixels that lie within the picture."""

    def smooth(values):
        return gaussian_filter(values, 1.5, truncate=3.5)

    mx, my = smooth(x), smooth(y)
    vx, vy, cov = smooth(x * x) - mx**2, smooth(y * y) - my**2, smooth(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    found = (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return found[5:-5, 5:-5].mean()
