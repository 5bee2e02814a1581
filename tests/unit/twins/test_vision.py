"""Simulated early vision: local, oriented, coloured, half blind to what all of a picture is."""

import numpy as np
import pytest

from braid.twins.nsd import vision

PICTURES, VOXELS, SIDE = 40, 60, 40


@pytest.fixture(scope="module")
def pixels():
    """Patchworks of colours."""
    patches = np.random.default_rng(0).integers(70, 180, (PICTURES, 20, 20, 3))
    return patches.repeat(16, axis=1).repeat(16, axis=2).astype(np.uint8)


def respond(pixels, seed=1):
    return vision.respond(vision.look(pixels), VOXELS, np.random.default_rng(seed))


def test_responses_are_standardised_over_the_pictures(pixels):
    found = respond(pixels)
    assert found.shape == (PICTURES, VOXELS)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(found.std(axis=0), 1, rtol=1e-6)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((255, 255, 255), (1, 0, 0)),
        ((255, 0, 0), (1 / 3, 0.5, -0.25)),
        ((0, 255, 0), (1 / 3, -0.5, -0.25)),
        ((0, 0, 255), (1 / 3, 0, 0.5)),
    ],
)
def test_channels_are_luminance_and_two_opponent_colours(colour, expected):
    seen = vision.look(np.full((1, 21, 21, 3), colour, np.uint8))
    assert seen.shape == (1, 2, 2, 3)
    np.testing.assert_allclose(seen, np.broadcast_to(expected, seen.shape), atol=1e-6)


def test_squares_of_pixels_are_seen_where_they_are():
    pixels = np.zeros((1, 24, 24, 3), np.uint8)
    pixels[0, 8:16, 16:24] = 255
    np.testing.assert_array_equal(np.argwhere(vision.look(pixels)[0, :, :, 0]), [[1, 2]])


def test_half_of_the_mean_and_a_part_of_the_contrast_is_taken_off():
    seen = np.random.default_rng(0).uniform(size=(5, 30, 3)).astype(np.float32)
    shifted = vision._adapt(seen + 0.2) - vision._adapt(seen)
    spread = seen[:, :, 0].std(axis=1)
    expected = 0.5 * 0.2 / (vision.SATURATION + spread)
    np.testing.assert_allclose(shifted[:, 0, 1], expected, rtol=1e-4)
    gain = vision._adapt(3 * seen).std(axis=1) / vision._adapt(seen).std(axis=1)
    limit = 3 * (vision.SATURATION + spread) / (vision.SATURATION + 3 * spread)
    np.testing.assert_allclose(gain, np.tile(limit[:, None], 3), rtol=1e-4)


def looking(spot):
    """How much of each voxel's field a spot covers."""
    places, _ = vision._fields(SIDE, VOXELS, np.random.default_rng(1))
    return places @ spot.ravel()


@pytest.mark.parametrize("change", [(20, 20, 20), (20, -20, 0)], ids=["brighter", "redder"])
def test_a_spot_moves_only_the_voxels_that_look_there(pixels, change):
    spot = np.zeros((SIDE, SIDE))
    spot[16:24, 16:24] = 1
    changed = pixels[: PICTURES // 2].repeat(2, axis=0).astype(int)
    changed[::2, np.kron(spot, np.ones((vision.STEP, vision.STEP))) > 0] += change
    changed = np.clip(changed, 0, 255).astype(np.uint8)
    found = respond(changed)
    differ = np.abs(found[::2] - found[1::2]).mean(axis=0)
    near = looking(spot)
    there, elsewhere = differ[near > 0.15], differ[near < 0.001]
    assert min(len(there), len(elsewhere)) > 3
    assert np.median(there) > max(0.1, 3 * np.median(elsewhere))


def test_waves_are_a_quarter_apart_and_see_no_mean():
    places, waves = vision._fields(30, VOXELS, np.random.default_rng(2))
    np.testing.assert_allclose(places.sum(axis=1), 1)
    np.testing.assert_allclose((waves * places).sum(axis=2), 0, atol=1e-12)
    inside = (places.reshape(-1, 30, 30)[:, [0, -1]].max(axis=(1, 2)) < 1e-3) & (
        places.reshape(-1, 30, 30)[:, :, [0, -1]].max(axis=(1, 2)) < 1e-3
    )
    overlap = (waves[0] * waves[1] * places).sum(axis=1)[inside]
    assert np.abs(overlap).max() < 0.1


def test_energy_is_that_of_a_stripe_in_its_own_direction():
    places, waves = vision._fields(60, 200, np.random.default_rng(3))
    stripes = np.sin(np.arange(60) / 2)[None] * np.ones((60, 1))
    energy = [
        np.hypot(*(wave * places @ s.ravel() for wave in waves)) for s in (stripes, stripes.T)
    ]
    upright = np.abs(np.diff(waves[0].reshape(-1, 60, 60), axis=2)).mean(axis=(1, 2))
    lying = np.abs(np.diff(waves[0].reshape(-1, 60, 60), axis=1)).mean(axis=(1, 2))
    prefers = upright > lying
    assert np.mean((energy[0] > energy[1]) == prefers) > 0.85
